using System.Net;
using System.Text;
using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Net;
using FastIngest.Storage.Http;

namespace FastIngest.Storage.Embeddings;

/// <summary>The client of an embedding server with the API of OpenAI.</summary>
internal sealed class EmbeddingApi(ApiAddress address, EmbeddingOptions options, HttpTuning tuning) : IEmbeddingApi
{
    /// <summary>A server on a CPU may need minutes for a request that waits for others.</summary>
    public static HttpTuning Tuning { get; } = new() { AttemptTimeout = TimeSpan.FromMinutes(2) };

    private readonly ApiClient _client = new(address, options.Delivery, tuning);
    private EmbeddingModel? _model;
    private bool _isBase64 = true;
    private string? _problem;

    public string DisplayName => address.DisplayName;

    public string RecordName => _model?.Name ?? options.Model ?? "";

    public int BatchSize => options.BatchTexts;

    public async ValueTask<EmbeddingModel?> ProbeAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        // Any response below 500 shows that it is running.
        _problem = patience > TimeSpan.Zero
            ? await _client.WaitUntilReadyAsync(address.Uri, status => (int)status < 500, patience, cancellationToken).ConfigureAwait(false)
            : null;
        return _problem is null ? (await AskAsync("health", cancellationToken).ConfigureAwait(false))?.Model : null;
    }

    public async ValueTask<(EmbeddingModel Model, ReadOnlyMemory<float> Vector)> EmbedAsync(string text, CancellationToken cancellationToken) =>
        await AskAsync(text, cancellationToken).ConfigureAwait(false)
            ?? throw new IngestException($"The text could not be turned into a vector: {_problem}.", "Check the server, its model and the token.");

    public ValueTask<string?> PrepareAsync(TimeSpan patience, CancellationToken cancellationToken) => ValueTask.FromResult(_problem);

    public ISummarySender CreateSender() => new EmbeddingSender(_client, options, _model, _isBase64);

    public void Dispose() => _client.Dispose();

    /// <summary>Embeds one text and learns the model; null when the server gave no vector.</summary>
    private async ValueTask<(EmbeddingModel Model, ReadOnlyMemory<float> Vector)?> AskAsync(string text, CancellationToken cancellationToken)
    {
        StopTokens stop = new(cancellationToken, cancellationToken);
        PendingSummary[] one = [new PendingSummary([], 0, Encoding.UTF8.GetBytes(text))];
        using EmbeddingSender sender = new(_client, options, model: null, _isBase64);
        ApiResponse response = await sender.PostAsync(one, stop).ConfigureAwait(false);
        if (response.Status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity)
        {
            // Some servers know no encoding_format, or not this one.
            using EmbeddingSender plain = new(_client, options, model: null, isBase64: false);
            ApiResponse second = await plain.PostAsync(one, stop).ConfigureAwait(false);
            if (second.IsOk)
            {
                _isBase64 = false;
                return Learn(plain.Response);
            }
        }

        if (!response.IsOk)
        {
            _problem = $"{DisplayName}: {response.Error}";
            return null;
        }

        return Learn(sender.Response);
    }

    private (EmbeddingModel Model, ReadOnlyMemory<float> Vector)? Learn(EmbeddingResponseParser response)
    {
        ReadOnlyMemory<float> vector = response.Vectors[0];
        string name = options.Model ?? response.Model;
        _problem = name.Length == 0 ? $"{DisplayName} does not name its model: name it with --model"
            : options.Dimensions is { } wanted && wanted != vector.Length ? $"{DisplayName} sends vectors of {vector.Length} numbers although {wanted} are asked for; leave --dimensions out, or use a model that can be shortened"
            : null;
        if (_problem is not null)
        {
            return null;
        }

        _model = new EmbeddingModel(name, address.Clean(response.Model), vector.Length);
        return (_model, vector);
    }
}
