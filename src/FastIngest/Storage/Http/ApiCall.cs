using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using FastIngest.Delivery;
using FastIngest.Net;

namespace FastIngest.Storage.Http;

/// <summary>
/// Sends requests to an API, one after another, and retries them if needed. The requests share buffers; each worker has its
/// own instance.
/// </summary>
internal sealed class ApiCall(ApiClient client) : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly ResponseBodyReader _bodyReader = new();
    private CancellationTokenSource _attempt = NewAttempt(client);
    private ApiRequest _request;
    private ApiResponse? _first;

    /// <summary>The number of attempts of the last <see cref="SendAsync"/>.</summary>
    public int Attempts { get; private set; }

    /// <summary>Sends a request, with retries, until the API accepts or rejects it or the retries are used up.</summary>
    /// <param name="request">The request. Its body must not change before the task ends.</param>
    /// <param name="stop">The soft token ends pauses; the hard token aborts the running request.</param>
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

        // Most requests succeed at once, so the retry pipeline starts only after a failure. It receives the first response, too.
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
            await client.Rate.WaitAsync(stop.Soft).ConfigureAwait(false);
            Attempts++;
            response = await ExchangeAsync(stop.Hard).ConfigureAwait(false);
        }
        finally
        {
            client.Limit.Leave(ticket, response);
        }

        // A smaller batch may be processed in time; the same batch would probably time out again. Some servers report with a 500
        // that one text of a batch is too long.
        bool isDivided = response.Kind == ResponseKind.TimedOut || (_request.DividesServerErrors && response.Status == HttpStatusCode.InternalServerError);
        return isDivided && _request.IsDivisible ? response with { Kind = ResponseKind.TooLarge } : response;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ApiResponse> ExchangeAsync(CancellationToken hard)
    {
        _attempt.CancelAfter(client.Tuning.AttemptTimeout);
        try
        {
            using CancellationTokenRegistration stopping = hard.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), _attempt);
            using HttpRequestMessage request = client.Request(_request.Method, _request.Address);
            if (!_request.Body.IsEmpty)
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
            return new ApiResponse(ResponseKind.TimedOut, Through($"no response within {client.Tuning.AttemptTimeout.TotalSeconds:0.#} s"));
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException tls)
        {
            return new ApiResponse(ResponseKind.TargetRejected, Through("TLS: " + client.Address.Clean(tls.Message)));
        }
        catch (Exception e) when (HttpFaults.IsOfNetwork(e) && !hard.IsCancellationRequested)
        {
            return new ApiResponse(ResponseKind.Transient, Through(client.Address.Clean(Innermost(e).Message)));
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
        ResponseKind kind = client.Accepts(response.StatusCode) ? ResponseKind.Ok : ApiResponse.Classify(response.StatusCode);
        Stream body = await response.Content.ReadAsStreamAsync(_attempt.Token).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            if (kind == ResponseKind.Ok)
            {
                return await ReadBodyAsync(response, body).ConfigureAwait(false);
            }

            string excerpt = client.Address.Clean(await _bodyReader.ReadExcerptAsync(body, _attempt.Token).ConfigureAwait(false));
            string place = kind == ResponseKind.Redirected && response.Headers.Location is { } to
                ? " to " + client.Address.Clean(to.IsAbsoluteUri ? to.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : to.OriginalString)
                : "";
            string reason = response.ReasonPhrase is { Length: > 0 } phrase ? " " + client.Address.Clean(phrase) : "";
            string error = $"{(int)response.StatusCode}{reason}{place}{(excerpt.Length > 0 ? ": " + excerpt : "")}";
            error = MayComeFromProxy(response.StatusCode) ? Through(error) : error;
            error += kind == ResponseKind.Redirected ? "; redirects are not followed: name the new URL as the target if you trust it" : "";
            return new ApiResponse(kind, error, HttpFaults.RetryAfter(response.Headers, client.Tuning.Time.GetUtcNow())) { Status = response.StatusCode };
        }
    }

    /// <summary>Reads the body of a response with a successful status code, and decides by it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ApiResponse> ReadBodyAsync(HttpResponseMessage response, Stream body)
    {
        IResponseParser parser = _request.Parser;
        string? readError = await _bodyReader.ReadAsync(body, parser, _attempt.Token).ConfigureAwait(false);
        int status = (int)response.StatusCode;
        if (readError is not null)
        {
            return new ApiResponse(ResponseKind.Transient, $"{status} with {readError}");
        }

        if (client.Accepts(response.StatusCode))
        {
            return new ApiResponse(ResponseKind.Ok);
        }

        if (parser.Kind == ResponseKind.Ok && IsProblem(response.Content.Headers))
        {
            return new ApiResponse(ResponseKind.TargetRejected, $"{status} with a problem (application/problem+json) in the response");
        }

        if (_bodyReader.IsHtml)
        {
            return new ApiResponse(ResponseKind.Mismatched, Through($"{status} with an HTML page, which no API sends: '{client.Address.Clean(_bodyReader.Text)}'; check the URL"));
        }

        return parser.Kind == ResponseKind.Ok ? new ApiResponse(ResponseKind.Ok) : new ApiResponse(parser.Kind, $"{status} with {client.Address.Clean(parser.Error!)}");
    }

    /// <summary>Whether the body is a problem by RFC 9457. To look at the header as it was written costs a fraction of parsing it.</summary>
    private static bool IsProblem(HttpContentHeaders headers) =>
        headers.NonValidated.TryGetValues("Content-Type", out HeaderStringValues written)
        && written.ToString().StartsWith("application/problem+json", StringComparison.OrdinalIgnoreCase)
        && headers.ContentType?.MediaType is { } type && type.Equals("application/problem+json", StringComparison.OrdinalIgnoreCase);

    private static bool MayComeFromProxy(HttpStatusCode status) => (int)status is 403 or 407 or >= 500;

    /// <summary>Adds the proxy, if there is one, to an error that may be the proxy's.</summary>
    private string Through(string error) => error + client.Address.Proxy?.Suffix;

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

/// <summary>A request to an API.</summary>
/// <param name="Method">GET, POST or DELETE.</param>
/// <param name="Address">The URL.</param>
/// <param name="Body">JSON; empty for none.</param>
/// <param name="IdempotencyKey">Lets the API recognize a repeated request; null for none.</param>
/// <param name="Parser">Parses the body of a successful response.</param>
internal readonly record struct ApiRequest(HttpMethod Method, Uri Address, ReadOnlyMemory<byte> Body, Guid? IdempotencyKey, IResponseParser Parser)
{
    /// <summary>Whether the body can be split into smaller requests. If so, a timeout counts as <see cref="ResponseKind.TooLarge"/>.</summary>
    public bool IsDivisible { get; init; }

    /// <summary>Whether the status 500 counts as <see cref="ResponseKind.TooLarge"/>, too, if the body can be split.</summary>
    public bool DividesServerErrors { get; init; }

    internal StopTokens Stop { get; init; }
}
