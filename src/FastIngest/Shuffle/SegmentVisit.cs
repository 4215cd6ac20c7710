using System.Runtime.InteropServices;

namespace FastIngest.Shuffle;

/// <summary>Reads bytes of a partition, starting at a position in it.</summary>
internal delegate void PartitionRead(long position, Span<byte> target);

/// <summary>Passes the segments of a stored partition to a visitor, with memory for one segment.</summary>
internal static class SegmentVisit
{
    private const int VisitBytes = 64 * 1024;

    /// <param name="end">The length of the partition in bytes.</param>
    /// <param name="read">Reads bytes of the partition.</param>
    /// <param name="buffer">A buffer that grows to the size of the longest segment.</param>
    /// <param name="visitor">Receives the segments.</param>
    public static void Run(long end, PartitionRead read, ref byte[] buffer, SegmentVisitor visitor)
    {
        if (buffer.Length == 0)
        {
            buffer = new byte[VisitBytes];
        }

        int filled = 0;
        int start = 0;
        long position = 0;
        while (position < end || start < filled)
        {
            int length = SegmentHeader.Bytes;
            if (filled - start >= length)
            {
                SegmentHeader header = MemoryMarshal.Read<SegmentHeader>(buffer.AsSpan(start));
                length += header.Length;
                if (filled - start >= length)
                {
                    visitor(header.Id, buffer.AsSpan(start + SegmentHeader.Bytes, header.Length));
                    start += length;
                    continue;
                }
            }

            buffer.AsSpan(start..filled).CopyTo(buffer);
            filled -= start;
            start = 0;
            if (buffer.Length < length)
            {
                Array.Resize(ref buffer, (int)Math.Min(Math.Max(length, 2L * buffer.Length), Array.MaxLength));
            }

            int count = (int)Math.Min(buffer.Length - filled, end - position);
            read(position, buffer.AsSpan(filled, count));
            filled += count;
            position += count;
        }
    }
}
