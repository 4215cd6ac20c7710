using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FastIngest.Tests.Support;

/// <summary>A real web server, Kestrel, on a free port of the loopback interface.</summary>
internal sealed class LoopbackServer : IAsyncDisposable, IDisposable
{
    private readonly WebApplication _app;

    /// <param name="handle">Responds to the requests.</param>
    /// <param name="certificate">The certificate of a server of https; null for http.</param>
    public LoopbackServer(RequestDelegate handle, X509Certificate2? certificate = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        _app = builder.Build();
        _app.Run(handle);
        _app.StartAsync().GetAwaiter().GetResult();
        Address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Url = Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
    }

    /// <summary>The address by its number, such as <c>http://127.0.0.1:43210</c>.</summary>
    public string Address { get; }

    /// <summary>The address by the name that the certificate has, such as <c>https://localhost:43210</c>.</summary>
    public string Url { get; }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    public void Dispose() => Task.Run(async () => await _app.DisposeAsync()).GetAwaiter().GetResult();
}
