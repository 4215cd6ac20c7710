namespace FastIngest.Health;

/// <summary>Takes the rows of one partition, batch after batch, in key order.</summary>
public interface IRowReceiver
{
    /// <summary>An empty batch to fill.</summary>
    SummaryBatch Rent();

    /// <summary>Takes a filled batch over.</summary>
    void Deliver(SummaryBatch batch);
}
