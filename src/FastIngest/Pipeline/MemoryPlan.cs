namespace FastIngest.Pipeline;

/// <summary>
/// How the memory limit is shared out. What the process itself needs comes first; the larger part of the rest keeps
/// events, so that small inputs never touch the disk.
/// </summary>
/// <param name="EventBytes">Events kept before they are spilled.</param>
/// <param name="ChunkBytes">The most of a file that a worker has before it.</param>
/// <param name="Batches">Row batches on the way to the sinks.</param>
/// <param name="BatchTextBytes">Text of a row batch.</param>
/// <param name="MaxPartitions">Partitions that the event memory can serve.</param>
public sealed record MemoryPlan(long EventBytes, int ChunkBytes, int Batches, int BatchTextBytes, int MaxPartitions)
{
    /// <summary>The smallest limit that can be kept to; with a smaller one a run works all the same, and spills everything.</summary>
    public const long MinLimit = 128L << 20;

    /// <summary>Code, runtime, sinks: what a run takes that has nothing to keep.</summary>
    private const long ProcessBytes = 40L << 20;

    private const int MaxChunkBytes = 4 << 20;
    private const int MinChunkBytes = 256 << 10;
    private const int MaxBatchTextBytes = 512 << 10;
    private const int MinBatchTextBytes = 64 << 10;

    public static MemoryPlan For(long limitBytes, int workers)
    {
        long rest = Math.Max(limitBytes - ProcessBytes, limitBytes / 8);

        // A quarter is in the hands of workers, a quarter on its way to the sinks, half holds events.
        int chunk = (int)Math.Clamp(rest / 4 / (workers * 3L), MinChunkBytes, MaxChunkBytes);
        int batches = 8 * workers;
        int batchText = (int)Math.Clamp(rest / 4 / (2 * batches), MinBatchTextBytes, MaxBatchTextBytes);
        long events = rest / 2;
        return new MemoryPlan(events, chunk, batches, batchText, (int)Math.Clamp(events / (24 << 10), 1, 512));
    }
}
