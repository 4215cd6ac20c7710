namespace FastIngest.Delivery;

/// <summary>An API that receives summaries. No connection is open yet.</summary>
public sealed class DeliveryApi
{
    private readonly Action _requireLibraries;
    private readonly Func<DeliveryOptions, ISummaryApi> _connect;

    /// <param name="displayName">The API as shown to the user, without any secret; deliveries are recorded under it.</param>
    /// <param name="requireLibraries">Throws an <see cref="IngestException"/> when a required library is not installed.</param>
    /// <param name="connect">Creates the client of the API; the argument holds the limits on requests and the rules for success.</param>
    internal DeliveryApi(string displayName, Action requireLibraries, Func<DeliveryOptions, ISummaryApi> connect)
    {
        DisplayName = displayName;
        _requireLibraries = requireLibraries;
        _connect = connect;
    }

    /// <summary>The API as shown to the user, without any secret.</summary>
    public string DisplayName { get; }

    /// <summary>Checks that the libraries for a connection to the API are installed.</summary>
    /// <exception cref="IngestException">A library is missing.</exception>
    public void RequireLibraries() => _requireLibraries();

    /// <summary>Whether the API takes the vectors of summaries.</summary>
    public bool TakesVectors { get; internal init; }

    internal ISummaryApi Connect(DeliveryOptions options) => _connect(options);
}
