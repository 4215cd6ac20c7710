using System.Net;
using Polly;
using Polly.Retry;

namespace FastIngest.Storage.Http;

/// <summary>
/// The way to one API: a pool of connections, the limit on what is under way, and the rules for trying again. Shared by
/// all <see cref="ApiCall"/>s of a run.
/// </summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(250);

    public ApiClient(ApiAddress address, int concurrency, HttpTuning tuning)
    {
        Address = address;
        Tuning = tuning;
        Limit = new AdaptiveLimit(concurrency, tuning.Time);
        Invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = concurrency,
            PooledConnectionLifetime = tuning.ConnectionLifetime,
            ConnectTimeout = tuning.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            UseCookies = false,

            // A redirection could take a token, or a summary, to somebody else.
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        });
        Retry = new ResiliencePipelineBuilder<ApiResponse> { TimeProvider = tuning.Time }
            .AddRetry(new RetryStrategyOptions<ApiResponse>
            {
                ShouldHandle = static a => ValueTask.FromResult(a.Outcome.Exception is null && a.Outcome.Result.IsTransient && !(a.Outcome.Result.RetryAfter > ApiResponse.MaxRetryAfter)),
                MaxRetryAttempts = tuning.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = tuning.FirstPause,
                MaxDelay = tuning.LongestPause,
                DelayGenerator = static a => ValueTask.FromResult(a.Outcome.Result.RetryAfter),
            })
            .Build();
    }

    public ApiAddress Address { get; }

    public HttpTuning Tuning { get; }

    public AdaptiveLimit Limit { get; }

    public HttpMessageInvoker Invoker { get; }

    public ResiliencePipeline<ApiResponse> Retry { get; }

    /// <summary>A request to the API; over TLS it speaks HTTP/2 where the API offers it.</summary>
    public HttpRequestMessage Request(HttpMethod method, Uri uri)
    {
        HttpRequestMessage request = new(method, uri);
        if (uri.Scheme == Uri.UriSchemeHttps)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }

        request.Headers.Authorization = Address.Authorization;
        return request;
    }

    /// <summary>Asks until there is an answer that will do, or the time is over.</summary>
    /// <param name="address">What to <c>GET</c>.</param>
    /// <param name="isReady">Whether an answer will do.</param>
    /// <param name="patience">How long to ask.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why there was none; null when all is well.</returns>
    public async ValueTask<string?> WaitUntilReadyAsync(Uri address, Func<HttpStatusCode, bool> isReady, TimeSpan patience, CancellationToken cancellationToken)
    {
        long started = Tuning.Time.GetTimestamp();
        while (true)
        {
            TimeSpan left = patience - Tuning.Time.GetElapsedTime(started);
            TimeSpan limit = left < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : left < Tuning.AttemptTimeout ? left : Tuning.AttemptTimeout;
            using CancellationTokenSource timeout = new(limit, Tuning.Time);
            using CancellationTokenSource attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            string error;
            try
            {
                using HttpRequestMessage request = Request(HttpMethod.Get, address);
                using HttpResponseMessage response = await Invoker.SendAsync(request, attempt.Token).ConfigureAwait(false);
                if (isReady(response.StatusCode))
                {
                    return null;
                }

                error = $"it answers {(int)response.StatusCode}";
            }
            catch (Exception e) when (ApiCall.IsNetworkFault(e) || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                error = e is OperationCanceledException ? "no answer" : Address.Clean(e.Message);
            }

            if (Tuning.Time.GetElapsedTime(started) + ProbePause >= patience)
            {
                return $"{Address.DisplayName} was not ready within {patience.TotalSeconds:0.#} s: {error}";
            }

            await Task.Delay(ProbePause, Tuning.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => Invoker.Dispose();
}
