using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace FastIngest.Shuffle.Shared;

/// <summary>
/// The layout of the file in which a map task leaves its segments for the tasks that reduce them, on a file system that all of
/// them share. Every part has a checksum (XXH3, 64 bits) whose seed is made of the run, the task and the partition, so that a piece of another
/// run, task or partition is as wrong as a damaged one. Numbers are in the byte order of x64.
/// <code>
/// header   magic, version, byte order, task, run (32 bytes)                          48 bytes
/// pieces   the segments of a partition, each with its header, as in a spill file
/// entries  offset, bytes, checksum, segments, partition: by partition                32 bytes each
/// rows     for each partition the index of its first entry, their number, checksum of the entries   16 bytes each
/// footer   offset of the entries, entries, partitions, checksum of header and footer  32 bytes
/// </code>
/// </summary>
internal static class TaskSpill
{
    public const int Magic = 'F' | ('I' << 8) | ('M' << 16) | ('S' << 24), ByteOrder = 0x01020304;

    /// <summary>Raised with any change of the layout, or of the segments in it.</summary>
    public const int Version = 1;

    public const int RunBytes = 32;

    /// <summary>The seed of the checksums of a partition's pieces.</summary>
    public static long SeedOf(ReadOnlySpan<byte> run, int task, int partition) =>
        unchecked((long)(MemoryMarshal.Read<ulong>(run) ^ ((ulong)(uint)task << 32) ^ (uint)partition));

    /// <summary>The checksum of a partition's entries. It is not 0 for none, so that a row of zeros is wrong.</summary>
    public static ulong CheckEntries(ReadOnlySpan<Entry> entries, long seed) =>
        XxHash3.HashToUInt64(MemoryMarshal.AsBytes(entries), ~seed) ^ (uint)entries.Length ^ 1;

    /// <summary>The checksum of the header and the footer.</summary>
    public static ulong CheckEnds(in Header header, in Footer footer)
    {
        XxHash3 hash = new();
        Header head = header;
        Footer foot = footer with { Check = 0 };
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<Header>(ref head)));
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<Footer>(ref foot)));
        return hash.GetCurrentHashAsUInt64();
    }

    /// <summary>Creates the header of a task's file.</summary>
    public static Header HeaderOf(ReadOnlySpan<byte> run, int task)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(run);
        return new Header(Magic, Version, ByteOrder, task, words[0], words[1], words[2], words[3]);
    }

    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Header(int Magic, int Version, int ByteOrder, int Task, ulong Run0, ulong Run1, ulong Run2, ulong Run3);

    /// <summary>A piece: segments of one partition that follow one another in the file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Entry(long Offset, long ByteCount, ulong Check, int SegmentCount, int Partition);

    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Row(int First, int Count, ulong Check);

    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Footer(long EntriesAt, int Entries, int Partitions, long Reserved, ulong Check);
}
