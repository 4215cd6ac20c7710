using System.Net;
using FastIngest.Delivery;
using FastIngest.Net;
using Polly;
using Polly.Retry;

namespace FastIngest.Storage.Http;

/// <summary>
/// The client of one API: its connection pool, its limit on concurrent requests, and its retry policy. All
/// <see cref="ApiCall"/>s of a run share it.
/// </summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(250);

    private readonly bool _acceptsAny;

    public ApiClient(ApiAddress address, DeliveryOptions options, HttpTuning tuning)
        : this(address, options.Concurrency, options.RequestsPerSecond, tuning) => _acceptsAny = options.Success.Any(r => r.IsAny);

    /// <summary>Creates a client for one request at a time.</summary>
    public ApiClient(ApiAddress address, HttpTuning tuning)
        : this(address, concurrency: 1, requestsPerSecond: 0, tuning)
    {
    }

    private ApiClient(ApiAddress address, int concurrency, double requestsPerSecond, HttpTuning tuning)
    {
        Address = address;
        Tuning = tuning;
        Limit = new AdaptiveLimit(concurrency, tuning.Time);
        Rate = new RequestRate(requestsPerSecond, tuning.Time);
        Invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = concurrency,
            PooledConnectionLifetime = tuning.ConnectionLifetime,
            ConnectTimeout = tuning.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            UseCookies = false,
            UseProxy = address.Proxy is not null,
            Proxy = address.Proxy?.ToWebProxy(),

            // A redirect could send a token or a summary to another server.
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

    public RequestRate Rate { get; }

    public HttpMessageInvoker Invoker { get; }

    public ResiliencePipeline<ApiResponse> Retry { get; }

    /// <summary>Whether the user wants a status code to mean success whatever the API says.</summary>
    public bool Accepts(HttpStatusCode status) => _acceptsAny && (int)status is >= 200 and < 300;

    /// <summary>Creates a request. Over TLS, it uses HTTP/2 if the API supports it.</summary>
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

    /// <summary>Polls a URL until the API is ready or the time is over.</summary>
    /// <param name="address">The URL of the <c>GET</c> requests.</param>
    /// <param name="isReady">Decides by the status code whether the API is ready.</param>
    /// <param name="patience">How long to poll.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why the API is not ready; null when it is ready.</returns>
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

                error = $"it responds with {(int)response.StatusCode}";
            }
            catch (Exception e) when (HttpFaults.IsOfNetwork(e) || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                error = (e is OperationCanceledException ? "no response" : Address.Clean(e.Message)) + Address.Proxy?.Suffix;
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
