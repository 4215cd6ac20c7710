using System.IO.Compression;

namespace FastIngest.Sources;

/// <summary>The bytes of a file from its beginning to its end, unpacked where its name ends in <c>.gz</c>. Not thread-safe.</summary>
public abstract class ByteSource : IDisposable
{
    /// <summary>Bytes taken from the file so far; of a compressed one, compressed bytes.</summary>
    public abstract long FileBytesRead { get; }

    public static bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    public static ByteSource Open(SourceFile file) => IsCompressed(file.Path) ? new Gzip(file) : new Plain(file);

    /// <summary>Fills a span as far as there are bytes; less only at the end.</summary>
    /// <exception cref="IngestException">The file is damaged or became shorter.</exception>
    public abstract int Read(Span<byte> destination);

    public abstract void Dispose();

    private sealed class Plain(SourceFile file) : ByteSource
    {
        private long _offset;

        public override long FileBytesRead => _offset;

        public override int Read(Span<byte> destination)
        {
            int count = (int)Math.Min(destination.Length, file.Length - _offset);
            file.Read(destination[..count], _offset);
            _offset += count;
            return count;
        }

        public override void Dispose()
        {
        }
    }

    /// <summary>
    /// A gzip file, of one member or several. .NET ends quietly where a file is cut; so a member of our own is put behind
    /// it, which comes out at the end only if all before it was whole. It is held back from the reader.
    /// </summary>
    private sealed class Gzip(SourceFile file) : ByteSource
    {
        private const int BufferBytes = 256 * 1024;

        private static readonly byte[] Mark = [.. "FastIngest end of file "u8, 0x9E, 0x37, 0x79, 0xB9, 0x7F, 0x4A, 0x7C, 0x15];
        private static readonly byte[] MarkMember = Pack(Mark);

        private readonly Tail _tail = new(file);
        private readonly byte[] _buffer = new byte[BufferBytes];
        private GZipStream? _stream;
        private int _start, _end;
        private bool _isEnded;

        public override long FileBytesRead => _tail.FileBytesRead;

        public override int Read(Span<byte> destination)
        {
            int copied = 0;
            while (copied < destination.Length)
            {
                int available = _end - _start - Mark.Length;
                if (available > 0)
                {
                    int count = Math.Min(available, destination.Length - copied);
                    _buffer.AsSpan(_start, count).CopyTo(destination[copied..]);
                    _start += count;
                    copied += count;
                }
                else if (!_isEnded)
                {
                    Refill();
                }
                else
                {
                    break;
                }
            }

            return copied;
        }

        public override void Dispose()
        {
            _stream?.Dispose();
            _tail.Dispose();
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

        private void Refill()
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
            try
            {
                _stream ??= new GZipStream(_tail, CompressionMode.Decompress, leaveOpen: true);
                int read = _stream.ReadAtLeast(_buffer.AsSpan(_end), _buffer.Length - _end, throwOnEndOfStream: false);
                _isEnded = _end + read < _buffer.Length;
                _end += read;
            }
            catch (InvalidDataException e)
            {
                throw Damaged(IsGzip() ? e.Message.TrimEnd('.') : "it is no gzip file", e);
            }

            if (_isEnded && !_buffer.AsSpan(0, _end).EndsWith(Mark))
            {
                throw Damaged("it is cut off, or something else stands behind its end");
            }
        }

        private bool IsGzip()
        {
            Span<byte> magic = stackalloc byte[2];
            magic = magic[..(int)Math.Min(magic.Length, file.Length)];
            file.Read(magic, 0);
            return magic.SequenceEqual((ReadOnlySpan<byte>)[0x1F, 0x8B]);
        }

        private IngestException Damaged(string what, Exception? inner = null) => new(
            $"{file.Path} can not be unpacked: {what} (up to byte {FileBytesRead} of {file.Length}).", "Fetch the file once more, or test it with gzip -t.", inner);

        /// <summary>The file, then the mark's member.</summary>
        private sealed class Tail(SourceFile file) : Stream
        {
            private long _offset;

            public long FileBytesRead => Math.Min(_offset, file.Length);

            public override bool CanRead => true;

            public override bool CanSeek => false;

            public override bool CanWrite => false;

            public override long Length => throw new NotSupportedException();

            public override long Position
            {
                get => throw new NotSupportedException();
                set => throw new NotSupportedException();
            }

            public override int Read(Span<byte> buffer)
            {
                int count;
                if (_offset < file.Length)
                {
                    count = (int)Math.Min(buffer.Length, file.Length - _offset);
                    file.Read(buffer[..count], _offset);
                }
                else
                {
                    ReadOnlySpan<byte> rest = MarkMember.AsSpan((int)(_offset - file.Length));
                    count = Math.Min(buffer.Length, rest.Length);
                    rest[..count].CopyTo(buffer);
                }

                _offset += count;
                return count;
            }

            public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

            public override void Flush()
            {
            }

            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();

            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        }
    }
}
