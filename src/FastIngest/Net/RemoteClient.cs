using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;

namespace FastIngest.Net;

/// <summary>
/// Sends requests for objects. Redirects are followed, but never from TLS to a connection without it, and the credentials of a
/// place go to its own server only. Thread-safe.
/// </summary>
internal sealed class RemoteClient : IDisposable
{
    private const int MaxRedirects = 10, MaxErrorBytes = 16 << 10;

    private readonly HttpMessageInvoker _invoker;
    private readonly Func<string, string?> _variable;

    /// <param name="tuning">Timeouts and retries.</param>
    /// <param name="allowsHttp">Whether servers on other machines may be asked without TLS.</param>
    /// <param name="variable">Returns an environment variable.</param>
    /// <param name="stop">Ends all requests.</param>
    public RemoteClient(HttpTuning tuning, bool allowsHttp, Func<string, string?> variable, CancellationToken stop)
    {
        Tuning = tuning;
        AllowsHttp = allowsHttp;
        Stop = stop;
        _variable = variable;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            PooledConnectionLifetime = tuning.ConnectionLifetime,
            ConnectTimeout = tuning.ConnectTimeout,
            UseCookies = false,
            UseProxy = true,
            Proxy = new EnvironmentProxy(variable),
            AutomaticDecompression = DecompressionMethods.None,

            // Credentials may not go to another server, and each redirect is checked.
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        });
    }

    public HttpTuning Tuning { get; }

    public bool AllowsHttp { get; }

    /// <summary>Ends all requests.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Sends a request once and follows redirects. The response has any status code that says what the object is, and an error otherwise is thrown.</summary>
    /// <param name="target">Where the object is.</param>
    /// <param name="method">The method.</param>
    /// <param name="prepare">Adds headers; null for none.</param>
    /// <param name="body">The body; empty for none.</param>
    /// <param name="isExpected">Whether the caller handles an unsuccessful status code itself.</param>
    /// <param name="timer">Ends the attempt; the caller extends it while bytes arrive.</param>
    /// <exception cref="TransientFault">Another attempt may succeed.</exception>
    /// <exception cref="IngestException">The server rejects the request.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        RemoteTarget target, HttpMethod method, Action<HttpRequestMessage>? prepare, ReadOnlyMemory<byte> body, Func<HttpStatusCode, bool> isExpected, AttemptTimer timer)
    {
        RemotePlace place = target.Place;
        Uri url = target.Resolved ?? place.Uri;
        for (int redirects = 0, learned = 0; ; redirects++)
        {
            HttpResponseMessage response = await SendOnceAsync(place, url, method, prepare, body, timer).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                target.Resolved = url == place.Uri ? null : url;
                return response;
            }

            using HttpResponseMessage? unused = isExpected(response.StatusCode) ? null : response;
            if (unused is null)
            {
                return response;
            }

            if (place.Learn(response) && learned++ == 0)
            {
                url = place.Uri;
                continue;
            }

            if ((int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location)
            {
                url = redirects < MaxRedirects ? Follow(place, url, location) : throw new IngestException($"{place.DisplayName} is redirected more than {MaxRedirects} times.", "Check the URL.");
                continue;
            }

            if (target.Resolved is not null && response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                // The URL that the server redirected to may have expired.
                target.Resolved = null;
                url = place.Uri;
                continue;
            }

            throw await FaultAsync(place, method, response, timer).ConfigureAwait(false);
        }
    }

    /// <summary>Runs attempts at a transfer until one succeeds, or the retries are used up.</summary>
    /// <exception cref="IngestException">The server rejects the request, or no attempt succeeded.</exception>
    public async Task<T> RetryAsync<T>(RemotePlace place, Func<AttemptTimer, Retries, Task<T>> attempt)
    {
        Retries retries = new(Tuning);
        while (true)
        {
            TransientFault fault;
            using AttemptTimer timer = new(Tuning.AttemptTimeout, Stop);
            try
            {
                return await attempt(timer, retries).ConfigureAwait(false);
            }
            catch (TransientFault e)
            {
                fault = e;
            }
            catch (Exception e) when (HttpFaults.IsOfNetwork(e))
            {
                fault = new TransientFault(HttpFaults.Cause(e), inner: e);
            }
            catch (OperationCanceledException e) when (!Stop.IsCancellationRequested)
            {
                fault = new TransientFault($"no byte within {Tuning.AttemptTimeout.TotalSeconds:0.#} s", inner: e);
            }

            if (!await retries.WaitAsync(fault, Stop).ConfigureAwait(false))
            {
                throw new IngestException($"{place.DisplayName} cannot be transferred: {Clean(fault.Message)}{ProxySuffix(place.Uri)}.", "Check the network and the server, and retry.", fault) { MayPass = true };
            }
        }
    }

    /// <summary>Reads the beginning of a body as text.</summary>
    public static async Task<string> ExcerptAsync(HttpResponseMessage response, int maxBytes, AttemptTimer timer)
    {
        using Stream stream = await response.Content.ReadAsStreamAsync(timer.Token).ConfigureAwait(false);
        byte[] bytes = new byte[maxBytes];
        int read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, timer.Token).ConfigureAwait(false);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }

    /// <summary>Turns a text from the network into one line of limited length.</summary>
    public static string Clean(string text)
    {
        const int MaxLength = 300;
        string line = string.Concat(text.Trim().Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
        return line.Length > MaxLength ? line[..MaxLength] + "…" : line;
    }

    public void Dispose() => _invoker.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(RemotePlace place, Uri url, HttpMethod method, Action<HttpRequestMessage>? prepare, ReadOnlyMemory<byte> body, AttemptTimer timer)
    {
        using HttpRequestMessage request = new(method, url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (method == HttpMethod.Put || method == HttpMethod.Post)
        {
            request.Content = new ReadOnlyMemoryContent(body);
        }

        prepare?.Invoke(request);
        if (Uri.Compare(url, place.Uri, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0)
        {
            place.Authorize(request, body.Span);
        }

        timer.Extend();
        try
        {
            return await _invoker.SendAsync(request, timer.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException tls)
        {
            throw new IngestException(
                $"{place.DisplayName} cannot be read over TLS: {Clean(HttpFaults.Cause(tls))}{ProxySuffix(url)}.", "If the server has a certificate of your own authority, name that in SSL_CERT_FILE.", e);
        }
        catch (HttpRequestException e) when (e is { HttpRequestError: HttpRequestError.NameResolutionError, InnerException: System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.HostNotFound } })
        {
            throw new IngestException($"{place.DisplayName} cannot be reached: the host {url.Host} is not known{ProxySuffix(url)}.", "Check the name of the host.", e) { MayPass = true };
        }
    }

    private Uri Follow(RemotePlace place, Uri from, Uri location)
    {
        Uri to = new(from, location);
        bool isSafe = from.Scheme == Uri.UriSchemeHttps ? to.Scheme == Uri.UriSchemeHttps : HttpPlace.IsAllowed(to, AllowsHttp);
        return isSafe ? to : throw new IngestException(
            $"{place.DisplayName} is redirected to {RemotePath.Show(to.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped))}, without TLS.", "Name a URL that stays on https.");
    }

    private async Task<Exception> FaultAsync(RemotePlace place, HttpMethod method, HttpResponseMessage response, AttemptTimer timer)
    {
        int status = (int)response.StatusCode;
        (string said, string remedy) = place.Explain(response.StatusCode, await ExcerptAsync(response, MaxErrorBytes, timer).ConfigureAwait(false));
        string words = $"{status}{(response.ReasonPhrase is { Length: > 0 } phrase ? " " + Clean(phrase) : "")}{(said.Length > 0 ? ": " + Clean(said).TrimEnd('.') : "")}";
        return status is 408 or 425 or 429 or 500 or 502 or 503 or 504
            ? new TransientFault(words, HttpFaults.RetryAfter(response.Headers, Tuning.Time.GetUtcNow()))
            : new IngestException($"{place.DisplayName} cannot be {Verb(method)}: the server responds with {words}{(status is 407 or 403 ? ProxySuffix(place.Uri) : "")}.", remedy);
    }

    private static string Verb(HttpMethod method) => method == HttpMethod.Get || method == HttpMethod.Head ? "read" : method == HttpMethod.Delete ? "removed" : "written";

    private string? ProxySuffix(Uri url) => HttpProxy.Find(url, _variable)?.Suffix;
}

/// <summary>An object that requests are sent for, and the URL that its server has redirected them to.</summary>
/// <param name="place">Where the object is.</param>
internal sealed class RemoteTarget(RemotePlace place)
{
    public RemotePlace Place => place;

    /// <summary>The URL that the server redirects to; null without a redirect.</summary>
    public Uri? Resolved { get; set; }
}

/// <summary>Ends an attempt if nothing arrives for some time.</summary>
/// <param name="patience">The time without a byte.</param>
/// <param name="stop">Ends the attempt at once.</param>
internal sealed class AttemptTimer(TimeSpan patience, CancellationToken stop) : IDisposable
{
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(stop);

    public CancellationToken Token => _source.Token;

    /// <summary>Starts the time anew.</summary>
    public void Extend() => _source.CancelAfter(patience);

    public void Dispose() => _source.Dispose();
}
