using System.Net;
using FastIngest;
using HealthIngestion.Server.Terminal;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace HealthIngestion.Server.Hosting;

/// <summary>
/// Kestrel, the server of ASP.NET Core, without its host: no configuration, no services. All limits are here, so that a client can take
/// neither much memory nor a connection for long.
/// </summary>
internal sealed class WebServer : IDisposable
{
    private const int MaxConnections = 512, MaxLineBytes = 8 << 10, MaxHeaderBytes = 16 << 10, MaxHeaders = 64, MaxBodyBytes = 1 << 10;

    private static readonly TimeSpan HeaderTime = TimeSpan.FromSeconds(5), IdleTime = TimeSpan.FromSeconds(60);

    private readonly KestrelServer _server;
    private readonly Application _application;
    private readonly IPEndPoint _address;
    private ListenOptions? _listen;

    public WebServer(IPEndPoint address, Router router, ServerLog log)
    {
        _address = address;
        _application = new Application(router, log);
        KestrelServerOptions options = new() { AddServerHeader = false, AllowSynchronousIO = false, DisableStringReuse = true };
        options.Limits.MaxConcurrentConnections = MaxConnections;
        options.Limits.MaxConcurrentUpgradedConnections = 0;
        options.Limits.MaxRequestLineSize = MaxLineBytes;
        options.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        options.Limits.MaxRequestHeaderCount = MaxHeaders;
        options.Limits.MaxRequestBodySize = MaxBodyBytes;
        options.Limits.MaxRequestBufferSize = 64 << 10;
        options.Limits.RequestHeadersTimeout = HeaderTime;
        options.Limits.KeepAliveTimeout = IdleTime;
        options.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            _listen = listen;
        });
        _server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
    }

    /// <summary>Starts to listen and returns the port.</summary>
    /// <exception cref="IngestException">The address cannot be used.</exception>
    public async Task<int> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _server.StartAsync(_application, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new IngestException($"{_address} is in use by another program.", "End that program, or choose another port with --listen.", e);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            throw new IngestException($"{_address} cannot be used: {e.Message}", "Choose an address of this machine with --listen.", e);
        }

        return _listen!.IPEndPoint!.Port;
    }

    /// <summary>Takes no more requests and waits for those on their way.</summary>
    /// <param name="grace">The longest wait.</param>
    public async Task StopAsync(TimeSpan grace)
    {
        using CancellationTokenSource end = new(grace);
        await _server.StopAsync(end.Token).ConfigureAwait(false);
    }

    public void Dispose() => _server.Dispose();

    private sealed class Application(Router router, ServerLog log) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public async Task ProcessRequestAsync(HttpContext context)
        {
            try
            {
                await router.HandleAsync(context).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                context.Abort();
            }
            catch (Exception fault) when (fault is not Microsoft.AspNetCore.Http.BadHttpRequestException)
            {
                log.Error($"unexpected {fault.GetType().Name}: {fault.Message} This is a bug.");
                context.Abort();
            }
        }

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
