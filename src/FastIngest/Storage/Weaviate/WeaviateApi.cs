using System.Net;
using FastIngest.Delivery;
using FastIngest.Net;
using FastIngest.Storage.Http;

namespace FastIngest.Storage.Weaviate;

/// <summary>The client of a Weaviate server, which stores summaries as objects of one class.</summary>
internal sealed class WeaviateApi(ApiAddress address, DeliveryOptions options, HttpTuning tuning) : ISummaryApi
{
    private readonly ApiClient _client = new(address, options, tuning);

    /// <summary>The name of the vector in a class with named vectors; null in a class without.</summary>
    private string? _vectorName;

    public string DisplayName => address.DisplayName;

    public int BatchSize => WeaviateSender.LargestBatch;

    /// <summary>Waits until the server is ready, and creates the class if it is missing.</summary>
    public async ValueTask<string?> PrepareAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (patience > TimeSpan.Zero
            && await _client.WaitUntilReadyAsync(UriOf("/v1/.well-known/ready"), s => s == HttpStatusCode.OK, patience, cancellationToken).ConfigureAwait(false) is { } notReady)
        {
            return notReady;
        }

        using ApiCall call = new(_client);
        StopTokens stop = new(cancellationToken, cancellationToken);
        ClassParser found = new();
        ApiRequest get = new(HttpMethod.Get, UriOf("/v1/schema/" + address.ClassName), default, null, found);
        ApiResponse response = await call.SendAsync(get, stop).ConfigureAwait(false);
        if (response.Status == HttpStatusCode.NotFound)
        {
            ApiRequest create = new(HttpMethod.Post, UriOf("/v1/schema"), WeaviateClass.Define(address.ClassName, takesVectors: options.Vectors is not null), null, new ClassParser());
            ApiResponse created = await call.SendAsync(create, stop).ConfigureAwait(false);

            // Another client may have created the class first, so read the class again even after an error.
            response = await call.SendAsync(get, stop).ConfigureAwait(false);
            if (!response.IsOk)
            {
                return $"{address.DisplayName}: the class could not be created: {created.Error ?? response.Error}";
            }
        }

        if (!response.IsOk)
        {
            return $"{address.DisplayName}: the class could not be read: {response.Error}";
        }

        string[] missing = [.. WeaviateClass.Properties.Except(found.Properties)];
        if (missing.Length > 0)
        {
            return $"{address.DisplayName}: the class has no property {string.Join(", ", missing)}: add it, or name another class";
        }

        _vectorName = options.Vectors is not null && found.Vectors is [var name] ? name : null;
        return options.Vectors is null ? null : ProblemOfVectors(found);
    }

    public ISummarySender CreateSender() => new WeaviateSender(_client, UriOf("/v1/batch/objects"), _vectorName);

    public void Dispose() => _client.Dispose();

    /// <summary>Returns why the class cannot take the vectors of the summaries; null if it can.</summary>
    private string? ProblemOfVectors(ClassParser found)
    {
        string[] vectorizers = [.. found.Vectorizers.Distinct()];
        return vectorizers.Length > 0
            ? $"{address.DisplayName}: the class makes vectors itself ({string.Join(", ", vectorizers)}), and vectors of different models are never mixed: name another class, which is created without a vectorizer, or push without vectors"
            : found.Vectors.Count > 1
                ? $"{address.DisplayName}: the class has several named vectors ({string.Join(", ", found.Vectors)}): name a class with one vector"
                : null;
    }

    private Uri UriOf(string path) => new(address.Uri, path);
}
