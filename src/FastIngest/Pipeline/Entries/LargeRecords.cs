using FastIngest.Lexicon;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Limits the memory for records that do not fit into an ordinary batch, so that a file of huge lines needs no more memory
/// with many workers than with one. One thread reserves memory in input order; the writer releases it after each batch.
/// The reserving thread therefore only ever waits for batches that are on their way to the writer.
/// </summary>
internal sealed class LargeRecords(int maxRecordBytes) : IDisposable
{
    /// <summary>The input size in bytes of an ordinary batch, and the unit of further memory.</summary>
    public const int PieceBytes = 1 << 20;

    /// <summary>
    /// Above this size, unused arrays are collected at once: they are costly to keep, and a collection is cheap compared to
    /// filling such an array.
    /// </summary>
    private const int HugeBytes = 24 << 20;

    private readonly int _capacity = PiecesOf(maxRecordBytes) + 2;
    private readonly SemaphoreSlim _pieces = new(PiecesOf(maxRecordBytes) + 2);

    /// <summary>Waits until a batch may hold that many bytes, and grows the batch to that size.</summary>
    public void Grow(EntryBatch batch, int bytes, CancellationToken cancellationToken)
    {
        for (int has = Taken(batch.Input.Length); has < Taken(bytes); has++)
        {
            _pieces.Wait(cancellationToken);
        }

        if (bytes >= HugeBytes)
        {
            // The batch's old buffer, and those of earlier batches, are garbage that the collector would otherwise keep for long.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }

        batch.GrowInput((int)Math.Min((long)PiecesOf(bytes) * PieceBytes, Array.MaxLength));
    }

    /// <summary>Empties a batch and releases the memory that it reserved.</summary>
    public void Reset(EntryBatch batch)
    {
        int taken = Taken(batch.Input.Length);
        batch.Reset();
        if (taken > 0)
        {
            _pieces.Release(taken);
        }
    }

    public void Dispose() => _pieces.Dispose();

    private static int PiecesOf(int bytes) => (int)(((long)bytes + PieceBytes - 1) / PieceBytes);

    /// <summary>The number of pieces to reserve; a record larger than the capacity reserves all pieces.</summary>
    private int Taken(int bytes) => Math.Clamp(PiecesOf(bytes) - 1, 0, _capacity);
}
