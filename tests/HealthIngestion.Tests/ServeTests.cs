using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace HealthIngestion.Tests;

/// <summary><c>serve</c> as a server on a network: who is answered, with which headers, under load and from hostile clients.</summary>
public sealed class ServeTests
{
    private const string Token = "a-token-of-32-characters-for-test";

    [Fact]
    public async Task Every_response_has_the_headers_for_private_data()
    {
        using Workplace place = Loaded();
        using RunningServer server = RunningServer.Start(place.Directory);
        foreach (string path in (string[])["/healthz", "/", "/api/v1/users", "/api/v1/users?limit=x", "/nothing", "/metrics"])
        {
            using HttpResponseMessage response = await server.Client.GetAsync(path);
            Dictionary<string, string> headers = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
            Assert.Equal("nosniff", headers["X-Content-Type-Options"]);
            Assert.Equal("DENY", headers["X-Frame-Options"]);
            Assert.Equal("no-referrer", headers["Referrer-Policy"]);
            Assert.Equal("no-store", headers["Cache-Control"]);
            Assert.Equal("same-origin", headers["Cross-Origin-Opener-Policy"]);
            Assert.Equal("same-origin", headers["Cross-Origin-Resource-Policy"]);
            Assert.Contains("default-src 'none'", headers["Content-Security-Policy"], StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", headers["Content-Security-Policy"], StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", headers["Content-Security-Policy"], StringComparison.Ordinal);
            Assert.Contains("camera=()", headers["Permissions-Policy"], StringComparison.Ordinal);
            Assert.False(headers.ContainsKey("Server"));
            Assert.False(headers.ContainsKey("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task Another_host_is_not_answered()
    {
        using Workplace place = Loaded();
        using RunningServer server = RunningServer.Start(place.Directory, "--host", "health.example");
        int port = server.Url.Port;
        foreach (string host in (string[])[$"127.0.0.1:{port}", $"localhost:{port}", $"LOCALHOST:{port}", $"health.example:{port}", "health.example"])
        {
            Assert.Equal(200, (await server.GetAsync("/api/v1/users", host: host)).Status);
        }

        foreach (string host in (string[])["evil.example", $"evil.example:{port}", "localhost:1", "127.0.0.1", "localhost.evil.example"])
        {
            Assert.Equal(421, (await server.GetAsync("/api/v1/users", host: host)).Status);
        }
    }

    [Fact]
    public async Task A_token_is_needed_where_there_is_one()
    {
        using Workplace place = Loaded();
        File.WriteAllText(place["token"], Token + "\n");
        using RunningServer server = RunningServer.Start(place.Directory, "--token-file", "token");
        Assert.Equal(200, (await server.GetAsync("/healthz")).Status);
        string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("me:" + Token));
        foreach (string path in (string[])["/", "/api/v1/users", "/api/v1/openapi.json", "/metrics", "/nothing"])
        {
            int expected = path == "/nothing" ? 404 : 200;
            Assert.Equal(expected, (await server.GetAsync(path, "Bearer " + Token)).Status);
            Assert.Equal(expected, (await server.GetAsync(path, "bearer " + Token)).Status);
            Assert.Equal(expected, (await server.GetAsync(path, "Basic " + basic)).Status);
            foreach (string? wrong in (string?[])[null, "Bearer x", "Bearer " + Token + "x", "Bearer " + Token[..^1], "Basic " + Token, "Basic ", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Token + ":x")), "Digest " + Token])
            {
                Assert.Equal(401, (await server.GetAsync(path, wrong)).Status);
            }
        }

        using HttpResponseMessage response = await server.Client.GetAsync("/");
        Assert.Contains("Bearer", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Token, File.ReadAllText($"/proc/{server.ProcessId}/cmdline"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Off_loopback_a_token_is_required()
    {
        using Workplace place = Loaded();
        File.WriteAllText(place["short"], "short");
        Assert.Contains("clients need a token", Fails(place, 2, "--listen", "0.0.0.0:0"), StringComparison.Ordinal);
        Assert.Contains("clients need a token", Fails(place, 2, "--listen", "[::]:0"), StringComparison.Ordinal);
        Assert.Contains("fewer than 16 characters", Fails(place, 2, "--listen", "0.0.0.0:0", "--token-file", "short"), StringComparison.Ordinal);
        Assert.Contains("--token-file", Fails(place, 2, "--token-file", "missing"), StringComparison.Ordinal);
        Assert.Contains("is not an address and a port", Fails(place, 2, "--listen", "8080"), StringComparison.Ordinal);
        Assert.Contains("is not an address and a port", Fails(place, 2, "--listen", "example.com:80"), StringComparison.Ordinal);
        Assert.Contains("missing.db does not exist", Fails(place, 1, "--listen", "127.0.0.1:0", "--from", "sqlite:missing.db"), StringComparison.Ordinal);
        using RunningServer server = RunningServer.Start(place.Directory, [("SERVE_TOKEN", Token)], "--listen", "0.0.0.0:0");
        Assert.Equal(401, (await server.GetAsync("/api/v1/users", host: "any.example")).Status);
        Assert.Equal(200, (await server.GetAsync("/api/v1/users", "Bearer " + Token, "any.example")).Status);
        Assert.DoesNotContain(Token, File.ReadAllText($"/proc/{server.ProcessId}/cmdline"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_in_use_and_a_missing_server_are_named()
    {
        using Workplace place = Loaded();
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        Assert.Contains("is in use by another program", Fails(place, 1, "--listen", $"127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}"), StringComparison.Ordinal);

        File.Copy(HealthIngestionProcess.Path, place["alone"]);
        using Process process = HealthIngestionProcess.Start(place["alone"], place.Directory, [], "serve");
        Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("health_ingestion_server is missing", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HealthIngestionProcess.Sigterm)]
    [InlineData(HealthIngestionProcess.Sigint)]
    public async Task A_signal_ends_it_without_an_error(int signal)
    {
        using Workplace place = Loaded();
        using RunningServer server = RunningServer.Start(place.Directory);
        Assert.Equal(200, (await server.GetAsync("/api/v1/users")).Status);
        Assert.Equal(0, server.Stop(signal));
    }

    [Fact]
    public async Task Nothing_is_written()
    {
        using Workplace place = Loaded();
        byte[] before = File.ReadAllBytes(place["health.db"]);
        DateTime written = File.GetLastWriteTimeUtc(place["health.db"]);
        using RunningServer server = RunningServer.Start(place.Directory);
        foreach (string path in (string[])["/", "/api/v1/users", "/api/v1/users/u1/days", "/api/v1/search?q=day", "/data/overview", "/data/person?user=u1"])
        {
            await server.GetAsync(path);
        }

        foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch, HttpMethod.Options, HttpMethod.Trace, new("PROPFIND")])
        {
            using HttpResponseMessage response = await server.Client.SendAsync(new HttpRequestMessage(method, "/api/v1/users"));
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        }

        // The kernel itself keeps the process from writing: the file is open for reading (the last digit of the flags is 0).
        string[] open = [.. Directory.GetFiles($"/proc/{server.ProcessId}/fd").Where(d => File.ResolveLinkTarget(d, false)?.FullName == place["health.db"]).Select(d => Path.GetFileName(d))];
        Assert.NotEmpty(open);
        Assert.All(open, d => Assert.Matches(@"(?m)^flags:\s+\d*0$", File.ReadAllText($"/proc/{server.ProcessId}/fdinfo/{d}")));
        server.Stop(HealthIngestionProcess.Sigterm);
        Assert.Equal(before, File.ReadAllBytes(place["health.db"]));
        Assert.Equal(written, File.GetLastWriteTimeUtc(place["health.db"]));
        Assert.Equal(["health.db"], place.Files());
    }

    [Fact]
    public async Task A_run_is_seen_at_once()
    {
        using Workplace place = Loaded();
        using RunningServer server = RunningServer.Start(place.Directory);
        Assert.Equal(2, (await server.JsonAsync("/api/v1/users")).GetProperty("users").GetArrayLength());
        File.WriteAllText(place["heart_rate.json"], """[{"user_id":"u3","date_time":"2024-01-01T08:00:00","value":61}]""");
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "heart_rate.json", "--to", "sqlite:health.db").ExitCode);
        Assert.Equal(3, (await server.JsonAsync("/api/v1/users")).GetProperty("users").GetArrayLength());
    }

    [Fact]
    public async Task A_client_has_a_limited_number_of_requests()
    {
        using Workplace place = Loaded();
        using RunningServer server = RunningServer.Start(place.Directory, "--rate", "5");
        List<int> statuses = [];
        for (int i = 0; i < 40; i++)
        {
            using HttpResponseMessage response = await server.Client.GetAsync("/api/v1/users");
            statuses.Add((int)response.StatusCode);
            Assert.Equal(response.StatusCode == HttpStatusCode.TooManyRequests, response.Headers.RetryAfter is not null);
        }

        Assert.All(statuses.Take(10), s => Assert.Equal(200, s));
        Assert.Contains(429, statuses);
        await Task.Delay(1500);
        Assert.Equal(200, (await server.GetAsync("/api/v1/users")).Status);
    }

    [Fact]
    public async Task Slow_and_silent_clients_lose_their_connections_and_do_not_disturb_others()
    {
        using Workplace place = Loaded();
        using RunningServer server = RunningServer.Start(place.Directory, "--rate", "0");
        List<TcpClient> slow = [];
        for (int i = 0; i < 100; i++)
        {
            TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, server.Url.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /api/v1/users HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "));
            slow.Add(client);
        }

        Stopwatch time = Stopwatch.StartNew();
        while (slow.Count > 0)
        {
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(60), $"{slow.Count} slow clients are still connected");
            Assert.Equal(200, (await server.GetAsync("/api/v1/users")).Status);
            foreach (TcpClient client in slow.ToArray())
            {
                if (await IsClosedAsync(client))
                {
                    client.Dispose();
                    slow.Remove(client);
                }
            }

            await Task.Delay(200);
        }
    }

    [Fact]
    public async Task Hostile_requests_do_no_harm()
    {
        using Workplace place = Loaded();
        using RunningServer server = RunningServer.Start(place.Directory, "--rate", "0");
        string host = $"Host: 127.0.0.1:{server.Url.Port}\r\n";
        string[] requests =
        [
            "GET /" + new string('a', 100_000) + " HTTP/1.1\r\n" + host + "\r\n",
            "GET / HTTP/1.1\r\n" + host + "X: " + new string('b', 100_000) + "\r\n\r\n",
            "GET / HTTP/1.1\r\n" + host + string.Concat(Enumerable.Range(0, 1000).Select(i => $"X{i}: y\r\n")) + "\r\n",
            "GET /../../etc/passwd HTTP/1.1\r\n" + host + "\r\n",
            "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + host + "\r\n",
            "GET http://evil.example/ HTTP/1.1\r\n" + host + "\r\n",
            "GET * HTTP/1.1\r\n" + host + "\r\n",
            "CONNECT evil.example:443 HTTP/1.1\r\n" + host + "\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.0\r\n\r\n",
            "GET / HTTP/1.1\r\n" + host + host + "\r\n",
            "GET / HTTP/2.0\r\n" + host + "\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "POST / HTTP/1.1\r\n" + host + "Content-Length: 999999999999\r\n\r\n",
            "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
            "GET /api/v1/search?q=%ED%A0%80%00%FF HTTP/1.1\r\n" + host + "\r\n",
            "GET /api/v1/users/%00%0d%0aSet-Cookie:%20x=y/days HTTP/1.1\r\n" + host + "\r\n",
            "\0\u0001\u0002\r\n\r\n",
        ];
        foreach (string request in requests)
        {
            string response = await ExchangeAsync(server.Url.Port, Encoding.Latin1.GetBytes(request));
            Assert.DoesNotMatch("(?i)root:|set-cookie: x|^HTTP/1.1 500", response);
        }

        Random random = new(20261129);
        byte[][] seeds = [.. requests.Where(r => r.Length < 1000).Select(Encoding.Latin1.GetBytes), Encoding.Latin1.GetBytes($"GET /api/v1/users/u1/days?since=2024-01-01&limit=5&cursor=MjAyNC0wMS0wMXUx HTTP/1.1\r\n{host}Authorization: Basic eDp5\r\n\r\n")];
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = [.. seeds[random.Next(seeds.Length)]];
            for (int j = random.Next(1, 6); j > 0; j--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            string response = await ExchangeAsync(server.Url.Port, bytes);
            Assert.False(response.StartsWith("HTTP/1.1 500", StringComparison.Ordinal), Encoding.Latin1.GetString(bytes));
        }

        Assert.Equal(200, (await server.GetAsync("/api/v1/users")).Status);
        Assert.Equal(0, server.Stop(HealthIngestionProcess.Sigterm));
    }

    [Fact]
    public async Task Under_load_every_response_is_good_and_memory_is_bounded()
    {
        Installed.Require("wrk");
        using Workplace place = Loaded();
        using RunningServer server = RunningServer.Start(place.Directory, "--rate", "0");
        using Process wrk = HealthIngestionProcess.Start("wrk", place.Directory, [], "--threads", "2", "--connections", "64", "--duration", "5s", new Uri(server.Url, "/api/v1/users/u1/days").ToString());
        Outcome outcome = HealthIngestionProcess.Finish(wrk, Stopwatch.StartNew());
        Assert.DoesNotContain("Non-2xx", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Socket errors", outcome.Output, StringComparison.Ordinal);
        Assert.True(long.Parse(Regex.Match(outcome.Output, @"(\d+) requests in").Groups[1].Value, CultureInfo.InvariantCulture) > 100, outcome.Output);
        string status = File.ReadAllText($"/proc/{server.ProcessId}/status");
        Assert.InRange(long.Parse(Regex.Match(status, @"VmHWM:\s+(\d+) kB").Groups[1].Value, CultureInfo.InvariantCulture), 1, 256 << 10);
        Assert.Equal(200, (await server.GetAsync("/healthz")).Status);
    }

    private static async Task<bool> IsClosedAsync(TcpClient client)
    {
        try
        {
            using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(1));
            byte[] buffer = new byte[4096];
            while (await client.GetStream().ReadAsync(buffer, soon.Token) > 0)
            {
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Sends bytes, ends the sending, and returns what comes back until the server closes.</summary>
    private static async Task<string> ExchangeAsync(int port, byte[] request)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        NetworkStream stream = client.GetStream();
        using MemoryStream response = new();
        try
        {
            await stream.WriteAsync(request);
            client.Client.Shutdown(SocketShutdown.Send);
            using CancellationTokenSource end = new(TimeSpan.FromSeconds(60));
            await stream.CopyToAsync(response, end.Token);
        }
        catch (IOException)
        {
            // The server closed the connection before it took everything.
        }

        return Encoding.Latin1.GetString(response.ToArray());
    }

    private static Workplace Loaded()
    {
        Workplace place = Workplace.WithData();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "sqlite:health.db");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return place;
    }

    private static string Fails(Workplace place, int code, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["serve", .. arguments]);
        Assert.True(outcome.ExitCode == code, $"{outcome.ExitCode}: {outcome.Error}");
        return outcome.Error;
    }
}
