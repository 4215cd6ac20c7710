using System.Runtime.InteropServices;
using System.Text.Json;

namespace EmbeddingServer;

/// <summary>Answers <c>/health</c> and <c>/v1/embeddings</c> as OpenAI does.</summary>
internal sealed class EmbeddingEndpoint(SentenceModel model, ServerOptions options) : IDisposable
{
    /// <summary>The model uses all cores for one batch, so requests take turns.</summary>
    private readonly SemaphoreSlim _turn = new(1);
    private int _waiting;

    public void Dispose() => _turn.Dispose();

    public async Task HealthAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"status": "ok", "model": {{JsonSerializer.Serialize(model.Name)}}, "dimensions": {{model.Dimensions}}}""");
    }

    public async Task EmbedAsync(HttpContext context)
    {
        List<string>? texts;
        bool isBase64;
        try
        {
            using JsonDocument body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            (texts, string? fault, isBase64) = Read(body.RootElement);
            if (texts is null)
            {
                await FailAsync(context, StatusCodes.Status400BadRequest, fault!);
                return;
            }
        }
        catch (JsonException)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, "the body is not JSON");
            return;
        }
        catch (BadHttpRequestException fault)
        {
            await FailAsync(context, fault.StatusCode, "the body is too large or not complete");
            return;
        }

        if (texts.Count > options.MaxTexts)
        {
            await FailAsync(context, StatusCodes.Status413PayloadTooLarge, $"{texts.Count} texts in a request, but at most {options.MaxTexts} are taken");
            return;
        }

        if (Interlocked.Increment(ref _waiting) > options.MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            context.Response.Headers.RetryAfter = "1";
            await FailAsync(context, StatusCodes.Status429TooManyRequests, "too many requests wait for the model");
            return;
        }

        (float[][] Vectors, long Tokens) result;
        try
        {
            await _turn.WaitAsync(context.RequestAborted);
            try
            {
                result = await Task.Run(() => model.Embed(texts));
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        await WriteAsync(context, result.Vectors, result.Tokens, isBase64);
    }

    private static (List<string>? Texts, string? Fault, bool IsBase64) Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("input", out JsonElement input))
        {
            return (null, "input is missing", false);
        }

        JsonElement[] items = input.ValueKind == JsonValueKind.Array ? [.. input.EnumerateArray()] : [input];
        string format = body.TryGetProperty("encoding_format", out JsonElement given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : "float";
        return items.Length == 0 || items.Any(i => i.ValueKind != JsonValueKind.String) ? (null, "input is not a text or a list of texts", false)
            : format is not ("float" or "base64") ? (null, "encoding_format is neither float nor base64", false)
            : ([.. items.Select(i => i.GetString()!)], null, format == "base64");
    }

    private static async Task FailAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$$"""{"error": {"message": {{{JsonSerializer.Serialize(message)}}}, "type": "invalid_request_error", "code": {{{status}}}}}""");
    }

    private async Task WriteAsync(HttpContext context, float[][] vectors, long tokens, bool isBase64)
    {
        context.Response.ContentType = "application/json";
        using Utf8JsonWriter json = new(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        for (int i = 0; i < vectors.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", i);
            json.WritePropertyName("embedding");
            if (isBase64)
            {
                json.WriteBase64StringValue(MemoryMarshal.AsBytes<float>(vectors[i]));
            }
            else
            {
                json.WriteStartArray();
                foreach (float number in vectors[i])
                {
                    json.WriteNumberValue(number);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model", model.Name);
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", tokens);
        json.WriteNumber("total_tokens", tokens);
        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync();
    }
}
