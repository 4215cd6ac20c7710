using FastIngest.Embedding;
using FastIngest.Storage.Http;

namespace FastIngest.Storage.Embeddings;

/// <summary>The embedding servers that URLs name.</summary>
public static class EmbeddingTarget
{
    /// <summary>Returns the server of a URL, with the token and the proxy of the environment.</summary>
    /// <exception cref="IngestException">The URL, the token or the proxy is invalid.</exception>
    public static EmbeddingServer ServerOf(string url)
    {
        ApiAddress address = ApiAddress.ParseEmbedding(url);
        return new EmbeddingServer(address.DisplayName, address.RequireLibraries, options => new EmbeddingApi(address, options, EmbeddingApi.Tuning));
    }
}
