using System.Net.Http.Headers;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Telemetry;

/// <summary>Posts metrics and traces to a collector.</summary>
internal sealed class OtlpClient(OtlpAddress address) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        // A redirect could send the headers to another server.
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    });

    private volatile CancellationTokenSource? _underWay;

    /// <summary>Posts a body once; what is lost here is in the next one.</summary>
    /// <param name="body">The JSON.</param>
    /// <param name="isTrace">Whether it is a trace; else metrics.</param>
    /// <param name="patience">How long the collector has to respond.</param>
    /// <returns>Why the collector did not take it; null if it did.</returns>
    public string? Send(ReadOnlyMemory<byte> body, bool isTrace, TimeSpan patience)
    {
        Uri url = isTrace ? address.Traces : address.Metrics;
        using CancellationTokenSource end = new(patience);
        _underWay = end;
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            foreach ((string name, string value) in address.Headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using HttpResponseMessage response = _invoker.SendAsync(request, end.Token).GetAwaiter().GetResult();
            return response.IsSuccessStatusCode ? null : $"{url} responds with {(int)response.StatusCode}.";
        }
        catch (OperationCanceledException)
        {
            return $"{url} does not respond.";
        }
        catch (Exception e)
        {
            // No network, no TLS library, a proxy that makes no sense: whatever it is, the run is worth more than its metrics.
            return $"{url}: {Log.OneLine(e.GetBaseException().Message).TrimEnd('.')}.";
        }
    }

    /// <summary>Ends the wait for a response, from another thread.</summary>
    public void Cancel()
    {
        try
        {
            _underWay?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The response came at the same time.
        }
    }

    public void Dispose() => _invoker.Dispose();
}
