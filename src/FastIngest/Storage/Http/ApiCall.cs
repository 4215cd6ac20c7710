using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using FastIngest.Delivery;

namespace FastIngest.Storage.Http;

/// <summary>
/// Requests to an API, one after another, each tried again as the rules say. Its buffers serve all of them; every worker
/// has one of its own.
/// </summary>
internal sealed class ApiCall(ApiClient client) : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly ResponseBodyReader _body = new();
    private CancellationTokenSource _attempt = NewAttempt(client);
    private ApiRequest _request;
    private ApiResponse? _first;

    /// <summary>Requests sent since <see cref="SendAsync"/> was called.</summary>
    public int Attempts { get; private set; }

    public static bool IsNetworkFault(Exception e) => e is HttpRequestException or IOException or System.Net.Sockets.SocketException;

    /// <summary>Sends a request until it is taken, refused, or not worth another attempt.</summary>
    /// <param name="request">What to send. Its body must not change before the task ends.</param>
    /// <param name="stop">Ends the pauses, and after a while the request.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ApiResponse> SendAsync(ApiRequest request, StopTokens stop)
    {
        _request = request with { Stop = stop };
        Attempts = 0;
        ApiResponse first = await AttemptAsync().ConfigureAwait(false);
        if (!first.IsTransient)
        {
            return first;
        }

        // Most are taken at once: the rules for trying again come in only now, and judge the first answer like any other.
        _first = first;
        return await client.Retry.ExecuteAsync(static (call, _) => call.NextResponseAsync(), this, stop.Soft).ConfigureAwait(false);
    }

    public void Dispose() => _attempt.Dispose();

    private ValueTask<ApiResponse> NextResponseAsync()
    {
        if (_first is not { } first)
        {
            return AttemptAsync();
        }

        _first = null;
        return ValueTask.FromResult(first);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ApiResponse> AttemptAsync()
    {
        StopTokens stop = _request.Stop;
        int ticket = await client.Limit.EnterAsync(stop.Soft).ConfigureAwait(false);
        ApiResponse response = new(ResponseKind.Transient);
        try
        {
            Attempts++;
            response = await ExchangeAsync(stop.Hard).ConfigureAwait(false);
        }
        finally
        {
            client.Limit.Leave(ticket, response);
        }

        // Half of it may be answered in time; all of it once more would rather not.
        return response.Kind == ResponseKind.TimedOut && _request.IsDivisible ? response with { Kind = ResponseKind.TooLarge } : response;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ApiResponse> ExchangeAsync(CancellationToken hard)
    {
        _attempt.CancelAfter(client.Tuning.AttemptTimeout);
        try
        {
            using CancellationTokenRegistration stopping = hard.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), _attempt);
            using HttpRequestMessage request = client.Request(_request.Method, _request.Address);
            if (_request.Method == HttpMethod.Post)
            {
                request.Content = new ReadOnlyMemoryContent(_request.Body);
                request.Content.Headers.ContentType = Json;
            }

            if (_request.IdempotencyKey is { } key)
            {
                request.Headers.TryAddWithoutValidation("Idempotency-Key", key.ToString("D"));
            }

            using HttpResponseMessage response = await client.Invoker.SendAsync(request, _attempt.Token).ConfigureAwait(false);
            return await ReadAsync(response).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!hard.IsCancellationRequested)
        {
            return new ApiResponse(ResponseKind.TimedOut, $"no answer within {client.Tuning.AttemptTimeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException tls)
        {
            return new ApiResponse(ResponseKind.TargetRejected, "TLS: " + client.Address.Clean(tls.Message));
        }
        catch (Exception e) when (IsNetworkFault(e) && !hard.IsCancellationRequested)
        {
            return new ApiResponse(ResponseKind.Transient, client.Address.Clean(Innermost(e).Message));
        }
        finally
        {
            if (!_attempt.TryReset())
            {
                _attempt.Dispose();
                _attempt = NewAttempt(client);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ApiResponse> ReadAsync(HttpResponseMessage response)
    {
        ResponseKind kind = ApiResponse.Classify(response.StatusCode);
        Stream body = await response.Content.ReadAsStreamAsync(_attempt.Token).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            if (kind == ResponseKind.Ok)
            {
                string? readError = await _body.ReadAsync(body, _request.Parser, _attempt.Token).ConfigureAwait(false);
                string? bodyError = readError ?? _request.Parser.Error;
                return bodyError is null ? new ApiResponse(kind) : new ApiResponse(ResponseKind.Transient, $"{(int)response.StatusCode} with {client.Address.Clean(bodyError)}");
            }

            string said = client.Address.Clean(await _body.ReadExcerptAsync(body, _attempt.Token).ConfigureAwait(false));
            string place = kind == ResponseKind.Redirected && response.Headers.Location is { } to
                ? " to " + client.Address.Clean(to.IsAbsoluteUri ? to.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : to.OriginalString)
                : "";
            string reason = response.ReasonPhrase is { Length: > 0 } phrase ? " " + client.Address.Clean(phrase) : "";
            string error = $"{(int)response.StatusCode}{reason}{place}{(said.Length > 0 ? ": " + said : "")}";
            return new ApiResponse(kind, error, ApiResponse.ReadRetryAfter(response.Headers, client.Tuning.Time.GetUtcNow())) { Status = response.StatusCode };
        }
    }

    private static CancellationTokenSource NewAttempt(ApiClient client) => new(Timeout.InfiniteTimeSpan, client.Tuning.Time);

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return e;
    }
}

/// <summary>One request.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Address">Where to.</param>
/// <param name="Body">JSON; empty for GET.</param>
/// <param name="IdempotencyKey">By which the API recognises a repetition.</param>
/// <param name="Parser">Parses the body of a successful response.</param>
internal readonly record struct ApiRequest(HttpMethod Method, Uri Address, ReadOnlyMemory<byte> Body, Guid? IdempotencyKey, IResponseParser Parser)
{
    /// <summary>Whether it can be sent in smaller pieces, which is what a timeout then asks for.</summary>
    public bool IsDivisible { get; init; }

    internal StopTokens Stop { get; init; }
}
