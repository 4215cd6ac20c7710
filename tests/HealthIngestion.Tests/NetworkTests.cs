using System.Net;
using System.Net.Sockets;
using FastIngest.Tests.Storage.Http;

namespace HealthIngestion.Tests;

/// <summary>Proxies, responses of known APIs, tokens and redirects, through the published binary.</summary>
public sealed class NetworkTests
{
    /// <summary>The case <c>api_status_success</c> and what Datadog, Telegram and Meilisearch document.</summary>
    [Theory]
    [InlineData(200, """{"status":"success"}""")]
    [InlineData(202, """{"errors":[]}""")]
    [InlineData(200, """{"ok":true,"result":{"message_id":5}}""")]
    [InlineData(202, """{"taskUid":1,"status":"enqueued"}""")]
    public void Known_successes_are_delivered(int status, string body)
    {
        using Workplace place = Workplace.WithData();
        using ApiServer api = ApiServer.Start((context, _) => ApiServer.Write(context, status, body));
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", api.Url, "--quiet");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal((3, 3L), (api.Requests.Count, Delivered(place)));
    }

    /// <summary>The case <c>api_errors_200</c> and what Slack, Elasticsearch and Prometheus document.</summary>
    [Theory]
    [InlineData("""{"errors":[{"message":"no room"}]}""", "200 with errors in the response: no room")]
    [InlineData("""{"ok":false,"error":"invalid_auth"}""", "200 with ok 'false' in the response")]
    [InlineData("""{"took":1,"errors":true,"items":[]}""", "200 with errors 'true' in the response")]
    [InlineData("""{"status":"error","error":"bad data"}""", "200 with status 'error' in the response")]
    public void Known_failures_are_not_marked_as_delivered_and_are_sent_once(string body, string error)
    {
        using Workplace place = Workplace.WithData();
        using ApiServer api = ApiServer.Start((context, _) => ApiServer.Write(context, 200, body));
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", api.Url, "--quiet");
        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains(error, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Equal((3, 0L), (api.Requests.Count, Delivered(place)));
    }

    [Fact]
    public void What_is_not_understood_ends_at_once_and_a_rule_makes_it_known()
    {
        using Workplace place = Workplace.WithData();
        using ApiServer api = ApiServer.Start((context, _) => ApiServer.Write(context, 200, """{"status":"purple"}"""));
        Outcome unknown = HealthIngestionProcess.Run(place.Directory, "data", "--to", api.Url, "--concurrency", "1", "--quiet");
        Assert.Equal(4, unknown.ExitCode);
        Assert.Contains("200 with status 'purple' in the response", unknown.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains("--api-success status=purple", unknown.OnlyErrorLine, StringComparison.Ordinal);
        Assert.InRange(api.Requests.Count, 1, 3);

        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "push", "--to", api.Url, "--api-success", "status=purple", "--rate", "100", "--quiet").ExitCode);
        Assert.Equal(3L, Delivered(place));
        Assert.Contains("--api-success 'purple' is not FIELD=VALUE", HealthIngestionProcess.Run(place.Directory, "push", "--to", api.Url, "--api-success", "purple").OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains("--rate '0' is not a number of requests in a second", HealthIngestionProcess.Run(place.Directory, "push", "--to", api.Url, "--rate", "0").OnlyErrorLine, StringComparison.Ordinal);
    }

    /// <summary>The case <c>proxy_error</c>, lower case, ALL_PROXY, and a proxy with a password.</summary>
    [Theory]
    [InlineData("HTTP_PROXY", "http://127.0.0.1:PORT")]
    [InlineData("http_proxy", "127.0.0.1:PORT")]
    [InlineData("ALL_PROXY", "socks5://127.0.0.1:PORT")]
    [InlineData("HTTP_PROXY", "http://me:s3cr3t@127.0.0.1:PORT")]
    public void An_error_names_the_proxy_and_no_proxy_avoids_it(string variable, string url)
    {
        using Workplace place = Workplace.WithData();
        using ApiServer api = ApiServer.Start();

        // The port is bound but not listening, so that no other program can use it during the test.
        using Socket holder = new(SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)holder.LocalEndPoint!).Port;
        (string, string) proxy = (variable, url.Replace("PORT", $"{port}", StringComparison.Ordinal));

        Outcome failed = HealthIngestionProcess.Run(place.Directory, [proxy], "data", "--to", api.Url, "--wait-for-api", "1ms", "--quiet");
        Outcome direct = HealthIngestionProcess.Run(place.Directory, [proxy, ("NO_PROXY", "localhost")], "push", "--to", api.Url, "--quiet");

        Assert.Equal(4, failed.ExitCode);
        Assert.Contains($"(through the proxy 127.0.0.1:{port}, which ${variable} names)", failed.OnlyErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", failed.Error, StringComparison.Ordinal);
        Assert.Equal((0, 3), (direct.ExitCode, api.Taken.Count));
    }

    [Fact]
    public void A_proxy_that_works_is_used()
    {
        using Workplace place = Workplace.WithData();

        // A proxy gets the whole URL of an http request; this one answers in place of the API, whose name nobody can resolve.
        using ApiServer proxy = ApiServer.Start();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("HTTP_PROXY", $"http://localhost:{proxy.Port}")], "data", "--to", "http://api.invalid/ingest", "--quiet");
        Assert.Equal((0, 3), (outcome.ExitCode, proxy.Taken.Count));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public void A_redirect_is_not_followed_and_no_token_goes_elsewhere(int status)
    {
        using Workplace place = Workplace.WithData();
        using ApiServer elsewhere = ApiServer.Start(respondsToGet: true);
        using ApiServer api = ApiServer.Start((context, _) =>
        {
            context.Response.Headers.Location = elsewhere.Url + "?x=1";
            return ApiServer.Write(context, status, "");
        });

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("API_TOKEN", "t0ken"), ("API_URL", api.Url)], "data", "--quiet");

        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains($"to {elsewhere.Url}; redirects are not followed", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
        Assert.All(api.Requests, r => Assert.Equal("Bearer t0ken", r.Authorization));
    }

    [Fact]
    public void Each_API_gets_its_own_token_and_no_other()
    {
        using Workplace place = Workplace.WithData();
        using ApiServer a = ApiServer.Start();
        using ApiServer b = ApiServer.Start();
        File.WriteAllText(place["secret"], "of-b\n");
        (string, string)[] environment = [($"API_TOKEN_LOCALHOST_{a.Port}", "of-a"), ($"API_TOKEN_LOCALHOST_{b.Port}_FILE", place["secret"])];

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, environment, "data", "--to", a.Url, "--to", b.Url, "--quiet");
        Outcome unclear = HealthIngestionProcess.Run(place.Directory, [("API_TOKEN", "s3cr3t")], "push", "--to", a.Url, "--to", b.Url);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.All(a.Requests, r => Assert.Equal("Bearer of-a", r.Authorization));
        Assert.All(b.Requests, r => Assert.Equal("Bearer of-b", r.Authorization));
        Assert.Equal(2, unclear.ExitCode);
        Assert.Contains("$API_TOKEN is the token of one API, but the run delivers to several", unclear.OnlyErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", unclear.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_summaries_are_one_line_for_each_reason()
    {
        using Workplace place = Workplace.WithData();
        using ApiServer api = ApiServer.Start((context, request) => ApiServer.Write(context, 422, $"no room for {request.Summary}"));
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", api.Url);
        Assert.Contains("refused: 3 summaries: 422 Unprocessable Entity: no room for u1 2024-01-01, the first for u1 2024-01-01", outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.ErrorLines, l => l.StartsWith("refused:", StringComparison.Ordinal));
    }

    private static long Delivered(Workplace place)
    {
        using Database database = Database.Open(place["health.db"]);
        return (long)database.Query("SELECT count(*) FROM deliveries WHERE delivered_md5 IS NOT NULL")[0][0]!;
    }
}
