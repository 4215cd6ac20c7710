using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using FastIngest.Net;
using FastIngest.Tests.Net;
using FastIngest.Tests.Storage.Http;

namespace HealthIngestion.Tests.Remote;

/// <summary>Files on web servers give the rows of the same files on disk, or an error that says why not.</summary>
public sealed class RemoteInputTests(GeneratedData data)
{
    private const int BlockBytes = RangeCache.BlockBytes;

    [Theory]
    [InlineData("plain", true)]
    [InlineData("plain", false)]
    [InlineData("gz", true)]
    [InlineData("gz", false)]
    [InlineData("zip", true)]
    [InlineData("zip", false)]
    public void Files_over_TLS_give_the_rows_of_files_on_disk(string form, bool sendsRanges)
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.StartWithTls(place["ca.pem"]);
        server.SendsRanges = sendsRanges;
        Outcome outcome = Run(place, server, Serve(server, form, Repository.Set("quirks")));
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(Repository.Expected("quirks"), File.ReadAllText(place["many.ndjson"]));
        Assert.All(server.Requests, r => Assert.Equal("identity", r.AcceptEncoding));
        Assert.Contains(server.Url, File.ReadAllText(place["rejects.ndjson"]), StringComparison.Ordinal);

        HealthIngestionProcess.Run(place.Directory, Repository.Set("quirks"), "--to", "ndjson:one.ndjson", "--rejects", "one.rejects");
        Assert.Equal(Offsets(place["one.rejects"]), Offsets(place["rejects.ndjson"]));
    }

    [Fact]
    public void An_export_of_another_program_is_recognised_by_its_content()
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.Start();
        string set = Directory.GetDirectories(Path.Combine(Repository.Root, "tests", "data", "dialects")).First(d => Path.GetFileName(d).StartsWith("apple", StringComparison.Ordinal));
        server.Serve("export", File.ReadAllBytes(Directory.GetFiles(set, "Export*.xml", SearchOption.AllDirectories).Single()));
        server.Instead = (context, _) =>
        {
            context.Response.Headers.ContentDisposition = "attachment; filename=\"export.xml\"";
            return Task.FromResult(false);
        };
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, server.Url + "export?id=5", "--to", "ndjson:many.ndjson");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.NotEqual("", File.ReadAllText(place["many.ndjson"]));
    }

    [Fact]
    public void Parts_are_read_at_the_same_time_under_the_memory_limit()
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.Start();
        string[] urls = server.Serve(data.Medium);
        int now = 0, most = 0;
        server.Instead = async (context, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await server.SendAsync(context);
            Interlocked.Decrement(ref now);
            return true;
        };
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [.. urls, "--to", "ndjson:many.ndjson", "--memory-limit", "64MiB", "--stats-json", "-", "--quiet"]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        HealthIngestionProcess.Run(place.Directory, data.Medium, "--to", "ndjson:one.ndjson", "--quiet");
        Assert.True(File.ReadAllBytes(place["one.ndjson"]).AsSpan().SequenceEqual(File.ReadAllBytes(place["many.ndjson"])));
        Assert.InRange(JsonDocument.Parse(outcome.Output).RootElement.GetProperty("peak_rss_bytes").GetInt64(), 1, 64 << 20);
        Assert.InRange(most, 2, 8);
        long bytes = server.Files.Values.Sum(f => (long)f.Length);
        long asked = server.Requests.Where(r => r.From >= 0).Sum(r => long.Parse(r.Range.Split('-')[1]) + 1 - r.From);
        Assert.InRange(asked, bytes, bytes + (bytes / 4) + (urls.Length * BlockBytes));
    }

    [Fact]
    public void An_interrupted_part_goes_on_where_it_ended()
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.Start();
        string[] urls = server.Serve(data.Small);
        server.Instead = async (context, number) =>
        {
            if (number % 3 != 0 || context.Request.Headers.Range.Count == 0)
            {
                return false;
            }

            // Half of the part, and then the connection is gone.
            string[] ends = context.Request.Headers.Range.ToString()["bytes=".Length..].Split('-');
            byte[] file = server.Files[context.Request.Path.Value!];
            int from = int.Parse(ends[0]), end = Math.Min(file.Length, int.Parse(ends[1]) + 1);
            context.Response.StatusCode = 206;
            context.Response.Headers.ETag = server.Tag(file);
            context.Response.Headers.ContentRange = $"bytes {from}-{end - 1}/{file.Length}";
            context.Response.ContentLength = end - from;
            await context.Response.Body.WriteAsync(file.AsMemory(from, (end - from) / 2));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        };
        Outcome outcome = Run(place, server, urls);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        HealthIngestionProcess.Run(place.Directory, data.Small, "--to", "ndjson:one.ndjson", "--quiet");
        Assert.True(File.ReadAllBytes(place["one.ndjson"]).AsSpan().SequenceEqual(File.ReadAllBytes(place["many.ndjson"])));
        Assert.Contains(server.Requests, r => r.From > 0 && r.From % BlockBytes != 0);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public void A_busy_server_is_asked_once_more(int status)
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.Start();
        server.Instead = (context, number) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "0";
            return Task.FromResult(number % 2 == 1);
        };
        Outcome outcome = Run(place, server, server.Serve(Repository.Set("default")));
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(Repository.Expected("default"), File.ReadAllText(place["many.ndjson"]));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void A_file_that_changes_during_the_run_is_an_error(bool ignoresConditions, bool hasTag)
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.Start();
        string[] urls = server.Serve(data.Medium);
        server.IgnoresConditions = ignoresConditions;
        server.Tag = hasTag ? server.Tag : _ => null;
        server.Instead = (context, _) =>
        {
            string path = context.Request.Path.Value!;
            if (context.Request.Headers.Range.ToString() != $"bytes=0-{BlockBytes - 1}" && server.Files[path][^1] != 'x')
            {
                // Without a tag, only the length tells.
                server.Files[path] = [.. server.Files[path], (byte)'x'];
            }

            return Task.FromResult(false);
        };
        Outcome outcome = Run(place, server, urls);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(" changed while the run was under way: ", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.False(place.Has("many.ndjson"));
    }

    [Fact]
    public void A_server_without_parts_is_copied_to_the_temporary_folder_and_that_is_said()
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.Start();
        server.SendsRanges = false;
        Directory.CreateDirectory(place["tmp"]);
        int resets = 0;
        server.Instead = async (context, _) =>
        {
            if (resets++ > 0)
            {
                return false;
            }

            context.Response.ContentLength = 1 << 20;
            await context.Response.Body.WriteAsync(new byte[1000]);
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        };
        string[] urls = server.Serve(data.Small);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [.. urls, "--to", "ndjson:many.ndjson", "--temp-dir", place["tmp"]]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains($"its server sends no parts of files, so that all {server.Files.Values.First(f => f.Length > BlockBytes).Length} bytes were copied to {place["tmp"]} first", outcome.Error, StringComparison.Ordinal);
        HealthIngestionProcess.Run(place.Directory, data.Small, "--to", "ndjson:one.ndjson", "--quiet");
        Assert.True(File.ReadAllBytes(place["one.ndjson"]).AsSpan().SequenceEqual(File.ReadAllBytes(place["many.ndjson"])));
        Assert.Empty(Directory.GetFileSystemEntries(place["tmp"]));
    }

    [Fact]
    public void Redirects_are_followed_and_credentials_go_to_their_own_server_only()
    {
        using Workplace place = Workplace.Empty();
        using X509Certificate2 authority = ApiServer.MakeCertificate();
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(authority.Export(X509ContentType.Pfx), null);
        File.WriteAllText(place["ca.pem"], authority.ExportCertificatePem());
        using FileServer far = FileServer.Start(certificate);
        using FileServer near = FileServer.Start(certificate);
        string target = Serve(far, "zip", Repository.Set("quirks"))[0];
        near.Instead = (context, _) =>
        {
            context.Response.Redirect(target + "?signature=hidden");
            return Task.FromResult(true);
        };
        Outcome outcome = Run(place, near, near.Url.Replace("//", "//ada:s3cret@", StringComparison.Ordinal) + "export.zip?token=t0ken");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(Repository.Expected("quirks"), File.ReadAllText(place["many.ndjson"]));
        Assert.Equal("Basic " + Convert.ToBase64String("ada:s3cret"u8), Assert.Single(near.Requests).Authorization);
        Assert.All(far.Requests, r => Assert.Equal("", r.Authorization));
        string[] texts = [outcome.Error, File.ReadAllText(place["rejects.ndjson"]), File.ReadAllText(place["stats.json"])];
        Assert.All(texts, t => Assert.DoesNotMatch("s3cret|t0ken|hidden", t));
    }

    [Theory]
    [InlineData("http://localhost:1/a.json", "without TLS")]
    [InlineData("/loop", "redirected more than 10 times")]
    public void A_redirect_that_leads_nowhere_good_is_an_error(string location, string message)
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.StartWithTls(place["ca.pem"]);
        server.Instead = (context, _) =>
        {
            context.Response.Redirect(location);
            return Task.FromResult(true);
        };
        Outcome outcome = Run(place, server, server.Url + "sleep.json");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(message, outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "401 Unauthorized", "https://USER:PASSWORD@HOST/FILE")]
    [InlineData(403, "403 Forbidden", "has not expired")]
    [InlineData(404, "404 Not Found", "Check the URL")]
    public void What_a_server_rejects_is_said_at_once_and_without_secrets(int status, string said, string remedy)
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.Start();
        server.Instead = (context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.FromResult(true);
        };
        Outcome outcome = Run(place, server, server.Url.Replace("//", "//ada:s3cret@", StringComparison.Ordinal) + "sleep.json?key=t0ken");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(said, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains(remedy, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.DoesNotMatch("s3cret|t0ken", outcome.Error);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("bytes 1-5/6", 1, "the server responds with 206")]
    [InlineData("bytes 0-99/50", 1, "the server responds with 206")]
    [InlineData("none", 1, "the server responds with 206")]
    [InlineData("bytes 0-99/100", 75, "the response ended early")]
    public void A_server_that_lies_about_lengths_is_an_error(string range, int exitCode, string message)
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.Start();
        server.Instead = async (context, _) =>
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = range;
            context.Response.ContentLength = 50;
            await context.Response.Body.WriteAsync("""[{"user_id":"u1","date":"2024-01-01","value":60}]"""u8.ToArray().AsMemory(0, 50 - 2));
            await context.Response.Body.WriteAsync("  "u8.ToArray());
            return true;
        };
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, server.Url + "heart_rate.json", "--to", "ndjson:many.ndjson");
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(message, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.False(place.Has("many.ndjson"));
    }

    [Fact]
    public void An_unknown_authority_is_an_error_that_names_the_remedy()
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.StartWithTls(place["ca.pem"]);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, server.Serve("sleep.json", "[]"u8.ToArray()), "--dry-run");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("SSL_CERT_FILE", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Plain_http_to_another_machine_needs_an_option_and_proxies_are_used()
    {
        using Workplace place = Workplace.Empty();
        using FileServer proxy = FileServer.Start();
        string[] names = [.. proxy.Serve(Repository.Set("default")).Select(u => "http://data.example/" + Path.GetFileName(u))];
        (string, string)[] environment = [("http_proxy", proxy.Url)];
        Outcome refused = HealthIngestionProcess.Run(place.Directory, environment, [.. names, "--to", "ndjson:many.ndjson"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--allow-http", refused.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(proxy.Requests);
        Outcome allowed = HealthIngestionProcess.Run(place.Directory, environment, [.. names, "--to", "ndjson:many.ndjson", "--allow-http"]);
        Assert.True(allowed.ExitCode == 0, allowed.Error);
        Assert.Equal(Repository.Expected("default"), File.ReadAllText(place["many.ndjson"]));
    }

    [Fact]
    public async Task A_run_that_waits_for_a_server_stops_at_a_signal()
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.Start();
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Instead = async (context, _) =>
        {
            asked.TrySetResult();
            await Task.Delay(System.Threading.Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        using Process process = HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, [], server.Url + "sleep.json", "--to", "ndjson:many.ndjson");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Stopwatch time = Stopwatch.StartNew();
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigterm);
        Outcome outcome = HealthIngestionProcess.Finish(process, time);
        Assert.Equal(143, outcome.ExitCode);
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_planned_run_gives_the_bytes_of_one_process_and_pins_the_version()
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.Start();
        PlannedRun run = new(place, [.. server.Serve(data.Small), .. Serve(server, "zip", Repository.Set("quirks"))]);
        Outcome alone = run.Alone();
        Assert.True(alone.ExitCode == 0, alone.Error);
        Assert.Equal(0, run.Run(3, 4, "--chunk-size", "100000").ExitCode);
        run.IsSame("https");
        run.Clear();

        PlannedRun.Good(run.Plan(1, 1));
        string name = server.Files.Keys.First(k => k.Contains("heart_rate", StringComparison.Ordinal));
        server.Files[name] = [.. server.Files[name][..^1], (byte)'\n'];
        Outcome changed = run.Do("map", 0);
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("is not the file that was planned: its version was \"", changed.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_tells_its_files_apart_by_what_is_shown()
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.Start();
        string url = server.Serve("heart_rate.json", """[{"user_id":"u1","date_time":"2024-01-01T00:00:00","value":60}]"""u8.ToArray());
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "plan", url + "?part=1", url + "?part=2", "--work", "work");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("Two files are named " + url + "?…", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_holds_no_user_of_a_URL()
    {
        using Workplace place = Workplace.Empty();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "plan", "https://ada:s3cret@localhost:1/a.zip", "--work", "work");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("PATH holds a user or a password", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place["work"]));
    }

    [Fact]
    public void A_dictionary_is_read_from_a_server()
    {
        using Workplace place = Workplace.Empty();
        using FileServer server = FileServer.Start();
        string file = Path.Combine(Repository.Root, "tests", "data", "lexicon", "entries.jsonl");
        string url = server.Serve(Path.GetFileName(file), File.ReadAllBytes(file));
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "lexicon", "ingest", "--source", "w", "--file", file, "--to", "ndjson:one.ndjson").ExitCode);
        Outcome remote = HealthIngestionProcess.Run(place.Directory, "lexicon", "ingest", "--source", "w", "--file", url, "--to", "ndjson:many.ndjson");
        Assert.True(remote.ExitCode == 0, remote.Error);
        Assert.Equal(File.ReadAllText(place["one.ndjson"]), File.ReadAllText(place["many.ndjson"]));
    }

    private static Outcome Run(Workplace place, FileServer server, params string[] urls) => HealthIngestionProcess.Run(
        place.Directory,
        server.Url.StartsWith("https", StringComparison.Ordinal) ? [("SSL_CERT_FILE", place["ca.pem"])] : [],
        [.. urls, "--to", "ndjson:many.ndjson", "--stats-json", "stats.json", "--quiet"]);

    /// <summary>Serves the files of a folder that are input.</summary>
    private static string[] Serve(FileServer server, string form, string folder)
    {
        string[] files = [.. Directory.GetFiles(folder).Where(f => !Path.GetFileName(f).StartsWith("expected", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        if (form == "zip")
        {
            using MemoryStream bytes = new();
            using (ZipArchive zip = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
            {
                Array.ForEach(files, f => zip.CreateEntryFromFile(f, Path.GetFileName(f)));
            }

            return [server.Serve("export.zip", bytes.ToArray())];
        }

        return [.. files.Select(f => form == "gz" ? server.Serve(Path.GetFileName(f) + ".gz", Gzip(File.ReadAllBytes(f))) : server.Serve(Path.GetFileName(f), File.ReadAllBytes(f)))];
    }

    private static byte[] Gzip(byte[] content)
    {
        using MemoryStream bytes = new();
        using (GZipStream gzip = new(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return bytes.ToArray();
    }

    /// <summary>The rejects but for the path of the file.</summary>
    private static string Offsets(string path)
    {
        StringBuilder text = new();
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            text.AppendJoin(' ', json.RootElement.EnumerateObject().Where(p => p.Name != "file").Select(p => p.ToString())).Append('\n');
        }

        return text.ToString();
    }
}
