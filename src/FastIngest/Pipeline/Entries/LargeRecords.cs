using FastIngest.Lexicon;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Room for records that do not fit into an ordinary batch, so that a file of huge lines takes no more memory with many
/// workers than with one. One thread takes room, in input order, and whoever has written a batch gives its room back: what
/// it waits for is always on its way out.
/// </summary>
internal sealed class LargeRecords(int maxRecordBytes) : IDisposable
{
    /// <summary>What an ordinary batch has room for, and what is taken at once beyond.</summary>
    public const int PieceBytes = 1 << 20;

    /// <summary>Arrays of this size are dear to keep once nobody needs them, and dear enough to fill that collecting them costs little.</summary>
    private const int HugeBytes = 24 << 20;

    private readonly int _capacity = PiecesOf(maxRecordBytes) + 2;
    private readonly SemaphoreSlim _pieces = new(PiecesOf(maxRecordBytes) + 2);

    /// <summary>Waits until a batch may have room for so many bytes, and gives it that.</summary>
    public void Grow(EntryBatch batch, int bytes, CancellationToken cancellationToken)
    {
        for (int has = Taken(batch.Input.Length); has < Taken(bytes); has++)
        {
            _pieces.Wait(cancellationToken);
        }

        if (bytes >= HugeBytes)
        {
            // What the batch had room in before, and batches before it, is garbage that would wait long for the collector.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }

        batch.GrowInput((int)Math.Min((long)PiecesOf(bytes) * PieceBytes, Array.MaxLength));
    }

    /// <summary>Empties a batch and gives back what it took.</summary>
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

    /// <summary>What is larger than all there is takes all there is.</summary>
    private int Taken(int bytes) => Math.Clamp(PiecesOf(bytes) - 1, 0, _capacity);
}
