using System.Text.RegularExpressions;
using FastIngest.Tests.Support;

namespace HealthIngestion.Tests;

/// <summary>The scripts of <c>deploy/slurm</c> under a real Slurm: arrays, dependencies, and tasks that are queued again.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed partial class SlurmTests(SlurmCluster slurm, GeneratedData data) : IClassFixture<SlurmCluster>
{
    private static readonly string Scripts = Path.Combine(Repository.Root, "deploy", "slurm");

    [Fact]
    public void An_array_and_its_chain_give_the_bytes_of_one_process_though_a_running_task_is_queued_again()
    {
        slurm.Start();
        using Workplace place = Workplace.Empty();
        PlannedRun run = new(place, data.Small);
        PlannedRun.Good(run.Alone());

        // The first attempt of map task 1 stops as it starts, so that it surely runs when Slurm kills it.
        string program = Program(place, $$"""
            if [[ $1 == map && $SLURM_ARRAY_TASK_ID == 1 && -z ${SLURM_RESTART_COUNT:-} ]]; then
                '{{HealthIngestionProcess.Path}}' "$@" &
                kill -STOP $!
                touch '{{place["held"]}}'
                wait
            fi
            exec '{{HealthIngestionProcess.Path}}' "$@"
            """);
        Outcome submitted = PlannedRun.Good(slurm.Run(
            place.Directory, Environment(program), Path.Combine(Scripts, "submit.sh"), place[PlannedRun.Work], "8", "4", "--to", $"ndjson:{place["many.ndjson"]}", "--to",
            $"sqlite:{place["many.db"]}", "--rejects", place["many.rejects"], data.Small));
        Match jobs = Jobs().Match(submitted.Output);
        Assert.True(jobs.Success, submitted.Output);
        string map = jobs.Groups[1].Value, finish = jobs.Groups[4].Value;

        Poll.Until(() => place.Has("held"), "Map task 1 does not start.");
        Assert.Equal("PENDING", slurm.StateOf(jobs.Groups[2].Value));
        PlannedRun.Good(slurm.Ask("scontrol", "requeue", $"{map}_1"));
        SlurmCluster.Until(() => slurm.StateOf(finish) is "COMPLETED" or "FAILED" or "CANCELLED", () => "The run does not end: " + slurm.Ask("squeue").Output);
        Assert.Equal("COMPLETED", slurm.StateOf(finish));
        Assert.Equal("1", slurm.Field($"{map}_1", "Restarts"));
        Assert.Equal("0", slurm.Field($"{map}_2", "Restarts"));
        RemoveLogs(run, 1 + 8 + 1 + 4);
        run.IsSame("slurm");
    }

    [Fact]
    public void A_step_that_comes_too_early_is_queued_again_by_its_exit_code()
    {
        slurm.Start();
        using Workplace place = Workplace.WithFaultyData();
        PlannedRun run = new(place, "data");
        PlannedRun.Good(run.Alone());
        PlannedRun.Good(run.Plan(2, 1));
        string check = Submit(place, "check");
        SlurmCluster.Until(() => slurm.Field(check, "Restarts") == "1", () => "Exit code 75 does not bring the task back into the queue.");
        string map = Submit(place, "map", "--array=0-1");
        SlurmCluster.Until(() => slurm.StateOf(check) is "COMPLETED" or "FAILED", () => "The check does not end: " + slurm.Ask("squeue").Output);
        Assert.Equal("COMPLETED", slurm.StateOf(check));
        Assert.Equal("COMPLETED", slurm.StateOf($"{map}_1"));
        PlannedRun.Good(run.Do("reduce", 0));
        PlannedRun.Good(run.Do("finish"));
        Directory.Delete(place["logs"], recursive: true);
        run.IsSame("early");
    }

    [Fact]
    public void A_task_that_fails_for_good_stops_the_chain()
    {
        slurm.Start();
        using Workplace place = Workplace.WithData();
        string program = Program(place, $"""
            '{HealthIngestionProcess.Path}' "$@" || exit
            if [[ $1 == plan ]]; then
                echo >> '{place["data/heart_rate.ndjson"]}'
            fi
            """);
        Outcome submitted = PlannedRun.Good(slurm.Run(
            place.Directory, Environment(program), Path.Combine(Scripts, "submit.sh"), place[PlannedRun.Work], "1", "1", "--to", $"ndjson:{place["many.ndjson"]}", place["data"]));
        Match jobs = Jobs().Match(submitted.Output);
        Assert.True(jobs.Success, submitted.Output);
        string[] states = [];
        SlurmCluster.Until(
            () =>
            {
                states = [.. Enumerable.Range(1, 4).Select(j => slurm.StateOf(jobs.Groups[j].Value))];
                return states is ["FAILED", "CANCELLED", "CANCELLED", "CANCELLED"];
            },
            () => $"The chain goes on: {string.Join(' ', states)}.");
        Assert.Contains("is not the file that was planned", File.ReadAllText(Directory.GetFiles(place[PlannedRun.Work], "slurm-map-*.log")[0]), StringComparison.Ordinal);
        Assert.False(place.Has("many.ndjson"));
    }

    [Fact]
    public void A_dictionary_has_no_reduce_tasks()
    {
        slurm.Start();
        using Workplace place = Workplace.Empty();
        string[] load = ["--source", "w", "--file", Path.Combine(Repository.Root, "tests", "data", "lexicon", "entries.jsonl")];
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, ["lexicon", "ingest", .. load, "--to", $"ndjson:{place["one.ndjson"]}"]));
        Outcome submitted = PlannedRun.Good(slurm.Run(
            place.Directory, Environment(HealthIngestionProcess.Path), Path.Combine(Scripts, "submit.sh"), [place[PlannedRun.Work], "3", "0", .. load, "--to", $"ndjson:{place["many.ndjson"]}"]));
        Match jobs = DictionaryJobs().Match(submitted.Output);
        Assert.True(jobs.Success, submitted.Output);
        string finish = jobs.Groups[3].Value;
        SlurmCluster.Until(() => slurm.StateOf(finish) is "COMPLETED" or "FAILED" or "CANCELLED", () => "The run does not end: " + slurm.Ask("squeue").Output);
        Assert.Equal("COMPLETED", slurm.StateOf(finish));
        Assert.Equal(File.ReadAllText(place["one.ndjson"]), File.ReadAllText(place["many.ndjson"]));
    }

    private static (string Name, string Value)[] Environment(string program) => [("HEALTH_INGESTION", program), ("TASK_CPUS", "1"), ("TASK_MEMORY_MIB", "400"), ("RETRY_SECONDS", "1")];

    /// <summary>A script that is given to Slurm instead of the program, which it calls.</summary>
    private static string Program(Workplace place, string script)
    {
        File.WriteAllText(place["program"], "#!/bin/bash\n" + script + "\n");
        File.SetUnixFileMode(place["program"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return place["program"];
    }

    private string Submit(Workplace place, string step, params string[] options)
    {
        Directory.CreateDirectory(place["logs"]);
        return PlannedRun.Good(slurm.Run(
            place.Directory,
            [.. Environment(HealthIngestionProcess.Path), ("WORK", place[PlannedRun.Work]), ("STEP_OPTIONS", "--workers 1")],
            "sbatch", ["--parsable", "--requeue", $"--output={place["logs"]}/{step}-%j.log", "--mem=400M", .. options, Path.Combine(Scripts, "step.sh"), step])).Output.Trim();
    }

    private static void RemoveLogs(PlannedRun run, int count)
    {
        string[] logs = Directory.GetFiles(run.Path(), "slurm-*.log");
        Assert.Equal(count, logs.Length);
        Array.ForEach(logs, File.Delete);
    }

    [GeneratedRegex(@"^map (\d+), check (\d+), reduce (\d+), finish (\d+); see: .* status ", RegexOptions.Multiline)]
    private static partial Regex Jobs();

    [GeneratedRegex(@"^map (\d+), check (\d+), finish (\d+); see: .* status ", RegexOptions.Multiline)]
    private static partial Regex DictionaryJobs();
}
