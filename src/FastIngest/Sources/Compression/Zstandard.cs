using ZstdSharp;

namespace FastIngest.Sources.Compression;

/// <summary>Zstandard, of one frame or several.</summary>
internal sealed class Zstandard : Compression
{
    /// <summary>The largest window that is unpacked, a power of 2: 128 MiB, as zstd itself has it without --long.</summary>
    private const int MaxWindowLog = 27;

    public override string Name => "zstd";

    public override string Ending => ".zst";

    public override string TestCommand => "zstd -t";

    public override bool Recognises(ReadOnlySpan<byte> magic) =>
        magic is [0x28, 0xB5, 0x2F, 0xFD, ..] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..];

    public override Stream Open(Stream packed) => new Frames(packed);

    private sealed class Frames : ReadOnlyStream
    {
        private readonly DecompressionStream _stream;

        public Frames(Stream packed)
        {
            _stream = new DecompressionStream(packed, checkEndOfStream: true, leaveOpen: true);
            _stream.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
        }

        public override int Read(Span<byte> buffer)
        {
            try
            {
                return _stream.Read(buffer);
            }
            catch (EndOfStreamException e)
            {
                throw new InvalidDataException("it is cut off", e);
            }
            catch (ZstdException e)
            {
                throw new InvalidDataException(e.Message, e);
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
    }
}
