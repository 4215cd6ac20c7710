using System.Runtime.InteropServices;

namespace FastIngest.Shuffle;

/// <summary>The origin of a segment. Segments are ordered by kind, file and chunk.</summary>
/// <param name="Kind">The kind of its events, as numbered by the user of the store.</param>
/// <param name="FileIndex">The 0-based index of the input file.</param>
/// <param name="ChunkIndex">The 0-based index of the chunk in that file.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SegmentId(int Kind, int FileIndex, int ChunkIndex)
{
    internal static int Compare(SegmentId one, SegmentId other) =>
        one.Kind != other.Kind ? one.Kind.CompareTo(other.Kind)
        : one.FileIndex != other.FileIndex ? one.FileIndex.CompareTo(other.FileIndex)
        : one.ChunkIndex.CompareTo(other.ChunkIndex);
}

/// <summary>The header before a segment's bytes in a partition. The length is in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SegmentHeader(SegmentId Id, int Length)
{
    public const int Bytes = 16;
}

/// <summary>A segment and the place of its bytes in a partition, in bytes.</summary>
public readonly record struct SegmentRef(SegmentId Id, int Start, int Length);
