using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>
/// What becomes of the stored entries of one source after another: for each <see cref="BeginAsync"/>, <see cref="WriteAsync"/>
/// any number of times, <see cref="FinishAsync"/>. A source that a fault interrupted is begun again.
/// </summary>
internal interface IReprocess
{
    /// <summary>What became of the records of the source so far, excluding those that an earlier, unfinished run handled.</summary>
    EntryResult SoFar { get; }

    /// <summary>Entries removed because their records no longer make one.</summary>
    long Removed { get; }

    /// <summary>Returns the records to be cleaned and compared.</summary>
    ValueTask<IStoredRecords> BeginAsync(string source, CancellationToken cancellationToken);

    /// <summary>Takes cleaned and compared records, in the order of their ids.</summary>
    ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken);

    /// <exception cref="IngestException">The balance does not add up.</exception>
    ValueTask<EntryResult> FinishAsync(CancellationToken cancellationToken);
}
