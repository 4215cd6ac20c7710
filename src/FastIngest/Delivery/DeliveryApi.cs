namespace FastIngest.Delivery;

/// <summary>An API that summaries are delivered to, before any connection to it.</summary>
public sealed class DeliveryApi
{
    private readonly Action _requireLibraries;
    private readonly Func<int, ISummaryApi> _connect;

    /// <param name="displayName">The API as shown to the user, without any secret; deliveries are recorded under it.</param>
    /// <param name="requireLibraries">Throws an <see cref="IngestException"/> when something is not installed.</param>
    /// <param name="connect">Makes the API's client for the most requests under way at once.</param>
    internal DeliveryApi(string displayName, Action requireLibraries, Func<int, ISummaryApi> connect)
    {
        DisplayName = displayName;
        _requireLibraries = requireLibraries;
        _connect = connect;
    }

    /// <summary>The API as shown to the user, without any secret.</summary>
    public string DisplayName { get; }

    /// <summary>Makes sure that the API can be reached from here at all.</summary>
    /// <exception cref="IngestException">Something is not installed.</exception>
    public void RequireLibraries() => _requireLibraries();

    internal ISummaryApi Connect(int concurrency) => _connect(concurrency);
}
