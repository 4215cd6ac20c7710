using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>APIs on the command line and in the environment, of <c>ingest</c> and of <c>push</c>.</summary>
public sealed class ApiCommandTests(GeneratedData data)
{
    private const string Secret = "s3cr3t-of-nobody";

    [Fact]
    public void Summaries_are_stored_and_delivered_and_the_second_time_there_is_nothing_to_do()
    {
        using Workplace place = Workplace.WithData();
        using ApiServer api = ApiServer.Start();

        Outcome first = HealthIngestionProcess.Run(place.Directory, "data", "--to", api.Url, "--stats-json", "-");
        Outcome second = HealthIngestionProcess.Run(place.Directory, "push", "--to", api.Url, "--stats-json", "-");

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Matches(@"(?m)^sqlite:health\.db +3 +3 +0 +0$", first.Error);
        Assert.Matches(@"(?m)^API +delivered +unchanged +refused +left$", first.Error);
        Assert.Matches($@"(?m)^{api.Url} +3 +0 +0 +0$", first.Error);
        Assert.Contains("an API takes summaries from a database, so they are stored in sqlite:health.db", first.Error, StringComparison.Ordinal);
        Assert.Equal(["health.db"], place.Files());
        Assert.Equal("Ada on 2024-01-01. Heart rate: 61 to 64 bpm, mean 62.7 over 3 readings.", api.Taken["u1 2024-01-01"]);
        Assert.Equal(0, second.ExitCode);
        Assert.Matches($@"(?m)^{api.Url} +0 +3 +0 +0$", second.Error);
        Assert.Equal(3, api.Requests.Count);
        JsonElement delivery = JsonDocument.Parse(first.Output).RootElement.GetProperty("deliveries")[0];
        Assert.Equal((api.Url, "sqlite:health.db", 3, 0), (delivery.GetProperty("target").GetString(), delivery.GetProperty("from").GetString(), delivery.GetProperty("delivered").GetInt32(), delivery.GetProperty("left").GetInt32()));
        Assert.Equal(3, JsonDocument.Parse(second.Output).RootElement.GetProperty("deliveries")[0].GetProperty("unchanged").GetInt32());
    }

