using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace FastIngest.Sources.Compression;

/// <summary>
/// Finds out what is wrong with a gzip file (RFC 1952) that cannot be decompressed, because .NET reports each fault as an
/// unsupported method. It reads the file once more, member by member.
/// </summary>
internal static class GzipFault
{
    private const int Header = 10, Trailer = 8, Deflate = 8;
    private const int TextFlags = 0b0001_1000, ExtraFlag = 4, ChecksumFlag = 2, ReservedFlags = 0b1110_0000;

    /// <summary>Describes the fault, for example <c>it is cut off at byte 110</c>.</summary>
    /// <param name="packed">The compressed file; it can seek.</param>
    public static string Describe(Stream packed)
    {
        long start = 0;
        while (start < packed.Length)
        {
            string? fault = ReadMember(packed, start, out long end);
            if (fault is not null)
            {
                return fault;
            }

            start = end;
        }

        return "the data is damaged";
    }

    /// <summary>Returns the fault of a member; null if there is none.</summary>
    private static string? ReadMember(Stream packed, long start, out long end)
    {
        end = start;
        string cut = $"it is cut off at byte {packed.Length}";
        packed.Position = start;
        Span<byte> header = stackalloc byte[Header];
        int length = packed.ReadAtLeast(header, Header, throwOnEndOfStream: false);
        if (header[0] != 0x1F || (length > 1 && header[1] != 0x8B))
        {
            return $"other data follows the end of the compressed data, at byte {start}";
        }

        if (length > 2 && header[2] != Deflate)
        {
            return $"its compression method {header[2]} is unknown, only deflate is supported";
        }

        if (length > 3 && (header[3] & ReservedFlags) != 0)
        {
            return $"its header at byte {start} is damaged";
        }

        if (length < Header || !SkipOptionalFields(packed, header[3]))
        {
            return cut;
        }

        long body = packed.Position;
        Inflated all = Inflate(packed, body, long.MaxValue);
        if (all.IsDamaged)
        {
            return $"the compressed data is damaged, at or before byte {packed.Position}";
        }

        if (all.IsCut)
        {
            return cut;
        }

        end = Inflate(packed, body, all.LastRead).End;
        Span<byte> trailer = stackalloc byte[Trailer];
        packed.Position = end;
        if (packed.ReadAtLeast(trailer, Trailer, throwOnEndOfStream: false) < Trailer)
        {
            return cut;
        }

        end += Trailer;
        return BinaryPrimitives.ReadUInt32LittleEndian(trailer) != all.Crc || BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != (uint)all.Length
            ? $"its checksum at byte {end - Trailer} is wrong: the data is damaged"
            : null;
    }

    /// <summary>Skips what may stand between header and data; false at the end of the file.</summary>
    private static bool SkipOptionalFields(Stream packed, int flags)
    {
        if ((flags & ExtraFlag) != 0)
        {
            int low = packed.ReadByte(), high = packed.ReadByte();
            if (high < 0)
            {
                return false;
            }

            packed.Position += low + (high << 8);
        }

        // The name and the comment end with a zero byte each.
        for (int texts = int.PopCount(flags & TextFlags); texts > 0; texts--)
        {
            int letter;
            while ((letter = packed.ReadByte()) > 0)
            {
            }

            if (letter < 0)
            {
                return false;
            }
        }

        packed.Position += (flags & ChecksumFlag) != 0 ? 2 : 0;
        return packed.Position < packed.Length;
    }

    /// <summary>Decompresses the data of a member.</summary>
    /// <param name="packed">The compressed file.</param>
    /// <param name="start">The offset of the data.</param>
    /// <param name="singleFrom">From this offset on, bytes are read one by one, so that the end of the data is found exactly.</param>
    private static Inflated Inflate(Stream packed, long start, long singleFrom)
    {
        packed.Position = start;
        Pieces pieces = new(packed, singleFrom);
        using DeflateStream stream = new(pieces, CompressionMode.Decompress);
        byte[] buffer = new byte[64 * 1024];
        Crc32 crc = new();
        long length = 0;
        try
        {
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                length += read;
                crc.Append(buffer.AsSpan(0, read));
            }
        }
        catch (InvalidDataException)
        {
            return new Inflated(pieces.LastRead, pieces.End, 0, 0, IsDamaged: true, IsCut: false);
        }

        return new Inflated(pieces.LastRead, pieces.End, crc.GetCurrentHashAsUInt32(), length, IsDamaged: false, pieces.IsEndReached);
    }

    /// <param name="LastRead">The offset of the last piece that was needed.</param>
    /// <param name="End">The offset after that piece.</param>
    /// <param name="Crc">The CRC-32 of the decompressed data.</param>
    /// <param name="Length">The length of the decompressed data in bytes.</param>
    /// <param name="IsDamaged">Whether the data cannot be decompressed.</param>
    /// <param name="IsCut">Whether the file ends before the data does.</param>
    private readonly record struct Inflated(long LastRead, long End, uint Crc, long Length, bool IsDamaged, bool IsCut);

    /// <summary>Passes the bytes of a file on in pieces, and notes where the last one lies.</summary>
    private sealed class Pieces(Stream packed, long singleFrom) : ReadOnlyStream
    {
        public bool IsEndReached { get; private set; }

        public long LastRead { get; private set; }

        public long End { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            long start = packed.Position;
            long wanted = start >= singleFrom ? 1 : Math.Min(buffer.Length, singleFrom - start);
            int count = packed.Read(buffer[..(int)Math.Min(wanted, buffer.Length)]);
            if (count == 0)
            {
                IsEndReached |= !buffer.IsEmpty;
                return 0;
            }

            LastRead = start;
            End = start + count;
            return count;
        }
    }
}
