using System.Runtime.CompilerServices;
using FastIngest.Health;

namespace FastIngest.Pipeline;

/// <summary>
/// How the memory limit is shared out. What the process itself needs comes first; the rest is
/// <code>
/// while mapping    1/2 events    1/4 chunks, mapped and mapped out    1/4 what partitions cost a chunk, and slack
/// while reducing   1/2 events    1/4 partitions as they are reduced   1/4 row batches on their way to the sinks
/// </code>
/// Events that do not fit are spilled, and then all of them, so that the reduce has that half for slack.
/// </summary>
public sealed record MemoryPlan
{
    /// <summary>The smallest limit that can be kept to; with a smaller one a run works all the same, and spills everything.</summary>
    public const long MinLimit = 64L << 20;

    public const int MinChunkBytes = 256 << 10;

    /// <summary>
    /// Code and runtime, some 12 MiB, the sinks, of which SQLite's cache is 16, and 8 of garbage, which a long run has
    /// time to gather: what a run takes that has nothing to keep.
    /// </summary>
    private const long ProcessBytes = 38L << 20;

    /// <summary>The least a worker takes: its thread, readers and least buffers.</summary>
    private const long WorkerBytes = 6L << 20;

    private const int MaxChunkBytes = 4 << 20;
    private const int MaxBatchTextBytes = 512 << 10;
    private const int MinBatchTextBytes = 16 << 10;
    private const int MinPartitionBytes = 4 << 10;
    private const int MaxPartitionBytes = 64 << 20;

    /// <summary>The least and the most that a piece of encoded records takes.</summary>
    private const int MinPieceBytes = 32 << 10, MaxPieceBytes = 256 << 10;

    /// <summary>What a partition's part of a chunk takes at least.</summary>
    private const int SegmentBytes = 1536;

    private MemoryPlan(long limitBytes, int workers, int recordFormats)
    {
        long rest = Math.Max(limitBytes - ProcessBytes, limitBytes / 8);
        long quarter = rest / 4;
        Workers = (int)Math.Clamp(rest / WorkerBytes, 1, workers);
        EventBytes = rest / 2;
        ChunkResults = (2 * Workers) + 2;

        // A chunk is mapped by each worker; its events take a third of it at most, in buffers that double. Its records,
        // encoded for a sink, take up to one and a half times the chunk, terse ones full of numbers, in pieces.
        int recordBytesPerChunk = recordFormats * ChunkResults * 3 / 2;
        ChunkBytes = (int)Math.Clamp(quarter / (Workers + (ChunkResults * 2 / 3) + recordBytesPerChunk), MinChunkBytes, MaxChunkBytes);
        RecordPieceBytes = Math.Clamp(ChunkBytes / 8, MinPieceBytes, MaxPieceBytes);
        MaxPartitions = (int)Math.Clamp(quarter / 2 / SegmentBytes / ChunkResults, 16, 1024);

        // Runs and their keys take what their events may take, the users' table another half at worst, a split as much.
        PartitionBytes = Math.Clamp(quarter / 3 / Workers, MinPartitionBytes, MaxPartitionBytes);
        MaxRuns = (int)(PartitionBytes / 32);

        // The buffer of a batch may double when its rows are large.
        Batches = (4 * Workers) + 4;
        BatchTextBytes = (int)Math.Clamp(quarter / Batches / 2, MinBatchTextBytes, MaxBatchTextBytes);
        BatchRows = Math.Max(16, BatchTextBytes / 2 / Unsafe.SizeOf<DailySummary>());
    }

    /// <summary>Threads that read and reduce: as many as asked for, or as the limit holds.</summary>
    public int Workers { get; }

    /// <summary>Events kept before they are spilled.</summary>
    public long EventBytes { get; }

    /// <summary>Chunks that are read or wait for their turn.</summary>
    public int ChunkResults { get; }

    /// <summary>The most of a file that a worker has before it.</summary>
    public int ChunkBytes { get; }

    /// <summary>Of a chunk's encoded records: what is sent at once.</summary>
    public int RecordPieceBytes { get; }

    /// <summary>Partitions that a chunk may be spread over.</summary>
    public int MaxPartitions { get; }

    /// <summary>The most that a worker reduces at once; a larger partition is split.</summary>
    public long PartitionBytes { get; }

    /// <summary>The most runs of equal key in it.</summary>
    public int MaxRuns { get; }

    /// <summary>Row batches on the way to the sinks.</summary>
    public int Batches { get; }

    /// <summary>Rows of a batch.</summary>
    public int BatchRows { get; }

    /// <summary>Text of a batch.</summary>
    public int BatchTextBytes { get; }

    /// <param name="limitBytes">Of the whole process.</param>
    /// <param name="workers">Threads asked for.</param>
    /// <param name="recordFormats">Formats in which sinks take the records as well.</param>
    public static MemoryPlan For(long limitBytes, int workers, int recordFormats = 0) => new(limitBytes, workers, recordFormats);
}
