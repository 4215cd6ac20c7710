using FastIngest.Lexicon;

namespace FastIngest.Pipeline.Entries;

/// <summary>Gives records in their order, batch by batch, to one thread.</summary>
internal interface IRecordFeed : IDisposable
{
    /// <summary>Adds the next records to an empty batch; false when there are no more.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="large">Asked for room for each MiB of input beyond the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    bool Fill(EntryBatch batch, LargeRecords large, CancellationToken cancellationToken);
}
