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

    private readonly AnswerBody _answer = new();
    private CancellationTokenSource _attempt = NewAttempt(client);
    private ApiRequest _request;
    private ApiAnswer? _first;

    /// <summary>Requests sent since <see cref="SendAsync"/> was called.</summary>
    public int Attempts { get; private set; }

    public static bool IsNetworkFault(Exception e) => e is HttpRequestException or IOException or System.Net.Sockets.SocketException;

    /// <summary>Sends a request until it is taken, refused, or not worth another attempt.</summary>
    /// <param name="request">What to send. Its body must not change before the task ends.</param>
    /// <param name="stop">Ends the pauses, and after a while the request.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ApiAnswer> SendAsync(ApiRequest request, StopTokens stop)
    {
        _request = request with { Stop = stop };
        Attempts = 0;
        ApiAnswer first = await AttemptAsync().ConfigureAwait(false);
        if (!first.IsTransient)
        {
            return first;
        }

        // Most are taken at once: the rules for trying again come in only now, and judge the first answer like any other.
        _first = first;
        return await client.Retry.ExecuteAsync(static (call, _) => call.NextAnswerAsync(), this, stop.Soft).ConfigureAwait(false);
    }

    public void Dispose() => _attempt.Dispose();

    private ValueTask<ApiAnswer> NextAnswerAsync()
    {
        if (_first is not { } first)
        {
            return AttemptAsync();
        }

        _first = null;
        return ValueTask.FromResult(first);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ApiAnswer> AttemptAsync()
    {
        StopTokens stop = _request.Stop;
        int ticket = await client.Limit.EnterAsync(stop.Soft).ConfigureAwait(false);
        ApiAnswer answer = new(AnswerKind.Transient);
        try
        {
            Attempts++;
            answer = await ExchangeAsync(stop.Hard).ConfigureAwait(false);
        }
        finally
        {
            client.Limit.Leave(ticket, answer);
        }

        // Half of it may be answered in time; all of it once more would rather not.
        return answer.Kind == AnswerKind.TimedOut && _request.IsDivisible ? answer with { Kind = AnswerKind.TooLarge } : answer;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ApiAnswer> ExchangeAsync(CancellationToken hard)
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
            return new ApiAnswer(AnswerKind.TimedOut, $"no answer within {client.Tuning.AttemptTimeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException tls)
        {
            return new ApiAnswer(AnswerKind.TargetRefused, "TLS: " + client.Address.Clean(tls.Message));
        }
        catch (Exception e) when (IsNetworkFault(e) && !hard.IsCancellationRequested)
        {
            return new ApiAnswer(AnswerKind.Transient, client.Address.Clean(Innermost(e).Message));
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
    private async ValueTask<ApiAnswer> ReadAsync(HttpResponseMessage response)
    {
        AnswerKind kind = ApiAnswer.Classify(response.StatusCode);
        Stream body = await response.Content.ReadAsStreamAsync(_attempt.Token).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            if (kind == AnswerKind.Ok)
            {
                string? unread = await _answer.ReadAsync(body, _request.Tokens, _attempt.Token).ConfigureAwait(false);
                string? complaint = unread ?? _request.Tokens.Complaint;
                return complaint is null ? new ApiAnswer(kind) : new ApiAnswer(AnswerKind.Transient, $"{(int)response.StatusCode} with {client.Address.Clean(complaint)}");
            }

            string said = client.Address.Clean(await _answer.ReadExcerptAsync(body, _attempt.Token).ConfigureAwait(false));
            string place = kind == AnswerKind.Redirected && response.Headers.Location is { } to
                ? " to " + client.Address.Clean(to.IsAbsoluteUri ? to.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : to.OriginalString)
                : "";
            string reason = response.ReasonPhrase is { Length: > 0 } phrase ? " " + client.Address.Clean(phrase) : "";
            string error = $"{(int)response.StatusCode}{reason}{place}{(said.Length > 0 ? ": " + said : "")}";
            return new ApiAnswer(kind, error, ApiAnswer.ReadRetryAfter(response.Headers, client.Tuning.Time.GetUtcNow())) { Status = response.StatusCode };
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
/// <param name="Tokens">Hears the answer, if it is a good one.</param>
internal readonly record struct ApiRequest(HttpMethod Method, Uri Address, ReadOnlyMemory<byte> Body, Guid? IdempotencyKey, IAnswerTokens Tokens)
{
    /// <summary>Whether it can be sent in smaller pieces, which is what a timeout then asks for.</summary>
    public bool IsDivisible { get; init; }

    internal StopTokens Stop { get; init; }
}
