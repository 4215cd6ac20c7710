using System.IO.Compression;

namespace FastIngest.Sources.Compression;

/// <summary>
/// gzip with one or more members. .NET reports no error for a truncated file. Therefore an extra member with known content
/// is appended: it is decompressed at the end only if the file is complete. The reader does not see that content.
/// </summary>
internal sealed class Gzip : Compression
{
    private static readonly byte[] Mark = [.. "FastIngest end of file "u8, 0x9E, 0x37, 0x79, 0xB9, 0x7F, 0x4A, 0x7C, 0x15];
    private static readonly byte[] MarkMember = Pack(Mark);

    public override string Name => "gzip";

    public override string Ending => ".gz";

    public override string TestCommand => "gzip -t";

    public override bool Recognises(ReadOnlySpan<byte> magic) => magic is [0x1F, 0x8B, ..];

    public override bool RecognisesStart(ReadOnlySpan<byte> magic) => magic is [0x1F];

    public override Stream Open(Stream packed) => new MarkedGzip(packed);

    public override PackedBlock? BlockAt(IPackedBytes packed, long offset) => GzipBlock.At(packed, offset);

    public override int Unpack(ArraySegment<byte> packed, Span<byte> unpacked)
    {
        // The mark shows that the last member ends exactly at the end of the bytes.
        using GZipStream stream = new(new ConcatenatedStream(new MemoryStream(packed.Array!, packed.Offset, packed.Count), MarkMember), CompressionMode.Decompress);
        Span<byte> end = stackalloc byte[Mark.Length + 1];
        try
        {
            return stream.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false) == unpacked.Length
                && stream.ReadAtLeast(end, end.Length, throwOnEndOfStream: false) == Mark.Length && end.StartsWith(Mark)
                ? unpacked.Length : -1;
        }
        catch (InvalidDataException)
        {
            return -1;
        }
    }

    private static byte[] Pack(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private sealed class MarkedGzip(Stream packed) : ReadOnlyStream
    {
        private const int BufferBytes = 256 * 1024;

        private readonly GZipStream _stream = new(new ConcatenatedStream(packed, MarkMember), CompressionMode.Decompress);
        private readonly byte[] _buffer = new byte[BufferBytes];
        private int _start, _end;
        private bool _isEnded;

        public override int Read(Span<byte> buffer)
        {
            while (true)
            {
                int available = _end - _start - Mark.Length;
                if (available > 0)
                {
                    int count = Math.Min(available, buffer.Length);
                    _buffer.AsSpan(_start, count).CopyTo(buffer);
                    _start += count;
                    return count;
                }

                if (_isEnded || buffer.IsEmpty)
                {
                    return 0;
                }

                Refill();
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _stream.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Refill()
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
            int read;
            try
            {
                read = _stream.ReadAtLeast(_buffer.AsSpan(_end), _buffer.Length - _end, throwOnEndOfStream: false);
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException(Describe(packed), e);
            }

            _isEnded = _end + read < _buffer.Length;
            _end += read;
            if (_isEnded && !_buffer.AsSpan(0, _end).EndsWith(Mark))
            {
                throw new InvalidDataException(Describe(packed));
            }
        }

        private static string Describe(Stream packed) => packed.CanSeek ? GzipFault.Describe(packed) : "it is cut off or damaged";
    }
}
