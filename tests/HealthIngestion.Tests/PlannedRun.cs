using System.Diagnostics;

namespace HealthIngestion.Tests;

/// <summary>The steps of a planned run through the published binary, beside the same run in one process.</summary>
internal sealed class PlannedRun(Workplace place, params string[] input)
{
    public const string Work = "work";

    public string Path(params string[] names) => System.IO.Path.Combine([place[Work], .. names]);

    /// <summary>The only file of a task with an ending, such as <c>spill</c>.</summary>
    public string FileOf(string step, int task, string ending) => Assert.Single(Directory.GetFiles(Path(step), $"{task}.*.{ending}"));

    /// <summary>Runs everything in one process, into one.ndjson, one.db and one.rejects.</summary>
    public Outcome Alone(params string[] options) => HealthIngestionProcess.Run(
        place.Directory, [.. input, .. options, "--to", "ndjson:one.ndjson", "--to", "sqlite:one.db", "--rejects", "one.rejects", "--stats-json", "one.json"]);

    public Outcome Plan(int tasks, int partitions, params string[] options) => HealthIngestionProcess.Run(
        place.Directory,
        [
            "plan", .. input, .. options, "--to", "ndjson:many.ndjson", "--to", "sqlite:many.db", "--rejects", "many.rejects",
            "--work", Work, "--tasks", $"{tasks}", "--partitions", $"{partitions}",
        ]);

    public Outcome Do(string step, params string[] options) => HealthIngestionProcess.Run(place.Directory, [step, "--work", Work, .. options]);

    public Outcome Do(string step, int task, params string[] options) => Do(step, [.. options, "--task", $"{task}"]);

    public Process Start(string step, params string[] options) =>
        HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, [], [step, "--work", Work, .. options]);

    public void MapAll(int tasks, params string[] options)
    {
        for (int task = 0; task < tasks; task++)
        {
            Good(Do("map", task, options));
        }
    }

    public void ReduceAll(int partitions, params string[] options)
    {
        for (int task = 0; task < partitions; task++)
        {
            Good(Do("reduce", task, options));
        }
    }

    /// <summary>Runs all steps and returns the outcome of the last one.</summary>
    public Outcome Run(int tasks, int partitions, params string[] options)
    {
        Good(Plan(tasks, partitions, options));
        MapAll(tasks);
        Good(Do("check"));
        ReduceAll(partitions);
        return Do("finish", "--stats-json", "many.json");
    }

    /// <summary>The planned run has left the bytes of the run in one process, and nothing else.</summary>
    public void IsSame(string name)
    {
        Assert.True(File.ReadAllBytes(place["one.ndjson"]).AsSpan().SequenceEqual(File.ReadAllBytes(place["many.ndjson"])), name + ": other rows");
        Assert.Equal(Database.Dump(place["one.db"]), Database.Dump(place["many.db"]));
        Assert.Equal(1, Database.Runs(place["many.db"]));
        Assert.Equal(place.Has("one.rejects"), place.Has("many.rejects"));
        Assert.True(!place.Has("one.rejects") || File.ReadAllText(place["one.rejects"]) == File.ReadAllText(place["many.rejects"]), name + ": other rejects");
        Assert.Equal(["check.json", "finished.json", "plan.json"], Directory.EnumerateFileSystemEntries(Path()).Select(f => System.IO.Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    /// <summary>Removes what the planned run wrote.</summary>
    public void Clear()
    {
        Directory.Delete(Path(), recursive: true);
        foreach (string name in (string[])["many.ndjson", "many.db", "many.rejects", "many.json"])
        {
            File.Delete(place[name]);
        }
    }

    public static Outcome Good(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }
}
