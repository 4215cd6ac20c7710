using ZstdSharp;

namespace FastIngest.Sources.Compression;

/// <summary>Zstandard with one or more frames. Windows may have up to 128 MiB, the default of the zstd tool without --long.</summary>
internal sealed class Zstandard : Compression
{
    public override string Name => "zstd";

    public override string Ending => ".zst";

    public override string TestCommand => "zstd -t";

    public override bool Recognises(ReadOnlySpan<byte> magic) =>
        magic is [0x28, 0xB5, 0x2F, 0xFD, ..] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..];

    public override bool RecognisesStart(ReadOnlySpan<byte> magic) =>
        magic.Length < 4 && (((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F]).StartsWith(magic) || magic is [>= 0x50 and <= 0x5F] or [>= 0x50 and <= 0x5F, 0x2A] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D]);

    public override Stream Open(Stream packed) => new Frames(packed);

    public override PackedBlock? BlockAt(IPackedBytes packed, long offset) => ZstandardBlock.At(packed, offset);

    public override int Unpack(ArraySegment<byte> packed, Span<byte> unpacked) => ZstandardBlock.Unpack(packed, unpacked);

    private sealed class Frames(Stream packed) : ReadOnlyStream
    {
        private readonly DecompressionStream _stream = new(packed, checkEndOfStream: true, leaveOpen: true);

        public override int Read(Span<byte> buffer)
        {
            try
            {
                return _stream.Read(buffer);
            }
            catch (EndOfStreamException e)
            {
                throw new InvalidDataException(packed.CanSeek ? $"it is cut off at byte {packed.Length}" : "it is cut off", e);
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
