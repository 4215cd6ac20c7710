using System.Diagnostics;
using System.Text;
using FastIngest.Tests.Net;

namespace HealthIngestion.Tests.Remote;

/// <summary>
/// A planned run whose work folder is in S3 leaves the bytes of one process, whatever fails. The server verifies signatures and
/// checksums, and honours the condition of a write.
/// </summary>
public sealed class S3WorkTests(GeneratedData data)
{
    private const string Work = "s3://exports/runs/one";

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(3, 1)]
    [InlineData(3, 4)]
    public void Any_number_of_tasks_gives_the_bytes_of_one_process(int tasks, int partitions)
    {
        using Workplace place = Workplace.Empty();
        using S3Server server = new();
        string set = Repository.Set("quirks");
        Outcome alone = HealthIngestionProcess.Run(place.Directory, set, "--to", "ndjson:one.ndjson", "--rejects", "one.rejects");
        PlannedRun.Good(Plan(place, server, set, tasks, partitions, "--chunk-size", "200"));
        RunTasks(place, server, tasks, partitions);
        Outcome finish = Do(place, server, "finish");
        Assert.Equal(alone.ExitCode, finish.ExitCode);
        Assert.Equal(File.ReadAllText(place["one.ndjson"]), File.ReadAllText(place["many.ndjson"]));
        Assert.Equal(File.ReadAllText(place["one.rejects"]), File.ReadAllText(place["many.rejects"]));
        Assert.Equal(["runs/one/check.json", "runs/one/finished.json", "runs/one/plan.json"], server.Objects.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("was done before", Do(place, server, "map", "--task", "0").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Larger_files_are_uploaded_in_parts()
    {
        using Workplace place = Workplace.Empty();
        using S3Server server = new();
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, data.Directory, "--to", "ndjson:one.ndjson", "--quiet"));
        PlannedRun.Good(Plan(place, server, data.Directory, 1, 1));
        RunTasks(place, server, 1, 1);
        Assert.Contains(server.Requests, r => r.Contains("partNumber=2", StringComparison.Ordinal));
        PlannedRun.Good(Do(place, server, "finish"));
        Assert.True(File.ReadAllBytes(place["one.ndjson"]).AsSpan().SequenceEqual(File.ReadAllBytes(place["many.ndjson"])));
    }

    [Fact]
    public void Lost_responses_are_found_out_by_what_is_stored()
    {
        using Workplace place = Workplace.Empty();
        using S3Server server = new();
        HashSet<string> lost = [];
        server.LosesResponse = request => lost.Add(request.Split('?')[0]);
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, Repository.Set("default"), "--to", "ndjson:one.ndjson", "--quiet"));
        PlannedRun.Good(Plan(place, server, Repository.Set("default"), 2, 2));
        for (int task = 0; task < 2; task++)
        {
            // The attempt counts although the server refused its second request.
            Assert.Contains($"map task {task} is done", PlannedRun.Good(Do(place, server, "map", "--task", $"{task}")).Error, StringComparison.Ordinal);
        }

        PlannedRun.Good(Do(place, server, "check"));
        PlannedRun.Good(Do(place, server, "reduce", "--task", "0"));
        PlannedRun.Good(Do(place, server, "reduce", "--task", "1"));
        PlannedRun.Good(Do(place, server, "finish"));
        Assert.Equal(File.ReadAllText(place["one.ndjson"]), File.ReadAllText(place["many.ndjson"]));
        Assert.Contains("runs/one/map/0.json", server.Refused);
    }

    [Fact]
    public void Of_attempts_at_once_one_counts_and_the_others_leave_nothing()
    {
        using Workplace place = Workplace.Empty();
        using S3Server server = new();
        PlannedRun.Good(Plan(place, server, data.Small, 1, 1));
        Process[] attempts = [.. Enumerable.Range(0, 4).Select(_ => HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, server.Environment, "map", "--work", Work, "--task", "0"))];
        Outcome[] outcomes = [.. attempts.Select(p => PlannedRun.Good(HealthIngestionProcess.Finish(p, Stopwatch.StartNew())))];
        Assert.Single(server.Objects.Keys, k => k.EndsWith(".spill", StringComparison.Ordinal));
        Assert.Single(server.Objects.Keys, k => k == "runs/one/map/0.json");
        Array.ForEach(attempts, p => p.Dispose());
    }

    [Fact]
    public void The_status_and_missing_tasks_are_known()
    {
        using Workplace place = Workplace.WithData();
        using S3Server server = new();
        PlannedRun.Good(Plan(place, server, "data", 2, 1));
        PlannedRun.Good(Do(place, server, "map", "--task", "1"));
        string note = server.Objects.Keys.Single(k => k.StartsWith("runs/one/notes/map-1.", StringComparison.Ordinal));
        string running = Encoding.UTF8.GetString(server.Objects[note]).Replace("\"task\": 1", "\"task\": 0", StringComparison.Ordinal).Replace("\"state\": 1", "\"state\": 0", StringComparison.Ordinal);
        server.Objects["runs/one/notes/map-0.0d.json"] = Encoding.UTF8.GetBytes(running);
        Outcome status = HealthIngestionProcess.Run(place.Directory, server.Environment, "status", Work);
        Assert.Matches(@"\nmap     1 of 2 done, 1 silent; [^\n]*; not done: 0\ncheck   not done\n", status.Output);
        Assert.Contains("has noted nothing since 2024-01-02T03:04:05Z", status.Output, StringComparison.Ordinal);
        Outcome check = Do(place, server, "check");
        Assert.Equal(75, check.ExitCode);
        Assert.Contains("1 of 2 tasks of map is not done: 0", check.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_object_and_another_plan_are_errors_that_name_it()
    {
        using Workplace place = Workplace.WithData();
        using S3Server server = new();
        PlannedRun.Good(Plan(place, server, "data", 1, 1));
        Outcome other = Plan(place, server, "data", 2, 1);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("s3://exports/runs/one/plan.json is another plan", other.OnlyErrorLine, StringComparison.Ordinal);
        PlannedRun.Good(Do(place, server, "map", "--task", "0"));
        string spill = server.Objects.Keys.Single(k => k.EndsWith(".spill", StringComparison.Ordinal));
        server.Objects[spill] = server.Objects[spill][..^1];
        Outcome check = Do(place, server, "check");
        Assert.Equal(1, check.ExitCode);
        Assert.Contains($"s3://exports/{spill} is cut off", check.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_ignores_conditions_is_refused()
    {
        using Workplace place = Workplace.WithData();
        using S3Server server = new() { IgnoresConditions = true };
        Outcome plan = Plan(place, server, "data", 1, 1);
        Assert.Equal(1, plan.ExitCode);
        Assert.Contains("ignores the condition If-None-Match", plan.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(server.Objects);
    }

    [Theory]
    [InlineData(1, "names no folder", "plan", "data", "--work", "s3://exports")]
    [InlineData(2, "lies in s3://exports/runs/", "plan", "s3://exports/runs/", "--work", "s3://exports/runs/one")]
    [InlineData(2, "is no work folder", "plan", "data", "--work", "https://localhost/run")]
    [InlineData(2, "is no work folder", "status", "http://localhost/run")]
    [InlineData(1, "s3://exports/runs/none/plan.json does not exist", "map", "--task", "0", "--work", "s3://exports/runs/none")]
    public void What_cannot_be_a_work_folder_is_said(int exitCode, string message, params string[] arguments)
    {
        using Workplace place = Workplace.WithData();
        using S3Server server = new();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, server.Environment, arguments);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(message, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(server.Objects);
    }

    [Fact]
    public void Records_and_dictionaries_go_through_S3_too()
    {
        using Workplace place = Workplace.Empty();
        using S3Server server = new();
        string set = Repository.Set("default");
        string[] chunks = ["--chunk-size", "200"];
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, [set, .. chunks, "--workers", "1", "--to", "protobuf:one.pb", "--quiet"]));
        PlannedRun.Good(Plan(place, server, set, 3, 2, [.. chunks, "--to", "protobuf:many.pb"]));
        RunTasks(place, server, 3, 2);
        PlannedRun.Good(Do(place, server, "finish"));
        Assert.Equal(File.ReadAllBytes(place["one.pb"]), File.ReadAllBytes(place["many.pb"]));

        server.Objects.Clear();
        string[] load = ["--source", "w", "--file", Path.Combine(Repository.Root, "tests", "data", "lexicon", "entries.jsonl")];
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, ["lexicon", "ingest", .. load, "--to", "ndjson:words.ndjson", "--quiet"]));
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, server.Environment, ["lexicon", "plan", .. load, "--to", "ndjson:shared.ndjson", "--work", Work, "--tasks", "3"]));
        RunTasks(place, server, 3, 0);
        PlannedRun.Good(Do(place, server, "finish"));
        Assert.Equal(File.ReadAllText(place["words.ndjson"]), File.ReadAllText(place["shared.ndjson"]));
        Assert.Equal(["runs/one/check.json", "runs/one/finished.json", "runs/one/plan.json"], server.Objects.Keys.Order(StringComparer.Ordinal));
    }

    private static Outcome Plan(Workplace place, S3Server server, string input, int tasks, int partitions, params string[] options) => HealthIngestionProcess.Run(
        place.Directory, server.Environment,
        ["plan", input, .. options, "--to", "ndjson:many.ndjson", "--rejects", "many.rejects", "--work", Work, "--tasks", $"{tasks}", "--partitions", $"{partitions}"]);

    private static Outcome Do(Workplace place, S3Server server, string step, params string[] options) =>
        HealthIngestionProcess.Run(place.Directory, server.Environment, [step, "--work", Work, .. options]);

    private static void RunTasks(Workplace place, S3Server server, int tasks, int partitions)
    {
        for (int task = 0; task < tasks; task++)
        {
            PlannedRun.Good(Do(place, server, "map", "--task", $"{task}"));
        }

        PlannedRun.Good(Do(place, server, "check"));
        for (int task = 0; task < partitions; task++)
        {
            PlannedRun.Good(Do(place, server, "reduce", "--task", $"{task}"));
        }
    }
}
