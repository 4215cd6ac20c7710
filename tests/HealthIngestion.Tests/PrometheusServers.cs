using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FastIngest.Tests.Support;

namespace HealthIngestion.Tests;

/// <summary>
/// Debian's node exporter, which reads the metrics files of a folder, and Debian's Prometheus, which scrapes it every second. Both listen on
/// free ports of the loopback interface. If they are not installed, the tests are skipped; in CI they fail.
/// </summary>
public sealed class PrometheusServers : IDisposable
{
    private const string User = "nobody";

    private readonly string _folder = Directory.CreateTempSubdirectory("fastingest-prom-").FullName;
    private readonly List<Process> _processes = [];
    private readonly int _exporter, _prometheus;
    private readonly HttpClient _client = new();

    public PrometheusServers()
    {
        Installed.Require("prometheus");
        Installed.Require("prometheus-node-exporter");
        (_exporter, _prometheus) = (FreePort(), FreePort());
        Metrics = Path.Combine(_folder, "metrics");
        Directory.CreateDirectory(Metrics);
        string data = Path.Combine(_folder, "data");
        Directory.CreateDirectory(data);
        string settings = Path.Combine(_folder, "prometheus.yml");
        File.WriteAllText(settings, string.Create(CultureInfo.InvariantCulture, $"""
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: node
                static_configs:
                  - targets: ['127.0.0.1:{_exporter}']

            """));
        HealthIngestionProcess.RunShell(_folder, $"chmod 755 . metrics; chmod 644 prometheus.yml; if [ $(id -u) = 0 ]; then chown {User} data; fi");
        Start("prometheus-node-exporter", $"--web.listen-address=127.0.0.1:{_exporter}", "--collector.disable-defaults", "--collector.textfile", $"--collector.textfile.directory={Metrics}");
        Start("prometheus", $"--config.file={settings}", $"--storage.tsdb.path={data}", $"--web.listen-address=127.0.0.1:{_prometheus}");
        Poll.Until(() => TryGet($"http://127.0.0.1:{_exporter}/metrics") is not null, "The node exporter does not start.");
        Poll.Until(() => TryGet($"http://127.0.0.1:{_prometheus}/-/ready") is not null, "Prometheus does not start.");
    }

    /// <summary>The folder from which the exporter reads files.</summary>
    public string Metrics { get; }

    /// <summary>What the exporter serves.</summary>
    public string Exported() => TryGet($"http://127.0.0.1:{_exporter}/metrics") ?? "";

    /// <summary>The answer of Prometheus to a query, as JSON.</summary>
    public string Query(string query) => TryGet($"http://127.0.0.1:{_prometheus}/api/v1/query?query={Uri.EscapeDataString(query)}") ?? "";

    public void Dispose()
    {
        _client.Dispose();
        foreach (Process process in _processes)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts a program as a user that is not the one of the tests, where they run as root, as an exporter is in reality.</summary>
    private void Start(string program, params string[] arguments)
    {
        Process process = Environment.UserName == "root"
            ? HealthIngestionProcess.Start("setpriv", _folder, [], ["--reuid", User, "--regid", "nogroup", "--clear-groups", program, .. arguments])
            : HealthIngestionProcess.Start(program, _folder, [], arguments);
        process.StandardInput.Close();
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private string? TryGet(string url)
    {
        try
        {
            using HttpResponseMessage response = _client.GetAsync(new Uri(url)).GetAwaiter().GetResult();
            return response.IsSuccessStatusCode ? response.Content.ReadAsStringAsync().GetAwaiter().GetResult() : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
