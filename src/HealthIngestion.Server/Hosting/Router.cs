using System.Diagnostics;
using FastIngest;
using HealthIngestion.Server.Api;
using HealthIngestion.Server.Data;
using HealthIngestion.Server.Http;
using HealthIngestion.Server.Terminal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HealthIngestion.Server.Hosting;

/// <summary>Chooses the resource of a request, and sends the response with the headers that keep health data private.</summary>
/// <param name="guard">Decides which requests are answered.</param>
/// <param name="page">The page and its data.</param>
/// <param name="api">The resources of the API.</param>
/// <param name="metrics">Counts the responses.</param>
/// <param name="log">Receives faults of the database.</param>
internal sealed class Router(Guard guard, PageEndpoints page, ApiEndpoints api, Metrics metrics, ServerLog log)
{
    /// <summary>The longest time for a request.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>By the list of OWASP's secure headers project, for what holds private data.</summary>
    private static readonly (string Name, string Value)[] Headers =
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Embedder-Policy", "require-corp"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Permitted-Cross-Domain-Policies", "none"),
        ("X-DNS-Prefetch-Control", "off"),
        ("Permissions-Policy", "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"),
    ];

    public async Task HandleAsync(HttpContext context)
    {
        long start = Stopwatch.GetTimestamp();
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        time.CancelAfter(Limit);
        Response response = await AnswerAsync(context, time.Token).ConfigureAwait(false);
        metrics.Count(response, start);
        await SendAsync(context, response).ConfigureAwait(false);
    }

    private async ValueTask<Response> AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        string raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        bool isHealth = raw == "/healthz";
        if (guard.Reject(context, isHealth) is { } rejection)
        {
            return rejection;
        }

        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            return Response.Error(405, "The server only reads: use GET.", ("Allow", "GET, HEAD"));
        }

        if (isHealth)
        {
            return Response.OfText("ok\n");
        }

        if (!RequestTarget.TryParse(raw, out RequestTarget? target))
        {
            return Response.Error(400, "The request target is not a path, or a parameter is there twice.");
        }

        if (raw == "/metrics")
        {
            return Response.OfText(metrics.ToString());
        }

        try
        {
            return await page.AnswerAsync(target, cancellationToken).ConfigureAwait(false) ?? await api.AnswerAsync(target, cancellationToken).ConfigureAwait(false);
        }
        catch (ParameterException wrong)
        {
            return Response.Error(400, wrong.Message);
        }
        catch (BusyException)
        {
            return Response.Error(503, "The server is busy; try again in a few seconds.", ("Retry-After", "5"));
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return Response.Error(503, "The database took too long.", ("Retry-After", "30"));
        }
        catch (IngestException fault)
        {
            // What is wrong is in the log; its message may name files and hosts.
            log.Error($"{fault.Message} {fault.Remedy}");
            return Response.Error(503, "The database cannot be read now.", ("Retry-After", "30"));
        }
    }

    private static async ValueTask SendAsync(HttpContext context, Response response)
    {
        IHeaderDictionary headers = context.Response.Headers;
        foreach ((string name, string value) in Headers)
        {
            headers[name] = value;
        }

        foreach ((string name, string value) in response.Headers)
        {
            headers[name] = value;
        }

        headers.ContentSecurityPolicy = response.Policy;
        headers.ContentType = response.Type;
        headers.ContentLength = response.Body.Length;
        context.Response.StatusCode = response.Status;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.BodyWriter.WriteAsync(response.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
