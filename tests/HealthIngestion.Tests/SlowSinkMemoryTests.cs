using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>
/// A sink far slower than the reader makes the reader wait, not the memory grow: the peak stays under the limit. How
/// slow the sink is does not depend on the machine: it takes bytes only as the test lets it.
/// </summary>
public sealed class SlowSinkMemoryTests(GeneratedData data)
{
    [Theory]
    [InlineData("64MiB", 64 << 20, false)]
    [InlineData("64MiB", 64 << 20, true)]
    [InlineData("256MiB", 256 << 20, true)]
    public void A_server_that_takes_nothing_for_a_while_and_then_all_keeps_the_peak_under_the_limit(string limit, long bytes, bool takesRecords)
    {
        // Sorted data, of which a server that takes records has nearly as much to take as there is to read.
        using Gate gate = new(PostgresServer.Shared.Port);
        using Workplace place = Workplace.Empty();
        string schema = $"m{Guid.NewGuid():N}";
        string url = $"postgres://tester@127.0.0.1:{gate.Port}/postgres";
        using Process process = HealthIngestionProcess.Start(
            HealthIngestionProcess.Path, place.Directory, [],
            [data.Directory, "--quiet", "--memory-limit", limit, "--schema", schema, "--stats-json", "-", "--to", url, .. takesRecords ? (string[])["--records"] : []]);

        // Shut when rows have begun to flow; opened again when all threads of the program sleep, at a hundred looks in a row: all is full.
        gate.ShutAfter(4 << 20);
        Assert.True(HealthIngestionProcess.WaitFor(process, _ => gate.IsShut), "the program ended before much was sent");
        int idle = 0;
        Assert.True(HealthIngestionProcess.WaitFor(process, p => (idle = IsIdle(p) ? idle + 1 : 0) == 100), "The program ended without its server.");
        gate.Open();
        Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonElement stats = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.InRange(stats.GetProperty("peak_rss_bytes").GetInt64(), 1, bytes);
        Assert.Equal([stats.GetProperty("rows").GetInt64().ToString(CultureInfo.InvariantCulture)], PostgresServer.Shared.Query($"SELECT count(*) FROM {schema}.daily_summaries"));
        PostgresServer.Shared.Query($"DROP SCHEMA {schema} CASCADE");
    }

    /// <summary>Whether all threads sleep: none runs, and none would if it got a processor.</summary>
    private static bool IsIdle(Process process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process.Id}/task").All(t => File.ReadAllText($"{t}/stat").Contains(") S ", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            // A thread ended meanwhile.
            return false;
        }
    }

    /// <summary>A way to a server on which bytes can be held up; answers always pass.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly ManualResetEventSlim _open = new(true);
        private readonly int _serverPort;
        private long _shutAfter = long.MaxValue;
        private volatile bool _isShut;

        public Gate(int serverPort)
        {
            _serverPort = serverPort;
            _listener.Start();
            new Thread(Accept) { IsBackground = true }.Start();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public bool IsShut => _isShut;

        /// <summary>Holds up what comes behind so many bytes.</summary>
        public void ShutAfter(long bytes) => Interlocked.Exchange(ref _shutAfter, bytes);

        public void Open()
        {
            ShutAfter(long.MaxValue);
            _open.Set();
        }

        public void Dispose()
        {
            _listener.Stop();
            Open();
        }

        private void Accept()
        {
            try
            {
                while (true)
                {
                    TcpClient client = _listener.AcceptTcpClient();
                    TcpClient server = new("127.0.0.1", _serverPort);
                    new Thread(() => Pass(client, server, isGated: true)) { IsBackground = true }.Start();
                    new Thread(() => Pass(server, client, isGated: false)) { IsBackground = true }.Start();
                }
            }
            catch (SocketException)
            {
                // The listener was stopped.
            }
        }

        private void Pass(TcpClient from, TcpClient to, bool isGated)
        {
            byte[] buffer = new byte[64 << 10];
            long passed = 0;
            try
            {
                int bytes;
                while ((bytes = from.GetStream().Read(buffer)) > 0)
                {
                    if (isGated && passed > Interlocked.Read(ref _shutAfter) && !_isShut)
                    {
                        _open.Reset();
                        _isShut = true;
                        _open.Wait();
                    }

                    to.GetStream().Write(buffer, 0, bytes);
                    passed += bytes;
                }

                to.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // One side has gone.
            }
        }
    }
}
