using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;

namespace FastIngest.Sources.Compression;

/// <summary>bzip2 with one or more concatenated streams.</summary>
internal sealed class Bzip2 : Compression
{
    public override string Name => "bzip2";

    public override string Ending => ".bz2";

    public override string TestCommand => "bzip2 -t";

    public override bool Recognises(ReadOnlySpan<byte> magic) => magic is [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..];

    public override bool RecognisesStart(ReadOnlySpan<byte> magic) => magic.Length < 4 && "BZh"u8.StartsWith(magic);

    public override Stream Open(Stream packed) => new Streams(packed);

    private sealed class Streams(Stream packed) : ReadOnlyStream
    {
        private const int EndBytes = 11, ChecksumBits = 32;
        private const ulong EndMark = 0x1772_4538_5090, EndMask = (1UL << 48) - 1;

        private readonly EndWatch _watch = new(packed);
        private BZip2Stream? _stream;

        public override int Read(Span<byte> buffer)
        {
            int count;
            try
            {
                _stream ??= BZip2Stream.Create(_watch, CompressionMode.Decompress, decompressConcatenated: true, leaveOpen: true);
                count = _stream.Read(buffer);
            }
            catch (Exception e) when (e is not IngestException)
            {
                throw new InvalidDataException(_watch.IsEndReached ? CutOff(packed) : Describe(e), e);
            }

            return count > 0 || buffer.IsEmpty || !packed.CanSeek || EndsStream(packed)
                ? count
                : throw new InvalidDataException($"it is cut off at byte {packed.Length}, or other data follows its end");
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _stream?.Dispose();
            }

            base.Dispose(disposing);
        }

        /// <summary>
        /// Whether the last bytes of the file end a stream: 48 bits that mark the end, a checksum of 32 bits, and up to 7 bits that
        /// fill the last byte. The library ends without an error where the next stream is incomplete.
        /// </summary>
        private static bool EndsStream(Stream packed)
        {
            Span<byte> last = stackalloc byte[EndBytes];
            packed.Position = Math.Max(0, packed.Length - EndBytes);
            packed.ReadAtLeast(last, EndBytes, throwOnEndOfStream: false);
            UInt128 bits = 0;
            foreach (byte each in last)
            {
                bits = (bits << 8) | each;
            }

            return Enumerable.Range(ChecksumBits, 8).Any(shift => (ulong)((bits >> shift) & EndMask) == EndMark);
        }

        private static string CutOff(Stream packed) => packed.CanSeek ? $"it is cut off at byte {packed.Length}" : "it is cut off";

        private static string Describe(Exception e) => e.Message.Contains("CRC", StringComparison.OrdinalIgnoreCase)
            ? "a checksum is wrong: the data is damaged"
            : $"the compressed data is damaged ({e.Message.TrimEnd('.')})";
    }
}
