using FastIngest.Proto;

namespace FastIngest.Dialects.Protobuf;

/// <summary>Finds frames by the bytes of <c>sync</c>, in front of which is the length that the field after it confirms.</summary>
internal static class FrameScan
{
    /// <summary>The most bytes of a length before a frame, and of what confirms it: the file, a tag and a length.</summary>
    public const int MaxLengthBytes = 5, MaxProofBytes = 16;

    /// <summary>Whether bytes begin with a frame.</summary>
    public static bool IsFrame(ReadOnlySpan<byte> bytes)
    {
        WireReader reader = new(bytes);
        return reader.TryReadUInt32(out uint length) && length > ProtoFormat.Sync.Length && bytes[reader.Position..].StartsWith(ProtoFormat.Sync);
    }

    /// <summary>Returns where the first frame starts in some bytes, its length included; -1 when there is none.</summary>
    /// <param name="bytes">The bytes; <see cref="MaxProofBytes"/> after the range are needed.</param>
    /// <param name="from">Where the range starts.</param>
    /// <param name="endExcl">Where it ends.</param>
    public static int Find(ReadOnlySpan<byte> bytes, int from, int endExcl)
    {
        for (int at = from; at < endExcl + MaxLengthBytes && at < bytes.Length; at++)
        {
            int found = bytes[at..].IndexOf(ProtoFormat.Sync);
            if (found < 0)
            {
                return -1;
            }

            at += found;
            if (TryFindLength(bytes, at, out int start) && start >= from)
            {
                return start < endExcl ? start : -1;
            }
        }

        return -1;
    }

    private static bool TryFindLength(ReadOnlySpan<byte> bytes, int sync, out int start)
    {
        start = 0;
        WireReader reader = new(bytes[(sync + ProtoFormat.Sync.Length)..]);
        if (!reader.TryReadTag(out int field, out int wireType))
        {
            return false;
        }

        if (field == FrameField.File && wireType == WireType.Varint && (!reader.TryReadVarint(out _) || !reader.TryReadTag(out field, out wireType)))
        {
            return false;
        }

        if (field is not (FrameField.Header or FrameField.Batch or FrameField.End) || wireType != WireType.Length || !reader.TryReadUInt32(out uint content))
        {
            return false;
        }

        ulong length = (ulong)(ProtoFormat.Sync.Length + reader.Position) + content;
        start = sync - WireWriter.VarintBytes(length);
        if (start < 0)
        {
            return false;
        }

        WireReader before = new(bytes[start..sync]);
        return before.TryReadVarint(out ulong written) && before.IsAtEnd && written == length;
    }
}
