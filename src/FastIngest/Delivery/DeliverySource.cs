namespace FastIngest.Delivery;

/// <summary>A database whose summaries are to be delivered. The database is not open yet.</summary>
public sealed class DeliverySource
{
    private readonly Func<SentVectors?, IOutbox> _createOutbox;

    internal DeliverySource(Func<SentVectors?, IOutbox> createOutbox) => _createOutbox = createOutbox;

    /// <param name="vectors">The vectors that are read with the summaries; null for none.</param>
    /// <exception cref="IngestException">The name of the database is invalid.</exception>
    internal IOutbox CreateOutbox(SentVectors? vectors) => _createOutbox(vectors);
}
