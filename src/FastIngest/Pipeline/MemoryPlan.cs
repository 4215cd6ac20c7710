using System.Runtime.CompilerServices;
using FastIngest.Health;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline;

/// <summary>
/// Divides the memory limit. The process itself comes first; the rest is divided as follows:
/// <code>
/// map      1/2 events    1/4 chunks with their map output    1/4 the cost of partitions per chunk, and reserve
/// reduce   1/2 events    1/4 partitions being reduced        1/4 row batches on their way to the sinks
/// </code>
/// If the events do not fit, all of them are spilled, so that the reduce has their half as a reserve.
/// </summary>
public sealed record MemoryPlan
{
    /// <summary>The smallest limit in bytes that a run can keep. With a smaller limit a run still works, but spills all events.</summary>
    public const long MinLimit = 64L << 20;

    public const int MinChunkBytes = 256 << 10;

    /// <summary>
    /// The base memory of a process: about 12 MiB of code and runtime, 16 MiB for SQLite's cache, other sinks, and 8 MiB of
    /// garbage that accumulates in a long run.
    /// </summary>
    private const long ProcessBytes = 38L << 20;

    /// <summary>The minimum memory of a worker: its thread, readers and smallest buffers.</summary>
    private const long WorkerBytes = 6L << 20;

    private const int MaxChunkBytes = 4 << 20;

    /// <summary>The memory of a file that is being decompressed: the decompressor, bytes retained for looking back, and bytes not released yet.</summary>
    private const int UnpackedBytes = 16 << 20;

    private const int MaxBatchTextBytes = 512 << 10;
    private const int MinBatchTextBytes = 16 << 10;
    private const int MinPartitionBytes = 4 << 10;
    private const int MaxPartitionBytes = 64 << 20;

    /// <summary>The minimum and maximum size in bytes of a piece of encoded records.</summary>
    private const int MinPieceBytes = 32 << 10, MaxPieceBytes = 256 << 10;

    /// <summary>The minimum memory in bytes of a chunk's segment for one partition.</summary>
    private const int SegmentBytes = 1536;

    private MemoryPlan(long limitBytes, int workers, int recordFormats)
    {
        long rest = Math.Max(limitBytes - ProcessBytes, limitBytes / 8);
        long quarter = rest / 4;
        Workers = (int)Math.Clamp(rest / WorkerBytes, 1, workers);
        EventBytes = rest / 2;
        ChunkResults = (2 * Workers) + 2;

        // Each worker maps one chunk. Its events need at most a third of the chunk, in buffers that double. Its records, encoded
        // for a sink, need up to one and a half times the chunk if they are terse and full of numbers; they are stored in pieces.
        int recordBytesPerChunk = recordFormats * ChunkResults * 3 / 2;
        ChunkBytes = (int)Math.Clamp(quarter / (Workers + (ChunkResults * 2 / 3) + recordBytesPerChunk), MinChunkBytes, MaxChunkBytes);
        UnpackedFiles = (int)Math.Clamp(quarter / UnpackedBytes, 1, Workers);
        UnpackAheadBytes = Math.Min(quarter / UnpackedFiles, 2 * PackedBlock.MaxBytes);
        RecordPieceBytes = Math.Clamp(ChunkBytes / 8, MinPieceBytes, MaxPieceBytes);
        MaxPartitions = (int)Math.Clamp(quarter / 2 / SegmentBytes / ChunkResults, 16, 1024);

        // Runs and their keys need at most as much as the events; the users' table at worst another half; a split as much.
        PartitionBytes = Math.Clamp(quarter / 3 / Workers, MinPartitionBytes, MaxPartitionBytes);
        MaxRuns = (int)(PartitionBytes / 32);

        // The buffer of a batch may double when its rows are large.
        Batches = (4 * Workers) + 4;
        BatchTextBytes = (int)Math.Clamp(quarter / Batches / 2, MinBatchTextBytes, MaxBatchTextBytes);
        BatchRows = Math.Max(16, BatchTextBytes / 2 / Unsafe.SizeOf<DailySummary>());
    }

    /// <summary>The number of threads that read and reduce: the requested number, or fewer if the limit requires it.</summary>
    public int Workers { get; }

    /// <summary>The size of the events in memory above which they are spilled.</summary>
    public long EventBytes { get; }

    /// <summary>The number of chunks that are being read or wait for their turn.</summary>
    public int ChunkResults { get; }

    /// <summary>The maximum size in bytes of a chunk.</summary>
    public int ChunkBytes { get; }

    /// <summary>The number of compressed files and members of archives that are decompressed at the same time.</summary>
    public int UnpackedFiles { get; }

    /// <summary>The number of bytes of a compressed file that are decompressed before a chunk needs them, where several workers can decompress it.</summary>
    public long UnpackAheadBytes { get; }

    /// <summary>The size in bytes of the pieces in which encoded records are sent.</summary>
    public int RecordPieceBytes { get; }

    /// <summary>The maximum number of partitions.</summary>
    public int MaxPartitions { get; }

    /// <summary>The maximum size in bytes of a partition that a worker reduces; a larger partition is split.</summary>
    public long PartitionBytes { get; }

    /// <summary>The maximum number of runs of equal keys in such a partition.</summary>
    public int MaxRuns { get; }

    /// <summary>The number of row batches between the reduce and the sinks.</summary>
    public int Batches { get; }

    /// <summary>The maximum number of rows in a batch.</summary>
    public int BatchRows { get; }

    /// <summary>The maximum size in bytes of the texts in a batch.</summary>
    public int BatchTextBytes { get; }

    /// <summary>The part of the memory limit for bytes that are read ahead from servers. It is taken off before the rest is divided.</summary>
    /// <param name="limitBytes">The memory limit of the whole process.</param>
    public static long ReadAheadBytes(long limitBytes) => Math.Clamp(limitBytes / 8, 8L << 20, 64L << 20);

    /// <summary>The part of the memory limit for the contents of small files that are opened only once. What they take is taken off before the rest is divided.</summary>
    /// <param name="limitBytes">The memory limit of the whole process.</param>
    public static long HeldBytes(long limitBytes) => Math.Min(limitBytes / 32, 16L << 20);

    /// <param name="limitBytes">The memory limit of the whole process.</param>
    /// <param name="workers">The requested number of threads.</param>
    /// <param name="recordFormats">The number of formats in which sinks store records.</param>
    public static MemoryPlan For(long limitBytes, int workers, int recordFormats = 0) => new(limitBytes, workers, recordFormats);
}
