using FastIngest.Lexicon;

namespace FastIngest.Pipeline.Entries;

/// <summary>Supplies records in order, one batch at a time, to one thread.</summary>
internal interface IRecordFeed : IDisposable
{
    /// <summary>Adds the next records to an empty batch; false when there are no more.</summary>
    /// <param name="batch">The batch to fill.</param>
    /// <param name="large">Grants the memory for each MiB of input beyond the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    bool Fill(EntryBatch batch, LargeRecords large, CancellationToken cancellationToken);
}
