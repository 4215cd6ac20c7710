using FastIngest.Health;
using FastIngest.Proto;

namespace FastIngest.Dialects.Protobuf;

/// <summary>The header of a file.</summary>
/// <param name="Repeats">The categories in which repeats are looked for, one bit each.</param>
/// <param name="Identified">The categories whose records may have an id that decides, one bit each.</param>
internal sealed record FileHeader(uint Repeats, uint Identified)
{
    /// <summary>Whether frames begin with <c>sync</c>, so that they are found after damage. Only a file whose header shows that they do not has others.</summary>
    public bool IsMarked { get; private init; } = true;

    /// <summary>Reads the header at the beginning of a file. A file without one, or with a damaged one, has no repeats.</summary>
    /// <exception cref="IngestException">The file was written by a newer program.</exception>
    public static FileHeader Read(ReadOnlySpan<byte> head, string path)
    {
        WireReader file = new(head);
        if (file.TryReadBytes(out ReadOnlySpan<byte> frame) && Find(frame, FrameField.Header, out ReadOnlySpan<byte> header) && TryRead(header, out FileHeader? result, out uint version))
        {
            return version <= ProtoFormat.Version ? result with { IsMarked = FrameScan.IsFrame(head) } : throw new IngestException(
                $"{path} has version {version} of the records of FastIngest; this program reads version {ProtoFormat.Version}.", "Read it with the program that wrote it, or a newer one.");
        }

        return new FileHeader(0, 0);
    }

    private static bool Find(ReadOnlySpan<byte> message, int wanted, out ReadOnlySpan<byte> value)
    {
        value = default;
        WireReader reader = new(message);
        while (!reader.IsAtEnd && reader.TryReadTag(out int field, out int wireType))
        {
            if (field == wanted && wireType == WireType.Length)
            {
                return reader.TryReadBytes(out value);
            }

            if (!reader.TrySkip(field, wireType))
            {
                break;
            }
        }

        return false;
    }

    private static bool TryRead(ReadOnlySpan<byte> header, out FileHeader result, out uint version)
    {
        (version, uint repeats, uint identified) = (0, 0, 0);
        result = new FileHeader(0, 0);
        WireReader reader = new(header);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out int field, out int wireType)
                || !(field switch
                {
                    HeaderField.Version when wireType == WireType.Varint => reader.TryReadUInt32(out version),
                    HeaderField.Repeats => TryReadCategories(ref reader, wireType, ref repeats),
                    HeaderField.Identified => TryReadCategories(ref reader, wireType, ref identified),
                    _ => reader.TrySkip(field, wireType),
                }))
            {
                return false;
            }
        }

        result = new FileHeader(repeats, identified);
        return true;
    }

    private static bool TryReadCategories(ref WireReader reader, int wireType, ref uint bits)
    {
        if (wireType == WireType.Varint)
        {
            return TryReadCategory(ref reader, ref bits);
        }

        if (wireType != WireType.Length || !reader.TryReadBytes(out ReadOnlySpan<byte> packed))
        {
            return false;
        }

        WireReader categories = new(packed);
        while (!categories.IsAtEnd)
        {
            if (!TryReadCategory(ref categories, ref bits))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadCategory(ref WireReader reader, ref uint bits)
    {
        bool isRead = reader.TryReadUInt32(out uint category);
        bits |= isRead && category is > 0 and <= (uint)Categories.Count ? 1u << ((int)category - 1) : 0;
        return isRead;
    }
}
