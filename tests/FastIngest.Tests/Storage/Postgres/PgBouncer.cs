using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace FastIngest.Tests.Storage.Postgres;

/// <summary>
/// A PgBouncer in front of the server of the tests, on a free port, as Debian's package installs it. If it is not installed, the
/// tests are skipped; in CI they fail.
/// </summary>
public sealed class PgBouncer : IDisposable
{
    private const string Program = "/usr/sbin/pgbouncer";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"fastingest-pgb-{Guid.NewGuid():N}");
    private readonly Process _process;
    private readonly int _port;

    public PgBouncer(PostgresServer server, string mode, int poolSize)
    {
        if (!File.Exists(Program))
        {
            const string Missing = "needs PgBouncer (Debian: pgbouncer)";
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") != "true", Missing);
            Assert.Fail(Missing);
        }

        using (TcpListener probe = new(IPAddress.Loopback, 0))
        {
            probe.Start();
            _port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        Directory.CreateDirectory(_folder);
        string settings = Path.Combine(_folder, "b.ini");
        File.WriteAllText(settings, string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            postgres = host=127.0.0.1 port={server.Port} dbname=postgres user=tester
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {_port}
            auth_type = any
            pool_mode = {mode}
            default_pool_size = {poolSize}
            ignore_startup_parameters =
            pidfile = {_folder}/b.pid
            logfile = {_folder}/b.log
            unix_socket_dir =

            """));
        PostgresServer.Own(_folder);
        ProcessStartInfo info = Environment.UserName == "root"
            ? new("setpriv", ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", Program, settings])
            : new(Program, [settings]);
        info.RedirectStandardOutput = info.RedirectStandardError = true;
        _process = Process.Start(info)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Stopwatch time = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using NpgsqlConnection connection = Connect();
                return;
            }
            catch (NpgsqlException) when (time.Elapsed < TimeSpan.FromSeconds(30))
            {
                Assert.False(_process.HasExited, "PgBouncer ended");
                Thread.Sleep(20);
            }
        }
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"postgres://tester@127.0.0.1:{_port}/postgres");

    /// <summary>Opens a connection, which takes a place of the pool in session mode.</summary>
    public NpgsqlConnection Connect()
    {
        NpgsqlConnection connection = new($"Host=127.0.0.1;Port={_port};Username=tester;Database=postgres;Pooling=false;Server Compatibility Mode=NoTypeLoading");
        connection.Open();
        return connection;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
