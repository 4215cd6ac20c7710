using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>A process of <c>serve</c> on a free port, which ends with the test.</summary>
internal sealed class RunningServer : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];

    private RunningServer(Process process)
    {
        _process = process;
        string? line;
        while ((line = process.StandardError.ReadLine()) is not null)
        {
            _lines.Add(line);
            if (line.StartsWith("serving ", StringComparison.Ordinal))
            {
                string url = line.Split(' ').First(w => w.StartsWith("http://", StringComparison.Ordinal)).TrimEnd(';');
                Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(60) };
                return;
            }
        }

        process.WaitForExit();
        Assert.Fail($"serve ended with {process.ExitCode}: {string.Join('\n', _lines)}");
    }

    public HttpClient Client { get; } = new();

    public int ProcessId => _process.Id;

    public Uri Url => Client.BaseAddress!;

    public static RunningServer Start(string directory, params string[] arguments) => Start(directory, [], arguments);

    public static RunningServer Start(string directory, (string Name, string Value)[] environment, params string[] arguments) =>
        new(HealthIngestionProcess.Start(HealthIngestionProcess.Path, directory, environment, ["serve", .. arguments.Contains("--listen") ? (string[])[] : ["--listen", "127.0.0.1:0"], .. arguments]));

    public async Task<(int Status, string Body)> GetAsync(string path, string? authorization = null, string? host = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
        request.Headers.Host = host;
        using HttpResponseMessage response = await Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<JsonElement> JsonAsync(string path)
    {
        (int status, string body) = await GetAsync(path);
        Assert.True(status == 200, $"{path}: {status} {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>Sends a signal and returns the exit code.</summary>
    public int Stop(int signal)
    {
        HealthIngestionProcess.Signal(_process, signal);
        Assert.True(_process.WaitForExit(15_000), "serve did not end");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
