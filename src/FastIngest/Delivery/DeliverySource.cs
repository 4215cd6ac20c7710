namespace FastIngest.Delivery;

/// <summary>A database whose summaries are to be delivered. The database is not open yet.</summary>
public sealed class DeliverySource
{
    private readonly Func<IOutbox> _createOutbox;

    internal DeliverySource(Func<IOutbox> createOutbox) => _createOutbox = createOutbox;

    /// <exception cref="IngestException">The name of the database is invalid.</exception>
    internal IOutbox CreateOutbox() => _createOutbox();
}
