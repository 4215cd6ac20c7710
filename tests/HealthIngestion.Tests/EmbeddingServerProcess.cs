using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>The embedding server of <c>deploy/embedding-server</c> with its real model on the CPU, on a free port.</summary>
public sealed class EmbeddingServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client = new();

    public EmbeddingServerProcess()
    {
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        _process = HealthIngestionProcess.Start("dotnet", "/", [], Library, "--listen", Url["http://".Length..], "--max-texts", "64");
        try
        {
            WaitUntilReady();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The library that <c>dotnet</c> runs.</summary>
    public static string Library { get; } = Path.Combine(Repository.Root, "deploy", "embedding-server", "bin", "Release", "net10.0", "embedding-server.dll");

    public string Url { get; }

    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(object body)
    {
        using HttpResponseMessage response = await _client.PostAsJsonAsync(Url + "/v1/embeddings", body, TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
    }

    public async Task<float[][]> EmbedAsync(params string[] texts)
    {
        (HttpStatusCode status, JsonElement body) = await PostAsync(new { input = texts });
        Assert.Equal(HttpStatusCode.OK, status);
        return [.. body.GetProperty("data").EnumerateArray().Select(d => d.GetProperty("embedding").EnumerateArray().Select(n => n.GetSingle()).ToArray())];
    }

    public async Task<string> GetAsync(string path) => await _client.GetStringAsync(Url + path, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <summary>Loading the model takes seconds of a core; a busy machine may have few of them to give.</summary>
    private void WaitUntilReady()
    {
        Stopwatch time = Stopwatch.StartNew();
        while (!IsReady())
        {
            Assert.False(_process.HasExited, "the embedding server ended: " + (_process.HasExited ? _process.StandardError.ReadToEnd() : ""));
            Assert.True(time.Elapsed < TimeSpan.FromMinutes(10), "the embedding server is not ready");
            Thread.Sleep(50);
        }
    }

    private bool IsReady()
    {
        try
        {
            using HttpResponseMessage response = _client.GetAsync(Url + "/health").GetAwaiter().GetResult();
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
