using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Support;

namespace HealthIngestion.Tests;

/// <summary>The file of <c>--metrics-file</c>: what is in it, who can read it, and what Debian's Prometheus and node exporter make of it.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class MetricsFileTests(GeneratedData data)
{
    private const UnixFileMode All = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    [Fact]
    public void Prometheus_scrapes_the_file_from_the_node_exporter_and_finds_the_figures_of_the_run()
    {
        using PrometheusServers servers = new();
        using Workplace place = Workplace.WithFaultyData();
        string file = Path.Combine(servers.Metrics, "health.prom");
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:a.ndjson", "--metrics-file", file));
        Outcome check = HealthIngestionProcess.RunShell(place.Directory, $"promtool check metrics < '{file}'");
        Assert.True(check.ExitCode == 0, check.Output + check.Error);

        string served = servers.Exported();
        Assert.Contains("""health_ingestion_records{category="heart_rate",command="ingest",outcome="rejected"} 2""", served, StringComparison.Ordinal);
        Assert.Contains("node_textfile_scrape_error 0", served, StringComparison.Ordinal);
        string answer = "";
        Poll.Until(() => (answer = servers.Query("sum(health_ingestion_records)")).Contains("\"value\"", StringComparison.Ordinal), "Prometheus has no such metric.");
        using JsonDocument json = JsonDocument.Parse(answer);
        Assert.Equal(Workplace.Records.ToString(CultureInfo.InvariantCulture), json.RootElement.GetProperty("data").GetProperty("result")[0].GetProperty("value")[1].GetString());
        Assert.Contains("\"1\"", servers.Query("health_ingestion_success"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_there_while_the_run_works_and_says_how_it_ended()
    {
        using Workplace place = Workplace.Empty();
        using (Process process = HealthIngestionProcess.Start(
            HealthIngestionProcess.Path, place.Directory, [], data.Directory, "--progress", "none", "--to", "ndjson:-", "--metrics-file", "a.prom"))
        {
            // Nobody reads the rows, so that the run cannot end before the signal.
            Assert.StartsWith("{", process.StandardOutput.ReadLine(), StringComparison.Ordinal);
            HealthIngestionProcess.WaitFor(process, _ => place.Has("a.prom") && Value(place, "running") == 1 && Value(place, "read_records") > 0);
            HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigterm);
            Assert.True(process.WaitForExit(Poll.Deadline), "The run does not end.");
            Assert.Equal(143, process.ExitCode);
        }

        Assert.Equal(0, Value(place, "running"));
        Assert.Equal(143, Value(place, "exit_code"));
        Assert.Equal(0, Value(place, "success"));
        Assert.InRange(Value(place, "end_time_seconds"), Value(place, "start_time_seconds"), (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds + 1);

        Outcome failed = HealthIngestionProcess.Run(place.Directory, "none", "--metrics-file", "a.prom");
        Assert.Equal(1, failed.ExitCode);
        Assert.Equal(1, Value(place, "exit_code"));

        // Nothing of it is left beside it.
        Assert.Equal(["a.prom"], place.Files());
    }

    [Fact]
    public void Another_user_can_read_the_file_unless_the_umask_forbids_it_and_it_names_no_person()
    {
        using Workplace place = Workplace.WithFaultyData();
        foreach ((string mask, UnixFileMode mode) in (ReadOnlySpan<(string, UnixFileMode)>)[("022", All), ("077", UnixFileMode.UserRead | UnixFileMode.UserWrite)])
        {
            PlannedRun.Good(HealthIngestionProcess.RunShell(place.Directory, $"umask {mask}; $BIN data --to ndjson:a.ndjson --metrics-file a.prom"));
            Assert.Equal(mode, File.GetUnixFileMode(place["a.prom"]));
        }

        string text = File.ReadAllText(place["a.prom"]);
        Assert.All(["u1", "u2", "Ada", Environment.MachineName, place.Directory, "a.ndjson"], word => Assert.DoesNotContain(word, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Dictionaries_deliveries_and_steps_have_their_figures()
    {
        using Workplace place = Workplace.WithFaultyData();
        File.WriteAllText(place["words.jsonl"], """
            {"word":"hound","lang_code":"en","pos":"noun","senses":[{"glosses":["A dog."]}]}
            not JSON

            """);
        HealthIngestionProcess.Run(place.Directory, "lexicon", "ingest", "--source", "w", "--file", "words.jsonl", "--to", "sqlite:w.db", "--metrics-file", "a.prom");
        Assert.Equal(2, Value(place, "records"));
        Assert.Contains("health_ingestion_rejects{command=\"lexicon ingest\",reason=\"", File.ReadAllText(place["a.prom"]), StringComparison.Ordinal);
        Assert.Equal(1, Value(place, "entries", "result=\"loaded\""));

        using ApiServer api = ApiServer.Start();
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "data", "--to", "sqlite:a.db"));
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "push", "--from", "sqlite:a.db", "--to", api.Url, "--metrics-file", "a.prom"));
        Assert.Equal(Workplace.Rows, Value(place, "deliveries", "result=\"delivered\""));

        PlannedRun run = new(place, "data");
        PlannedRun.Good(run.Plan(2, 1, "--metrics-file", "plan.prom"));
        PlannedRun.Good(run.Do("map", 0, "--metrics-file", "a.prom"));
        double first = Value(place, "read_records", "task=\"0\"");
        long bytes = (long)Value(place, "input_bytes", "task=\"0\"");
        PlannedRun.Good(run.Do("map", 1, "--metrics-file", "a.prom"));
        Assert.Equal(Workplace.Records, first + Value(place, "read_records", "task=\"1\""));
        Assert.Equal(Directory.GetFiles(place["data"]).Sum(f => new FileInfo(f).Length), bytes + (long)Value(place, "input_bytes", "task=\"1\""));
        PlannedRun.Good(run.Do("check", "--metrics-file", "a.prom"));
        PlannedRun.Good(run.Do("reduce", 0, "--metrics-file", "a.prom"));
        Assert.Equal(Workplace.Rows, Value(place, "written_rows"));
        PlannedRun.Good(run.Do("finish", "--metrics-file", "a.prom"));
        Assert.Equal(Workplace.Rows, Value(place, "rows"));
        Assert.Equal(Workplace.Rejected, Value(place, "records", "category=\"heart_rate\",outcome=\"rejected\""));
        Assert.Contains("command=\"plan\"", File.ReadAllText(place["plan.prom"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Exports_and_vectors_have_their_figures_and_no_other_file_is_overwritten()
    {
        using Workplace place = Workplace.WithData();
        using EmbeddingStandIn server = new();
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "data", "--to", "sqlite:a.db"));
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "embed", "--from", "sqlite:a.db", "--api", server.Url, "--metrics-file", "a.prom"));
        Assert.Equal(Workplace.Rows, Value(place, "embeddings", "result=\"embedded\""));
        Assert.Equal(1, Value(place, "success", "command=\"embed\""));
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "embed", "--from", "sqlite:a.db", "--api", server.Url, "--metrics-file", "a.prom"));
        Assert.Equal(Workplace.Rows, Value(place, "embeddings", "result=\"unchanged\""));

        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "export", "--from", "sqlite:a.db", "--format", "csv", "--out", "out", "--metrics-file", "a.prom"));
        Assert.Equal(Workplace.Rows, Value(place, "exported_rows", "table=\"daily_summaries\""));
        Assert.Equal(1, Value(place, "success", "command=\"export\""));
        Assert.Equal(1, HealthIngestionProcess.Run(place.Directory, "export", "--from", "sqlite:none.db", "--format", "csv", "--metrics-file", "a.prom").ExitCode);
        Assert.Equal(0, Value(place, "success", "command=\"export\""));

        byte[] before = File.ReadAllBytes(place["a.db"]);
        foreach (string[] arguments in (string[][])[["export", "--format", "csv", "--out", "out"], ["embed", "--api", server.Url], ["push", "--to", server.Url]])
        {
            Outcome clash = HealthIngestionProcess.Run(place.Directory, [.. arguments, "--from", "sqlite:a.db", "--metrics-file", "./a.db"]);
            Assert.Equal(2, clash.ExitCode);
            Assert.Contains("--from and --metrics-file both name", clash.OnlyErrorLine, StringComparison.Ordinal);
        }

        Outcome same = HealthIngestionProcess.Run(place.Directory, "export", "--from", "sqlite:a.db", "--format", "csv", "--out", "out", "--metrics-file", "out/daily_summaries.csv");
        Assert.Contains("--out and --metrics-file both name", same.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(place["a.db"]));
    }

    [Theory]
    [InlineData("none/a.prom", "there is no directory")]
    [InlineData("folder", "is not a regular file")]
    [InlineData("/dev/null", "is not a regular file")]
    public void A_file_that_could_not_be_written_is_an_error_before_the_work_begins(string file, string message)
    {
        using Workplace place = Workplace.WithData();
        Directory.CreateDirectory(place["folder"]);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:a.ndjson", "--metrics-file", file);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(message, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.False(place.Has("a.ndjson"));
    }

    [Theory]
    [InlineData("data/heart_rate.ndjson", "--metrics-file would write")]
    [InlineData("a.ndjson", "--to and --metrics-file both write to")]
    [InlineData("rejects.ndjson", "--rejects and --metrics-file both write to")]
    public void A_file_that_is_read_or_written_otherwise_is_wrong_usage(string file, string message)
    {
        using Workplace place = Workplace.WithData();
        string before = File.ReadAllText(place["data/heart_rate.ndjson"]);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:a.ndjson", "--metrics-file", file);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(place["data/heart_rate.ndjson"]));
    }

    [Fact]
    public void A_folder_that_is_gone_at_the_end_is_a_warning_and_the_run_is_complete()
    {
        using Workplace place = Workplace.WithData();
        Directory.CreateDirectory(place["m"]);
        Outcome outcome = PlannedRun.Good(HealthIngestionProcess.RunShell(
            place.Directory, "mkfifo in.ndjson; $BIN in.ndjson --category heart_rate --to ndjson:a.ndjson --metrics-file m/a.prom & until [ -e m/a.prom ]; do sleep 0.05; done; rm -r m; cat data/heart_rate.ndjson > in.ndjson; wait $!"));
        Assert.Single(outcome.ErrorLines, l => l.Contains("--metrics-file m/a.prom cannot be written", StringComparison.Ordinal));
        Assert.True(place.Has("a.ndjson"));
    }

    /// <summary>The only value of a metric with a label.</summary>
    private static double Value(Workplace place, string metric, string label = "command=") => double.Parse(
        Assert.Single(File.ReadLines(place["a.prom"]), l => l.StartsWith($"health_ingestion_{metric}{{", StringComparison.Ordinal) && l.Contains(label, StringComparison.Ordinal)).Split(' ')[^1],
        CultureInfo.InvariantCulture);
}
