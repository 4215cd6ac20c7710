using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>A run that many tasks share leaves the bytes of the same run in one process, however it is divided.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PlannedRunTests(GeneratedData data)
{
    private static readonly int[] MapTasks = [1, 3, 16], ReduceTasks = [1, 4, 16];

    public static TheoryData<string> Sets =>
    [
        "health/default", "health/quirks", "zip", "gz", "repeats", "nested",
        .. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "tests", "data", "dialects")).Select(d => "dialects/" + Path.GetFileName(d)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Any_number_of_tasks_gives_the_bytes_of_one_process(string set)
    {
        using Workplace place = Workplace.Empty();
        (string[] input, string[] options) = Prepare(place, set);
        PlannedRun run = new(place, input);
        Outcome alone = run.Alone(options);
        Assert.True(alone.ExitCode is 0 or 3, alone.Error);
        foreach (int tasks in MapTasks)
        {
            foreach (int partitions in ReduceTasks)
            {
                Outcome many = run.Run(tasks, partitions, [.. options, "--chunk-size", "200"]);
                Assert.Equal(alone.ExitCode, many.ExitCode);
                run.IsSame($"{set} {tasks} × {partitions}");
                Assert.Equal(Counted(alone), Counted(many));
                Assert.Equal(Figures(place["one.json"]), Figures(place["many.json"]));
                run.Clear();
            }
        }
    }

    [Fact]
    public void A_task_with_a_wrong_guess_is_read_once_more()
    {
        using Workplace place = Workplace.Empty();
        (string[] input, _) = Prepare(place, "nested");
        PlannedRun run = new(place, input);
        PlannedRun.Good(run.Alone());
        PlannedRun.Good(run.Plan(16, 3, "--chunk-size", "200"));
        run.MapAll(16);
        Outcome check = PlannedRun.Good(run.Do("check"));
        Assert.Contains("tasks with a wrong start were read once more: ", check.Error, StringComparison.Ordinal);
        run.ReduceAll(3);
        PlannedRun.Good(run.Do("finish"));
        run.IsSame("nested");
    }

    [Fact]
    public void What_killed_attempts_left_is_removed_at_the_end()
    {
        using Workplace place = Workplace.Empty();
        (string[] input, _) = Prepare(place, "nested");
        PlannedRun run = new(place, input);
        PlannedRun.Good(run.Alone());
        PlannedRun.Good(run.Plan(1, 1));
        foreach (string left in (string[])["plan.json.0a", "check.json.0b", "finished.json.0c", "map/0.0d.spill", "reduce/0.0e.rows"])
        {
            File.WriteAllText(run.Path(left), "cut");
        }

        run.MapAll(1);
        PlannedRun.Good(run.Do("check"));
        run.ReduceAll(1);
        PlannedRun.Good(run.Do("finish"));
        run.IsSame("nested");
    }

    [Fact]
    public void A_partition_that_is_too_large_is_split()
    {
        using Workplace place = Workplace.Empty();
        PlannedRun run = new(place, data.Medium);
        PlannedRun.Good(run.Alone());
        PlannedRun.Good(run.Plan(3, 1));
        run.MapAll(3, "--memory-limit", "64MiB");
        PlannedRun.Good(run.Do("check"));
        Outcome reduce = PlannedRun.Good(run.Do("reduce", 0, "--memory-limit", "64MiB", "--workers", "16"));
        Assert.Contains("reduce task 0 is done", reduce.Error, StringComparison.Ordinal);
        PlannedRun.Good(run.Do("finish"));
        run.IsSame("medium");
    }

    [Fact]
    public void The_same_plan_is_the_same_bytes_and_another_one_is_refused()
    {
        using Workplace place = Workplace.WithFaultyData();
        PlannedRun run = new(place, "data");
        PlannedRun.Good(run.Plan(3, 4));
        byte[] plan = File.ReadAllBytes(run.Path("plan.json"));
        PlannedRun.Good(run.Plan(3, 4));
        Assert.Equal(plan, File.ReadAllBytes(run.Path("plan.json")));

        Outcome other = run.Plan(4, 4);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("plan.json is another plan", other.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Equal(plan, File.ReadAllBytes(run.Path("plan.json")));
    }

    [Fact]
    public void Input_that_has_changed_since_the_plan_is_an_error_that_names_it()
    {
        using Workplace place = Workplace.WithData();
        PlannedRun run = new(place, "data");
        PlannedRun.Good(run.Plan(1, 1));
        string file = place["data/heart_rate.ndjson"];
        DateTime written = File.GetLastWriteTimeUtc(file);
        File.SetLastWriteTimeUtc(file, written.AddSeconds(1));
        Refused("heart_rate.ndjson is not the file that was planned: it was last written at ");

        File.AppendAllText(file, "\n");
        Refused("heart_rate.ndjson is not the file that was planned: it had ");

        File.Delete(file);
        Refused("heart_rate.ndjson is not the file that was planned: it does not exist here");
        Assert.Empty(Directory.GetFiles(run.Path("map")));

        void Refused(string message)
        {
            Outcome outcome = run.Do("map", 0);
            Assert.Equal(1, outcome.ExitCode);
            Assert.Contains(message, outcome.OnlyErrorLine, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_step_that_comes_too_early_may_be_tried_again_and_names_what_is_missing()
    {
        using Workplace place = Workplace.WithData();
        PlannedRun run = new(place, "data");
        Assert.Contains("Make the plan first", run.Do("map", 0).OnlyErrorLine, StringComparison.Ordinal);
        PlannedRun.Good(run.Plan(4, 3));
        PlannedRun.Good(run.Do("map", 1));
        Later(run.Do("check"), "3 of 4 tasks of map are not done: 0, 2, 3");
        Later(run.Do("reduce", 0), "the map is not checked");
        Later(run.Do("finish"), "the map is not checked");
        run.MapAll(4);
        PlannedRun.Good(run.Do("check"));
        PlannedRun.Good(run.Do("reduce", 0));
        PlannedRun.Good(run.Do("reduce", 2));
        Later(run.Do("finish"), "1 of 3 tasks of reduce is not done: 1");
        Outcome status = HealthIngestionProcess.Run(place.Directory, "status", PlannedRun.Work);
        Assert.Matches(
            @"\nmap     4 of 4 done; [^;]*\ncheck   done\nreduce  2 of 3 done; [^;]*; not done: 1\nfinish  failed; [^\n]*\nfinish on [^\n]*: failed at [^\n]* with exit code 75 \(it may be tried again\): 1 of 3 tasks of reduce is not done: 1\.[^\n]*\n$",
            status.Output);
        Assert.Contains("\nfinish  failed; ", HealthIngestionProcess.Run(place.Directory, "status", "--work", PlannedRun.Work).Output, StringComparison.Ordinal);

        static void Later(Outcome outcome, string message)
        {
            Assert.Equal(75, outcome.ExitCode);
            Assert.Contains(message, outcome.OnlyErrorLine, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_task_takes_its_index_from_the_scheduler()
    {
        using Workplace place = Workplace.WithData();
        PlannedRun run = new(place, "data");
        PlannedRun.Good(run.Plan(3, 1));
        foreach ((string variable, string index) in (ReadOnlySpan<(string, string)>)[("JOB_COMPLETION_INDEX", "0"), ("SLURM_ARRAY_TASK_ID", "2")])
        {
            Outcome map = PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, [(variable, index)], "map", "--work", PlannedRun.Work));
            Assert.Contains($"map task {index} is done", map.Error, StringComparison.Ordinal);
            Assert.True(File.Exists(run.Path("map", index + ".json")));
        }

        Assert.Equal(2, run.Do("map").ExitCode);
        Assert.Equal(2, HealthIngestionProcess.Run(place.Directory, [("SLURM_ARRAY_TASK_ID", "x")], "map", "--work", PlannedRun.Work).ExitCode);
        Assert.Contains("The plan has 3 tasks of map, from 0 to 2", run.Do("map", 3).OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_else_can_read_the_work_folder()
    {
        using Workplace place = Workplace.WithFaultyData();
        PlannedRun run = new(place, "data");
        PlannedRun.Good(run.Plan(1, 1));
        PlannedRun.Good(run.Do("map", 0));
        PlannedRun.Good(run.Do("check"));
        PlannedRun.Good(run.Do("reduce", 0));
        Assert.All(
            [run.Path(), .. Directory.GetDirectories(run.Path())],
            f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(f)));
        string[] files = Directory.GetFiles(run.Path(), "*", SearchOption.AllDirectories);
        Assert.Equal(7 + 3, files.Length);
        Assert.All(files, f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
    }

    [Fact]
    public void A_plan_holds_no_password()
    {
        using Workplace place = Workplace.WithData();
        foreach (string target in (string[])["postgres://me:secret@db/health", "postgres:Host=db;Password=secret", "postgres://db/health?password=secret"])
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, "plan", "data", "--work", PlannedRun.Work, "--to", target);
            Assert.Equal(2, outcome.ExitCode);
            Assert.Contains("--to holds a password", outcome.OnlyErrorLine, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", outcome.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(place[PlannedRun.Work]));
        }
    }

    [Theory]
    [InlineData("--work data/work lies in data, which is read as input", "plan", "data", "--work", "data/work")]
    [InlineData("plan needs --work DIR", "plan", "data")]
    [InlineData("plan needs a PATH", "plan", "--work", "work")]
    [InlineData("--to names standard output", "plan", "data", "--work", "work", "--to", "ndjson:-")]
    [InlineData("--to: ", "plan", "data", "--work", "work", "--to", "http://localhost:1/ingest")]
    [InlineData("--on-fewer union reads the stored records", "plan", "data", "--work", "work", "--to", "postgres://localhost:1/db", "--records", "--on-fewer", "union")]
    [InlineData("--records: no --to names a target that stores records", "plan", "data", "--work", "work", "--records")]
    [InlineData("status needs DIR, the work folder of the run", "status")]
    public void What_a_plan_cannot_do_is_said_before_anything_is_written(string message, params string[] arguments)
    {
        using Workplace place = Workplace.WithData();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.InRange(outcome.ExitCode, 1, 2);
        Assert.Contains(message, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(place.Files());
        Assert.False(Directory.Exists(place["work"]) || Directory.Exists(place["data/work"]));
    }

    [Fact]
    public void Every_task_needs_the_key_of_the_pseudonyms()
    {
        using Workplace place = Workplace.WithData();
        string[] plan = ["plan", "data", "--work", PlannedRun.Work, "--pseudonymize", "--to", "ndjson:many.ndjson"];
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, [("PSEUDONYM_KEY", "0123456789abcdef")], plan));
        Outcome other = HealthIngestionProcess.Run(place.Directory, [("PSEUDONYM_KEY", "0123456789abcdeX")], "map", "--work", PlannedRun.Work, "--task", "0");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("The key of the pseudonyms is not that of the plan", other.OnlyErrorLine, StringComparison.Ordinal);
        foreach (string step in (string[])["map --task 0", "check", "reduce --task 0", "finish"])
        {
            PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, [("PSEUDONYM_KEY", "0123456789abcdef")], [.. step.Split(' '), "--work", PlannedRun.Work]));
        }

        HealthIngestionProcess.Run(place.Directory, [("PSEUDONYM_KEY", "0123456789abcdef")], "data", "--pseudonymize", "--to", "ndjson:one.ndjson");
        Assert.Equal(File.ReadAllText(place["one.ndjson"]), File.ReadAllText(place["many.ndjson"]));
    }

    [Fact]
    public void PostgreSQL_has_the_rows_and_the_run_once()
    {
        PostgresServer server = PostgresServer.Shared;
        string one = $"s{Guid.NewGuid():N}", many = $"s{Guid.NewGuid():N}";
        using Workplace place = Workplace.Empty();
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, data.Small, "--to", server.Url, "--schema", one, "--quiet"));
        PlannedRun run = new(place, data.Small);
        PlannedRun.Good(HealthIngestionProcess.Run(
            place.Directory, "plan", data.Small, "--to", server.Url, "--schema", many, "--work", PlannedRun.Work, "--tasks", "3", "--partitions", "4"));
        run.MapAll(3);
        PlannedRun.Good(run.Do("check"));
        run.ReduceAll(4);
        HealthIngestionProcess.RunShell(place.Directory, "cp -a work before");
        PlannedRun.Good(run.Do("finish"));

        // As after a crash between the commit and the end of the step.
        HealthIngestionProcess.RunShell(place.Directory, "rm -r work; mv before work");
        PlannedRun.Good(run.Do("finish"));
        foreach (string table in (string[])["daily_summaries", "users"])
        {
            Assert.Equal(server.Query($"SELECT t::text FROM {one}.{table} t ORDER BY 1"), server.Query($"SELECT t::text FROM {many}.{table} t ORDER BY 1"));
        }

        Assert.Equal(["1"], server.Query($"SELECT count(*) FROM {many}.ingest_runs"));
    }

    [Fact]
    public void A_work_folder_that_is_a_file_is_no_fault_that_passes()
    {
        using Workplace place = Workplace.WithData();
        File.WriteAllText(place[PlannedRun.Work], "x");
        Outcome plan = new PlannedRun(place, "data").Plan(1, 1);
        Assert.Equal(1, plan.ExitCode);
        Assert.Contains("is a file, not a folder. Name another work folder.", plan.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("health/default")]
    [InlineData("repeats")]
    [InlineData("nested")]
    [InlineData("dialects/apple-health")]
    [InlineData("dialects/fitbit")]
    [InlineData("dialects/protobuf")]
    public void Every_target_of_files_has_the_bytes_of_one_process_with_its_records(string set)
    {
        string[] targets = ["protobuf", "parquet", "csv", "arrow"];
        using Workplace place = Workplace.Empty();
        (string[] input, string[] options) = Prepare(place, set);

        // The chunks of a run are messages in a file of records, and one worker reads them in order.
        options = [.. options, "--records", "--chunk-size", "300"];
        Outcome alone = HealthIngestionProcess.Run(place.Directory, [.. input, .. options, "--workers", "1", .. To("one")]);
        Assert.True(alone.ExitCode is 0 or 3, alone.Error);
        foreach ((int tasks, int partitions) in (ReadOnlySpan<(int, int)>)[(1, 1), (1, 4), (3, 1), (3, 4)])
        {
            PlannedRun.Good(HealthIngestionProcess.Run(
                place.Directory, ["plan", .. input, .. options, .. To("many"), "--work", PlannedRun.Work, "--tasks", $"{tasks}", "--partitions", $"{partitions}"]));
            PlannedRun run = new(place, input);
            run.MapAll(tasks, "--workers", "1");
            PlannedRun.Good(run.Do("check"));
            run.ReduceAll(partitions);
            Outcome many = run.Do("finish");
            Assert.Equal(alone.ExitCode, many.ExitCode);
            Assert.Equal(Counted(alone), Counted(many));
            foreach (string target in targets)
            {
                string[] files = Written("one", target);
                Assert.Equal(files.Select(f => Path.GetFileName(f)), Written("many", target).Select(f => Path.GetFileName(f)));
                foreach ((string one, string other) in files.Zip(Written("many", target)))
                {
                    Assert.True(File.ReadAllBytes(one).AsSpan().SequenceEqual(File.ReadAllBytes(other)), $"{set} {Path.GetFileName(one)} {tasks} × {partitions}");
                }
            }

            Directory.Delete(run.Path(), recursive: true);
            Directory.Delete(place["many"], recursive: true);
        }

        string[] To(string folder)
        {
            Directory.CreateDirectory(place[folder]);
            return [.. targets.SelectMany(t => (string[])["--to", $"{t}:{folder}/{t}" + (t == "protobuf" ? ".pb" : "")]), "--rejects", $"{folder}/rejects"];
        }

        // The file of protobuf has the records as well as the others, which have one file for each category and one for the summaries.
        string[] Written(string folder, string target) =>
            target == "protobuf" ? [place[$"{folder}/protobuf.pb"]] : [.. Directory.GetFiles(place[$"{folder}/{target}"]).Order(StringComparer.Ordinal)];
    }

    /// <summary>Records are stored with the rows, replaced like those of one process, and kept or united by its rules.</summary>
    [Theory]
    [InlineData("repeats", 3, 4)]
    [InlineData("small", 3, 1)]
    [InlineData("small", 1, 4)]
    [InlineData("dialects/apple-health", 2, 2)]
    [InlineData("dialects/fitbit", 2, 2)]
    public void PostgreSQL_has_the_records_of_one_process(string set, int tasks, int partitions)
    {
        PostgresServer server = PostgresServer.Shared;
        string one = $"s{Guid.NewGuid():N}", many = $"s{Guid.NewGuid():N}";
        using Workplace place = Workplace.Empty();
        (string[] input, string[] options) = set == "small" ? ([data.Small], []) : Prepare(place, set);
        PlannedRun run = new(place, input);
        foreach (string[] more in (string[][])[["--until", set == "dialects/fitbit" ? "2024-03-31" : "2024-01-03"], [], ["--on-fewer", "keep"]])
        {
            string[] settings = [.. input, .. options, .. more, "--records", "--to", server.Url, "--to", "protobuf:records.pb", "--rejects", "rejects"];
            Outcome alone = HealthIngestionProcess.Run(place.Directory, [.. settings, "--schema", one, "--stats-json", "one.json"]);
            Assert.True(alone.ExitCode is 0 or 3, alone.Error);
            PlannedRun.Good(HealthIngestionProcess.Run(
                place.Directory, ["plan", .. settings, "--schema", many, "--work", PlannedRun.Work, "--tasks", $"{tasks}", "--partitions", $"{partitions}"]));
            run.MapAll(tasks);
            PlannedRun.Good(run.Do("check"));
            run.ReduceAll(partitions);
            Outcome finish = run.Do("finish", "--stats-json", "many.json");
            Assert.Equal(alone.ExitCode, finish.ExitCode);
            Assert.Equal(Counted(alone), Counted(finish));
            Assert.Equal(RecordLines(alone), RecordLines(finish));
            Assert.NotEmpty(RecordLines(finish));
            foreach (string table in (string[])["daily_summaries", "users", "activities", "heart_rate", "sleep", "workouts", "measurements", "meals", "samples"])
            {
                Assert.Equal(Rows(one, table), Rows(many, table));
            }

            Directory.Delete(run.Path(), recursive: true);
        }

        Assert.NotEmpty(Rows(many, set.StartsWith("dialects/", StringComparison.Ordinal) ? "samples" : "heart_rate"));
        Assert.Equal(
            server.Query($"SELECT records, aggregated, rejected, rows FROM {one}.ingest_runs ORDER BY started"),
            server.Query($"SELECT records, aggregated, rejected, rows FROM {many}.ingest_runs ORDER BY started"));

        List<string> Rows(string schema, string table) => server.Query($"SELECT t::text FROM {schema}.{table} t ORDER BY 1");

        static string[] RecordLines(Outcome outcome) => [.. outcome.ErrorLines.Where(l => l.StartsWith("records in ", StringComparison.Ordinal))];
    }

    /// <summary>The lines of the closing report that name no output and no time.</summary>
    private static string[] Counted(Outcome outcome) =>
        [.. outcome.ErrorLines.Where(l => l.StartsWith("balance: ", StringComparison.Ordinal) || l.StartsWith("warning: ", StringComparison.Ordinal) || l.Contains("unknown", StringComparison.Ordinal))];

    /// <summary>The figures of each category.</summary>
    private static string Figures(string path)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        return json.RootElement.GetProperty("categories").GetRawText();
    }

    private static (string[] Input, string[] Options) Prepare(Workplace place, string set)
    {
        string folder = Path.Combine(Repository.Root, "tests", "data", set);
        switch (set)
        {
            case "zip":
                ZipFile.CreateFromDirectory(Path.Combine(Repository.Root, "tests", "data", "health", "default"), place["export.zip"]);
                return (["export.zip"], []);
            case "gz":
                Directory.CreateDirectory(place["data"]);
                foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "tests", "data", "health", "quirks")))
                {
                    using GZipStream gz = new(File.Create(place[$"data/{Path.GetFileName(file)}.gz"]), CompressionLevel.Fastest);
                    gz.Write(File.ReadAllBytes(file));
                }

                return (["data"], []);
            case "repeats":
                Directory.CreateDirectory(place["data"]);
                File.WriteAllText(place["data/users.json"], """[{"user_id":"u1","name":"Ada"},{"user_id":"u3","name":"Cy"}]""");
                File.WriteAllText(place["data/users-2.json"], """[{"user_id":"u1","name":"Ada Lovelace"},{"user_id":"u2","name":"Bo","age":40}]""");
                File.WriteAllText(place["data/heart_rate-1.ndjson"], Rates(0, 60));
                File.WriteAllText(place["data/heart_rate-2.ndjson"], Rates(30, 90));
                File.WriteAllText(place["data/heart_rate-3.json"], "[" + Rates(50, 70).TrimEnd().Replace("\n", ",", StringComparison.Ordinal));
                return (["data"], []);
            case "nested":
                Directory.CreateDirectory(place["data"]);
                File.WriteAllText(place["data/heart_rate.json"], Nested());
                return (["data"], []);
            case var _ when set.StartsWith("dialects/", StringComparison.Ordinal):
                return (
                    [.. Directory.EnumerateFileSystemEntries(folder).Where(f => Path.GetFileName(f) is not ("args.txt" or "expected.ndjson" or "README.md")).Order(StringComparer.Ordinal)],
                    [.. File.ReadAllLines(Path.Combine(folder, "args.txt")).Where(l => l.Length > 0)]);
            default:
                return ([folder], []);
        }
    }

    private static string Rates(int from, int to)
    {
        StringBuilder text = new();
        for (int i = from; i < to; i++)
        {
            string value = i % 17 == 0 ? "\"none\"" : $"{60 + (i % 40)}";
            text.Append($$"""{"user_id":"u{{1 + (i % 4)}}","date_time":"2024-01-{{1 + (i / 10):00}}T08:{{i % 60:00}}:00","value":{{value}}{{(i % 5 == 0 ? ",\"mood\":3" : "")}}}""").Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Records that hold objects which look like records, with the same bytes between them.</summary>
    private static string Nested()
    {
        string[] inner = [.. Enumerable.Range(0, 8).Select(i => $$"""{"user_id":"wrong","date_time":"2024-02-0{{1 + i}}T09:00:00","value":99}""")];
        return "[" + string.Join(
            ",\n",
            Enumerable.Range(0, 40).Select(i => $$"""{"user_id":"u{{i % 5}}","date_time":"2024-01-01T08:{{i:00}}:00","value":{{60 + i}},"extra":[{{string.Join(",\n", inner)}}]}""")) + "]";
    }
}
