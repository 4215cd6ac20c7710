namespace FastIngest.Embedding;

/// <summary>An embedding server. No connection is open yet.</summary>
public sealed class EmbeddingServer
{
    private readonly Action _requireLibraries;
    private readonly Func<EmbeddingOptions, IEmbeddingApi> _connect;

    /// <param name="displayName">The server as shown to the user, without any secret.</param>
    /// <param name="requireLibraries">Throws an <see cref="IngestException"/> when a required library is not installed.</param>
    /// <param name="connect">Creates the client.</param>
    internal EmbeddingServer(string displayName, Action requireLibraries, Func<EmbeddingOptions, IEmbeddingApi> connect)
    {
        DisplayName = displayName;
        _requireLibraries = requireLibraries;
        _connect = connect;
    }

    /// <summary>The server as shown to the user, without any secret.</summary>
    public string DisplayName { get; }

    /// <summary>Checks that the libraries for a connection to the server are installed.</summary>
    /// <exception cref="IngestException">A library is missing.</exception>
    public void RequireLibraries() => _requireLibraries();

    internal IEmbeddingApi Connect(EmbeddingOptions options) => _connect(options);
}
