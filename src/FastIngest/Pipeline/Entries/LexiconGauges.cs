using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;

namespace FastIngest.Pipeline.Entries;

/// <summary>The progress of each stage of a run. The stages update it; the progress display may read it at any time.</summary>
public sealed class LexiconGauges
{
    private long _read, _cleaned, _passed, _fedBatches, _cleanedBatches, _writtenBatches, _rejected;
    private EntryResult _result = EntryResult.Zero;

    /// <summary>Records read.</summary>
    public long Read => Interlocked.Read(ref _read);

    /// <summary>Records cleaned.</summary>
    public long Cleaned => Interlocked.Read(ref _cleaned);

    /// <summary>Records passed to the target.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    /// <summary>Batches that wait for a cleaner or are being cleaned.</summary>
    public int RawQueue => (int)(Interlocked.Read(ref _fedBatches) - Interlocked.Read(ref _cleanedBatches));

    /// <summary>Batches that wait for the target or are being written.</summary>
    public int CleanedQueue => (int)(Interlocked.Read(ref _cleanedBatches) - Interlocked.Read(ref _writtenBatches));

    /// <summary>The total number of batches.</summary>
    public int Capacity { get; internal set; }

    /// <summary>Records that are not JSON objects.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>The results of the first target so far.</summary>
    public EntryResult Result => Volatile.Read(ref _result);

    internal void AddFed(EntryBatch batch)
    {
        Interlocked.Add(ref _read, batch.RowCount);
        Interlocked.Increment(ref _fedBatches);
    }

    internal void AddCleaned(EntryBatch batch)
    {
        Interlocked.Add(ref _cleaned, batch.RowCount);
        Interlocked.Increment(ref _cleanedBatches);
    }

    internal void Show(EntryResult result, long rejected)
    {
        Volatile.Write(ref _result, result);
        Interlocked.Exchange(ref _rejected, rejected);
    }

    /// <summary>Resets all values, for a run that starts once more.</summary>
    internal void Clear()
    {
        _read = _cleaned = _passed = _fedBatches = _cleanedBatches = _writtenBatches = 0;
        Show(EntryResult.Zero, 0);
    }

    internal void AddWritten(EntryBatch batch)
    {
        Interlocked.Add(ref _passed, batch.RowCount);
        Interlocked.Increment(ref _writtenBatches);
    }
}
