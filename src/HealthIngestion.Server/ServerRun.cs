using System.Net;
using System.Runtime.InteropServices;
using FastIngest;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.Server.Api;
using HealthIngestion.Server.Data;
using HealthIngestion.Server.Hosting;
using HealthIngestion.Server.Http;
using HealthIngestion.Server.Terminal;
using HealthIngestion.Settings;

namespace HealthIngestion.Server;

/// <summary>The life of the server: it opens the database, listens until SIGINT or SIGTERM, answers what is on its way, and ends.</summary>
internal static class ServerRun
{
    /// <summary>How long requests may take to end after a signal.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <exception cref="IngestException">The database cannot be read, or the address cannot be used.</exception>
    public static async Task<int> RunAsync(ServeSettings settings, ServerLog log)
    {
        using CancellationTokenSource stop = new();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        Target database = TargetRegistry.All.Parse(settings.From, TargetCapability.Reader);
        TargetOptions options = new() { Schema = settings.Schema, IsReadOnly = true };
        ReaderPool readers = new(() => database.CreateReader(options));
        await using (readers.ConfigureAwait(false))
        {
            // A database that cannot be read ends the program now, not the first request.
            string source = await readers.UseAsync(reader => ValueTask.FromResult(reader.DisplayName), stop.Token).ConfigureAwait(false);
            IPEndPoint address = IPEndPoint.Parse(settings.Listen);
            Metrics metrics = new();
            Guard guard = new(settings, address);
            using PageEndpoints page = new(readers);
            using WebServer server = new(address, new Router(guard, page, new ApiEndpoints(readers), metrics, log), log);
            int port = await server.StartAsync(stop.Token).ConfigureAwait(false);
            guard.Listen(port);
            log.Info("serving", $"serving {source} at http://{new IPEndPoint(Shown(address.Address), port)}/{(settings.Token is null ? "" : " with a token")}; SIGINT or SIGTERM ends it");
            try
            {
                await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
            }

            await server.StopAsync(Grace).ConfigureAwait(false);
        }

        log.Info("stopped", "stopped");
        return 0;
    }

    private static IPAddress Shown(IPAddress address) =>
        address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
}
