using System.Runtime.InteropServices;

namespace FastIngest.Shuffle;

/// <summary>Where a segment comes from, which is its place in the order.</summary>
/// <param name="Kind">What its events are, as the owner numbers them; the reader of a spill file needs nothing else.</param>
/// <param name="FileIndex">The input file.</param>
/// <param name="ChunkIndex">The chunk of that file.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SegmentId(int Kind, int FileIndex, int ChunkIndex)
{
    internal static int Compare(SegmentId one, SegmentId other) =>
        one.Kind != other.Kind ? one.Kind.CompareTo(other.Kind)
        : one.FileIndex != other.FileIndex ? one.FileIndex.CompareTo(other.FileIndex)
        : one.ChunkIndex.CompareTo(other.ChunkIndex);
}

/// <summary>What stands before a segment's bytes in a partition.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SegmentHeader(SegmentId Id, int Length)
{
    public const int Bytes = 16;
}

/// <summary>A segment and where its bytes lie in a partition's.</summary>
public readonly record struct SegmentRef(SegmentId Id, int Start, int Length);
