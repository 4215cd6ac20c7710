using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>
/// Processes the stored entries of sources, one source after another. For each source: <see cref="BeginAsync"/>, any number
/// of <see cref="WriteAsync"/> calls, then <see cref="FinishAsync"/>. After a fault, the source begins once more.
/// </summary>
internal interface IReprocess
{
    /// <summary>The outcomes of the source's records so far, excluding records that an interrupted run already handled.</summary>
    EntryResult SoFar { get; }

    /// <summary>Entries removed because their records no longer have a valid entry.</summary>
    long Removed { get; }

    /// <summary>Begins with a source and returns the records to clean and compare.</summary>
    ValueTask<IStoredRecords> BeginAsync(string source, CancellationToken cancellationToken);

    /// <summary>Receives cleaned and compared records in id order.</summary>
    ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken);

    /// <exception cref="IngestException">The balance does not add up.</exception>
    ValueTask<EntryResult> FinishAsync(CancellationToken cancellationToken);
}
