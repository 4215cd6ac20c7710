using System.Buffers;
using System.Net;
using System.Text.Json;
using FastIngest.Delivery;
using FastIngest.Net;
using FastIngest.Storage.Http;
using FastIngest.Stored;

namespace FastIngest.Storage.Weaviate;

/// <summary>Removes the objects of users from a class of a Weaviate server.</summary>
internal sealed class WeaviateErasure(ApiAddress address, HttpTuning tuning) : IUserErasure
{
    public string DisplayName => address.DisplayName;

    /// <exception cref="IngestException">The server did not remove the objects, or it could remove those of other users.</exception>
    public async ValueTask<IReadOnlyList<ErasedRows>> EraseAsync(IReadOnlyList<string> userIds, bool isDryRun, CancellationToken cancellationToken)
    {
        using ApiClient client = new(address, tuning);
        using ApiCall call = new(client);
        StopTokens stop = new(cancellationToken, cancellationToken);
        TokenizationParser tokenization = new();
        ApiResponse schema = await call.SendAsync(new ApiRequest(HttpMethod.Get, new Uri(address.Uri, "/v1/schema/" + address.ClassName), default, null, tokenization), stop).ConfigureAwait(false);
        if (schema.Status == HttpStatusCode.NotFound)
        {
            return [new ErasedRows("objects of " + address.ClassName, 0)];
        }

        Require(schema);
        if (tokenization.OfUserId is not "field")
        {
            throw new IngestException(
                $"{DisplayName} compares user_id by words (tokenization {tokenization.OfUserId ?? "word"}), so that a deletion could match other users.", "Remove the objects of the person there yourself, by their ids.");
        }

        long removed = 0;
        foreach (string user in userIds)
        {
            DeletionParser deletion = new();
            ApiRequest request = new(HttpMethod.Delete, new Uri(address.Uri, "/v1/batch/objects"), Body(user, isDryRun), null, deletion);
            do
            {
                // The server removes a limited number of objects with one request.
                Require(await call.SendAsync(request, stop).ConfigureAwait(false));
                if (deletion.Failed > 0)
                {
                    throw new IngestException($"{DisplayName} could not remove {deletion.Failed} objects.", "Repeat the command; it can be repeated.");
                }

                removed += isDryRun ? deletion.Matches : deletion.Successful;
            }
            while (!isDryRun && deletion.Successful > 0 && deletion.Successful >= deletion.Limit);
        }

        return [new ErasedRows("objects of " + address.ClassName, removed)];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Require(ApiResponse response)
    {
        if (!response.IsOk)
        {
            throw new IngestException($"{DisplayName} did not remove the user: {response.Error}", "Check the server and the key, and repeat the command; it can be repeated.");
        }
    }

    private ReadOnlyMemory<byte> Body(string user, bool isDryRun)
    {
        ArrayBufferWriter<byte> output = new();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteStartObject("match");
        json.WriteString("class", address.ClassName);
        json.WriteStartObject("where");
        json.WriteStartArray("path");
        json.WriteStringValue("user_id");
        json.WriteEndArray();
        json.WriteString("operator", "Equal");
        json.WriteString("valueText", user);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteBoolean("dryRun", isDryRun);
        json.WriteString("output", "minimal");
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    /// <summary>Reads the counts of a deletion.</summary>
    private sealed class DeletionParser : IResponseParser
    {
        private string? _name;
        private bool _isInResults;

        public long Matches { get; private set; }

        public long Limit { get; private set; }

        public long Successful { get; private set; }

        public long Failed { get; private set; }

        public ResponseKind Kind => ResponseKind.Ok;

        public string? Error => null;

        public void Reset() => Matches = Limit = Successful = Failed = 0;

        public void AddText(string text)
        {
        }

        // {"match": {…}, "results": {"matches": 3, "limit": 10000, "successful": 3, "failed": 0, "objects": …}}
        public void Add(ref Utf8JsonReader token)
        {
            if (token.TokenType == JsonTokenType.PropertyName)
            {
                _isInResults = token.CurrentDepth == 1 ? token.ValueTextEquals("results"u8) : _isInResults;
                _name = token.CurrentDepth == 2 && _isInResults ? token.GetString() : null;
            }
            else if (token.TokenType == JsonTokenType.Number && token.TryGetInt64(out long value))
            {
                (Matches, Limit, Successful, Failed) = _name switch
                {
                    "matches" => (value, Limit, Successful, Failed),
                    "limit" => (Matches, value, Successful, Failed),
                    "successful" => (Matches, Limit, value, Failed),
                    "failed" => (Matches, Limit, Successful, value),
                    _ => (Matches, Limit, Successful, Failed),
                };
            }
        }
    }

    /// <summary>Reads how the class compares the property <c>user_id</c>.</summary>
    private sealed class TokenizationParser : IResponseParser
    {
        private string? _property, _name, _tokenization;
        private bool _isInProperties;

        public string? OfUserId { get; private set; }

        public ResponseKind Kind => ResponseKind.Ok;

        public string? Error => null;

        public void Reset() => OfUserId = null;

        public void AddText(string text)
        {
        }

        // {"properties": [{"name": "user_id", "tokenization": "field", …}, …], …}
        public void Add(ref Utf8JsonReader token)
        {
            bool isProperty = token.TokenType == JsonTokenType.PropertyName;
            if (isProperty && token.CurrentDepth == 1)
            {
                _isInProperties = token.ValueTextEquals("properties"u8);
            }
            else if (_isInProperties && token.CurrentDepth == 2 && token.TokenType == JsonTokenType.EndObject)
            {
                OfUserId = _name == "user_id" ? _tokenization : OfUserId;
                _name = _tokenization = null;
            }
            else if (_isInProperties && token.CurrentDepth == 3 && isProperty)
            {
                _property = token.GetString();
            }
            else if (_isInProperties && token.CurrentDepth == 3 && token.TokenType == JsonTokenType.String)
            {
                (_name, _tokenization) = _property switch
                {
                    "name" => (token.GetString(), _tokenization),
                    "tokenization" => (_name, token.GetString()),
                    _ => (_name, _tokenization),
                };
            }
        }
    }
}
