using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastIngest.Tests.Support;
using Npgsql;

[assembly: AssemblyFixture(typeof(FastIngest.Tests.Storage.Postgres.PostgresServers))]

namespace FastIngest.Tests.Storage.Postgres;

/// <summary>
/// A PostgreSQL server for the tests. It is created for the first test that needs it, on a free port of the loopback
/// interface, and deleted after the tests. If no server is installed, these tests are skipped; in CI they fail.
/// </summary>
public sealed partial class PostgresServer : IDisposable
{
    private const int Sigint = 2, Sigkill = 9;

    private static readonly Lock Gate = new();
    private static readonly List<PostgresServer> Servers = [];
    private static PostgresServer? _shared;
    private static int _schemas;

    private readonly string _binaries;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"fastingest-pg-{Guid.NewGuid():N}");
    private readonly int _port;
    private readonly bool _hasTls;
    private Process? _process;

    private PostgresServer(string binaries, bool hasTls)
    {
        _binaries = binaries;
        _hasTls = hasTls;
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        _port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        Directory.CreateDirectory(_folder);
        Own(_folder);
        Run(AsOwner("initdb", "-D", Data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"));
        if (hasTls)
        {
            WriteCertificate();
        }

        Start();
    }

    /// <summary>The server that all tests share.</summary>
    public static PostgresServer Shared
    {
        get
        {
            lock (Gate)
            {
                return _shared ??= Create();
            }
        }
    }

    /// <summary>The URL of the server, such as <c>postgres://tester@127.0.0.1:54321/postgres</c>.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"postgres://tester@127.0.0.1:{_port}/postgres");

    /// <summary>The folder of the server's Unix socket.</summary>
    public string SocketFolder => _folder;

    public int Port => _port;

    private static string Owner => Environment.UserName == "root" ? "postgres" : Environment.UserName;

    /// <summary>The self-signed certificate of a server with TLS, for <c>localhost</c>.</summary>
    public string Certificate => Path.Combine(_folder, "ca.pem");

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Creates a server for a single test, which may kill it.</summary>
    public static PostgresServer Create(bool hasTls = false)
    {
        string? binaries = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetFiles("/usr/lib/postgresql", "initdb", SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        if (binaries is null)
        {
            const string Missing = "needs a PostgreSQL server (Debian: postgresql)";
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") != "true", Missing);
            Assert.Fail(Missing);
        }

        PostgresServer server = new(Path.GetDirectoryName(binaries)!, hasTls);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
        lock (Gate)
        {
            Servers.Add(server);
        }

        return server;
    }

    /// <summary>Stops all servers that still run.</summary>
    public static void StopAll()
    {
        lock (Gate)
        {
            Servers.ForEach(s => s.Dispose());
        }
    }

    /// <summary>Returns the name of a schema that no other test uses.</summary>
    public static string NewSchema() => $"t \"{Interlocked.Increment(ref _schemas)}";

    public NpgsqlConnection Connect()
    {
        NpgsqlConnection connection = new($"Host=127.0.0.1;Port={_port};Username=tester;Database=postgres;Pooling=false;Command Timeout=60");
        connection.Open();
        return connection;
    }

    /// <summary>Runs SQL; returns each row as its values in text form, separated by spaces.</summary>
    public List<string> Query(string sql)
    {
        using NpgsqlConnection connection = Connect();
        using NpgsqlCommand command = new(sql, connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    public void Start()
    {
        ProcessStartInfo info = AsOwner(
            "postgres", "-D", Data, "-p", _port.ToString(CultureInfo.InvariantCulture), "-k", _folder, "-c", "listen_addresses=127.0.0.1",
            "-c", "fsync=off", "-c", "shared_buffers=64MB", "-c", "max_connections=40", "-c", "log_min_messages=fatal", "-c", $"ssl={(_hasTls ? "on" : "off")}");
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
            catch (NpgsqlException) when (time.Elapsed < TimeSpan.FromSeconds(60))
            {
                Assert.False(_process.HasExited, "the server ended");
                Thread.Sleep(20);
            }
        }
    }

    /// <summary>Kills the server and all its processes with SIGKILL. Each process has its own session id.</summary>
    public void Kill()
    {
        int postmaster = Postmaster();
        int[] children = [.. Children(postmaster)];
        _ = Signal(postmaster, Sigkill);
        Array.ForEach(children, c => _ = Signal(c, Sigkill));
        _process!.WaitForExit();
        Poll.Until(() => !children.Any(c => Directory.Exists($"/proc/{c}") && ParentOf(c) is not null && !IsZombie(c)), "The server's processes do not end.");

        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        if (_process is { } process)
        {
            _process = null;
            if (!process.HasExited)
            {
                _ = Signal(Postmaster(), Sigint);
                process.WaitForExit(10_000);
            }

            process.Dispose();
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Makes the user that the server runs as the owner of a folder.</summary>
    public static void Own(string folder) => Run("chown", "-R", Owner, folder);

    private void WriteCertificate()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(Data, "server.crt"), certificate.ExportCertificatePem());
        string keyFile = Path.Combine(Data, "server.key");
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        Run("chmod", "600", keyFile);
        Own(Data);
    }

    private int Postmaster() => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private static IEnumerable<int> Children(int parent)
    {
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) && ParentOf(id) == parent)
            {
                yield return id;
            }
        }
    }

    private static bool IsZombie(int process) => Status(process) is ['Z', ..];

    private static int? ParentOf(int process) =>
        Status(process) is { Length: > 0 } status ? int.Parse(status.Split(' ')[1], CultureInfo.InvariantCulture) : null;

    /// <summary>The fields of /proc/PID/stat from the state on; empty when the process has ended.</summary>
    private static string Status(int process)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..];
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Runs a program as the owner of the server, because PostgreSQL does not start as root.</summary>
    private ProcessStartInfo AsOwner(string program, params string[] arguments)
    {
        string path = Path.Combine(_binaries, program);
        ProcessStartInfo info = Environment.UserName == "root"
            ? new("setpriv", ["--reuid", Owner, "--regid", Owner, "--clear-groups", path, .. arguments])
            : new(path, arguments);
        info.WorkingDirectory = "/";
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        return info;
    }

    private static void Run(string command, params string[] arguments) =>
        Run(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });

    private static void Run(ProcessStartInfo info)
    {
        using Process process = Process.Start(info)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output.Result + error);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}

/// <summary>Stops the servers after the last test. The test runner ends a process that takes more than ten seconds to exit.</summary>
public sealed class PostgresServers : IDisposable
{
    public void Dispose() => PostgresServer.StopAll();
}