    [Fact]
    public void A_flag_beats_the_environment_and_no_api_beats_both()
    {
        using Workplace place = Workplace.WithData();
        using ApiServer api = ApiServer.Start();
        using ApiServer other = ApiServer.Start();

        foreach (string[] arguments in (string[][])[["--no-api"], ["--to", other.Url, "--no-api"], ["--to", "sqlite:b.db"], ["--dry-run"]])
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("API_URL", api.Url)], ["data", "--quiet", .. arguments]);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
        }

        Assert.Empty(api.Requests);
        Assert.Empty(other.Requests);
        Assert.Equal(["b.db", "health.db"], place.Files());

        HealthIngestionProcess.Run(place.Directory, [("API_URL", api.Url)], "data", "--quiet", "--to", other.Url);
        Assert.Equal((0, 3), (api.Taken.Count, other.Taken.Count));
        HealthIngestionProcess.Run(place.Directory, [("WEAVIATE_URL", api.Url)], "data", "--quiet");
        Assert.Equal(3, api.Taken.Count);
        HealthIngestionProcess.Run(place.Directory, [("API_URL", other.Url), ("WEAVIATE_URL", api.Url)], "push", "--quiet", "--from", "sqlite:b.db");
        Assert.Equal((6, 6), (api.Requests.Count, other.Requests.Count));
    }

    [Fact]
    public void Several_targets_and_an_API_have_all_rows_and_the_first_database_is_delivered_from()
    {
        using Workplace place = Workplace.WithData();
        using ApiServer api = ApiServer.Start();
        string schema = $"a{Guid.NewGuid():N}";

        Outcome outcome = HealthIngestionProcess.Run(
            place.Directory, "data", "--to", api.Url, "--to", "ndjson:a.ndjson", "--to", PostgresServer.Shared.Url, "--schema", schema, "--to", "sqlite:a.db");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(3, api.Taken.Count);
        Assert.Equal(["3"], PostgresServer.Shared.Query($"SELECT count(*) FROM {schema}.deliveries WHERE delivered_md5 IS NOT NULL"));
        Assert.Equal(3, File.ReadLines(place["a.ndjson"]).Count());
        using (Database database = Database.Open(place["a.db"]))
        {
            Assert.Empty(database.Columns("deliveries"));
        }

        Outcome pushed = HealthIngestionProcess.Run(place.Directory, [("DATABASE_URL", PostgresServer.Shared.Url), ("API_URL", api.Url)], "push", "--schema", schema);
        Assert.Matches($@"(?m)^{api.Url} +0 +3 +0 +0$", pushed.Error);
        PostgresServer.Shared.Query($"DROP SCHEMA {schema} CASCADE");
    }

    [Fact]
    public void What_is_left_or_refused_is_exit_code_4_and_is_reported()
    {
        using Workplace place = Workplace.WithData();
        int status = 401;
        using ApiServer api = ApiServer.Start((context, request) => ApiServer.Write(context, request.Summary == "u2 2024-01-01" && status == 200 ? 422 : status, "{}"));

        Outcome left = HealthIngestionProcess.Run(place.Directory, "data", "--to", api.Url);
        status = 200;
        Outcome refused = HealthIngestionProcess.Run(place.Directory, "push", "--to", api.Url);
        Outcome standing = HealthIngestionProcess.Run(place.Directory, "push", "--to", api.Url, "--log-format", "json");

        Assert.Equal(4, left.ExitCode);
        Assert.Equal("error: 3 summaries could not be delivered and stay stored; health_ingestion push delivers them. " + api.Url + ": 401 Unauthorized: {}", left.ErrorLines[^1]);
        Assert.Equal(4, refused.ExitCode);
        Assert.Matches($@"(?m)^{api.Url} +2 +0 +1 +0$", refused.Error);
        Assert.Contains("refused: u2 2024-01-01: 422 Unprocessable Entity: {}", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, standing.ExitCode);
        Assert.Contains("refused: u2 2024-01-01", standing.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Equal(1, JsonDocument.Parse(standing.OnlyErrorLine).RootElement.GetProperty("deliveries")[0].GetProperty("refused").GetInt32());
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "push", "--to", api.Url, "--retry-refused", "--quiet").ExitCode - 4);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public void Several_APIs_are_delivered_to_side_by_side_and_one_that_fails_leaves_the_others_whole(string kind)
    {
        using Workplace place = Workplace.WithData();
        string schema = $"a{Guid.NewGuid():N}";
        string database = kind == "postgres" ? PostgresServer.Shared.Url : "sqlite:health.db";
        TaskCompletionSource otherHasAll = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ApiServer? first = null, second = null;
        using ApiServer slow = first = ApiServer.Start(async (context, _) =>
        {
            await otherHasAll.Task;
            await first!.Ok(context);
        });
        using ApiServer closed = ApiServer.Start((context, _) => ApiServer.Write(context, 401, ""));
        using ApiServer quick = second = ApiServer.Start(async (context, _) =>
        {
            await second!.Ok(context);
            if (second.Taken.Count == 3)
            {
                otherHasAll.TrySetResult();
            }
        });

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", slow.Url, "--to", closed.Url, "--to", quick.Url, "--to", database, "--schema", schema, "--stats-json", "-");

        Assert.Equal(4, outcome.ExitCode);
        Assert.Matches($@"(?m)^{slow.Url} +3 +0 +0 +0\n{closed.Url} +0 +0 +0 +3\n{quick.Url} +3 +0 +0 +0$", outcome.Error);
        Assert.Equal((3, 3), (slow.Requests.Count, quick.Requests.Count));
        JsonElement deliveries = JsonDocument.Parse(outcome.Output).RootElement.GetProperty("deliveries");
        Assert.Equal([slow.Url, closed.Url, quick.Url], deliveries.EnumerateArray().Select(d => d.GetProperty("target").GetString()));
        if (kind == "postgres")
        {
            PostgresServer.Shared.Query($"DROP SCHEMA {schema} CASCADE");
        }
    }

    [Fact]
    public void Strict_and_undelivered_is_reported_as_rejected()
    {
        using Workplace place = Workplace.WithFaultyData();
        using ApiServer api = ApiServer.Start((context, _) => ApiServer.Write(context, 422, ""));
        Assert.Equal(3, HealthIngestionProcess.Run(place.Directory, "data", "--to", api.Url, "--strict").ExitCode);
    }

    [Theory]
    [InlineData("push needs an API: use --to http(s)://HOST/PATH", "push")]
    [InlineData("--to: sqlite: is not an API", "push", "--to", "sqlite:a.db")]
    [InlineData("--from: ndjson: holds no summaries that can be delivered", "push", "--from", "ndjson:a", "--to", "http://h/x")]
    [InlineData("The http URL is invalid", "push", "--to", "http://:")]
    [InlineData("names no class", "--to", "weaviate://h:8080")]
    [InlineData("twice", "--to", "http://h/x", "--to", "http://u:s3cr3t-of-nobody@h:80/x")]
    [InlineData("--wait-for-api 'soon' is not a time such as 500ms, 60s, 2m or 1h", "push", "--wait-for-api", "soon")]
    [InlineData("--concurrency '0' is not a whole number from 1 to 1024", "--concurrency", "0")]
    public void Wrong_usage_is_one_line(string expected, params string[] arguments)
    {
        using Workplace place = Workplace.WithData();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void A_URL_in_the_environment_that_makes_no_sense_is_named_by_its_variable()
    {
        using Workplace place = Workplace.WithData();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("API_URL", "api:5000?token=" + Secret)], "data");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("$API_URL: Unknown target 'api:…'", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_database_is_reported()
    {
        using Workplace place = Workplace.Empty();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "push", "--to", "http://localhost:1/x");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("health.db does not exist", outcome.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void A_secret_is_nowhere_to_be_seen()
    {
        using Workplace place = Workplace.WithData();
        using ApiServer api = ApiServer.Start((context, request) => ApiServer.Write(context, 400, $"{request.Authorization} {request.Path} {Secret}"));
        string withUser = api.Url.Replace("://", $"://me:{Secret}@", StringComparison.Ordinal) + "?key=" + Secret;

        Outcome[] outcomes =
        [
            HealthIngestionProcess.Run(place.Directory, "data", "--to", withUser, "--stats-json", "-", "--log-level", "debug"),
            HealthIngestionProcess.Run(place.Directory, [("API_TOKEN", Secret), ("API_URL", api.Url + "?key=" + Secret)], "push", "--stats-json", "-", "--log-level", "debug", "--retry-refused"),
            HealthIngestionProcess.Run(place.Directory, [("API_TOKEN", Secret), ("API_URL", "http://localhost:1/x?" + Secret)], "push", "--log-format", "json", "--wait-for-api", "1ms"),
        ];

        Assert.Equal([4, 4, 4], outcomes.Select(o => o.ExitCode));
        Assert.Contains(api.Requests, r => r.Authorization == "Bearer " + Secret);
        Assert.Contains(api.Requests, r => r.Authorization?.StartsWith("Basic ", StringComparison.Ordinal) == true);
        using Database database = Database.Open(place["health.db"]);
        string stored = string.Join('\n', database.Query("SELECT * FROM deliveries UNION ALL SELECT run_id, started, files, '', '', '', '', '', '', '' FROM ingest_runs").Select(r => string.Join('|', r)));
        string seen = stored + string.Concat(outcomes.Select(o => o.Output + o.Error));
        Assert.Contains(api.Url + "?key=…", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_does_not_stay_in_the_title_of_the_process()
    {
        using Workplace place = Workplace.WithData();
        HealthIngestionProcess.Run(place.Directory, "data", "--quiet");
        using SemaphoreSlim arrived = new(0);
        using ApiServer api = ApiServer.Start(async (context, _) =>
        {
            arrived.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using Process process = HealthIngestionProcess.Start(
            HealthIngestionProcess.Path, place.Directory, [], "push", "--quiet", "--to=" + api.Url.Replace("://", $"://me:{Secret}@", StringComparison.Ordinal) + "?key=" + Secret);
        Assert.True(arrived.Wait(60_000), "Nothing was sent.");
        string title = File.ReadAllText($"/proc/{process.Id}/cmdline");
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigkill);
        HealthIngestionProcess.Finish(process, Stopwatch.StartNew());

        Assert.DoesNotContain(Secret, title, StringComparison.Ordinal);
        Assert.Contains($"@localhost:{api.Port}/ingest?***", title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HealthIngestionProcess.Sigint, 130)]
    [InlineData(HealthIngestionProcess.Sigterm, 143)]
    public void A_stopped_push_marks_what_was_delivered(int signal, int exitCode)
    {
        using Workplace place = Workplace.Empty();
        HealthIngestionProcess.Run(place.Directory, data.Medium, "--quiet");
        const int Taken = 31, Workers = 4;
        int requests = 0;
        ApiServer? api = null;
        using ApiServer server = api = ApiServer.Start(async (context, _) =>
        {
            // Of four at a time, the last ones are held until the client gives them up.
            if (Interlocked.Increment(ref requests) > Taken)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            }

            await api!.Ok(context);
        });

        Outcome outcome = HealthIngestionProcess.SignalWhen(
            place.Directory, _ => Volatile.Read(ref requests) == Taken + Workers, [signal], "push", "--to", server.Url, "--concurrency", $"{Workers}");

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains("delivered summaries are marked", outcome.ErrorLines[^1], StringComparison.Ordinal);
        using (Database database = Database.Open(place["health.db"]))
        {
            Assert.Equal((long)Taken, database.Query("SELECT count(*) FROM deliveries WHERE delivered_md5 IS NOT NULL")[0][0]);
        }
    }

    [Fact]
    public void Over_TLS_it_speaks_HTTP_2_and_trusts_only_who_is_known()
    {
        using Workplace place = Workplace.WithData();
        using X509Certificate2 certificate = ApiServer.MakeCertificate();
        using ApiServer api = ApiServer.Start(certificate: X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null));
        File.WriteAllText(place["ca.pem"], certificate.ExportCertificatePem());

        Outcome unknown = HealthIngestionProcess.Run(place.Directory, "data", "--to", api.Url);
        Assert.Equal(4, unknown.ExitCode);
        Assert.Contains("TLS: ", unknown.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Empty(api.Requests);

        Outcome known = HealthIngestionProcess.Run(place.Directory, [("SSL_CERT_FILE", place["ca.pem"])], "push", "--to", api.Url);
        Assert.True(known.ExitCode == 0, known.Error);
        Assert.Equal(["HTTP/2", "HTTP/2", "HTTP/2"], api.Requests.Select(r => r.Protocol));
    }

    [Fact]
    public void A_slow_API_holds_up_the_delivery_and_memory_stays_flat()
    {
        using Workplace place = Workplace.Empty();
        ApiServer? api = null;
        using ApiServer server = api = ApiServer.Start(async (context, _) =>
        {
            await Task.Delay(5);
            await api!.Ok(context);
        });

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, data.Medium, "--to", server.Url, "--memory-limit", "64MiB", "--stats-json", "-", "--quiet");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonElement stats = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.InRange(stats.GetProperty("peak_rss_bytes").GetInt64(), 1, 64 << 20);
        Assert.Equal(stats.GetProperty("rows").GetInt32(), server.Taken.Count);
    }
}
