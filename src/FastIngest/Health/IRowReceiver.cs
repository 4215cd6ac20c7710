namespace FastIngest.Health;

/// <summary>Receives the rows of one partition in key order, one batch at a time.</summary>
public interface IRowReceiver
{
    /// <summary>Returns an empty batch for the caller to fill.</summary>
    SummaryBatch Rent();

    /// <summary>Receives a filled batch. The receiver owns it from then on.</summary>
    void Deliver(SummaryBatch batch);
}
