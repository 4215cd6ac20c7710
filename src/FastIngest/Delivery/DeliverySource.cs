namespace FastIngest.Delivery;

/// <summary>A database whose summaries are to be delivered, not opened yet.</summary>
public sealed class DeliverySource
{
    private readonly Func<IOutbox> _createOutbox;

    internal DeliverySource(Func<IOutbox> createOutbox) => _createOutbox = createOutbox;

    /// <exception cref="IngestException">The name of the database makes no sense.</exception>
    internal IOutbox CreateOutbox() => _createOutbox();
}
