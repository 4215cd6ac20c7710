using System.Diagnostics;
using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>What <c>status</c> says of tasks that wait, run, fail, were stopped or killed, and are done.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class StatusTests(GeneratedData data)
{
    [Fact]
    public void Every_state_of_a_task_is_counted_and_named()
    {
        using Workplace place = Workplace.Empty();
        HealthIngestionProcess.RunShell(place.Directory, $"cp -a '{data.Medium}' input");
        PlannedRun run = new(place, "input");
        PlannedRun.Good(run.Plan(6, 2));
        JsonElement planned = Json(place);
        Assert.Equal("6 0 0 0 0 0 6", Counts(planned.GetProperty("map")));
        Assert.Equal(0, planned.GetProperty("map").GetProperty("bytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, planned.GetProperty("map").GetProperty("elapsed_seconds").ValueKind);
        long total = planned.GetProperty("map").GetProperty("total_bytes").GetInt64();
        Assert.Equal(Directory.GetFiles(data.Medium, "*.json").Sum(f => new FileInfo(f).Length), total);

        PlannedRun.Good(run.Do("map", 0));
        using Process running = Hold(run, 1);
        Killed(run, 2);
        Stopped(run, 3);
        Failed(place, run, 4);
        try
        {
            JsonElement status = Json(place);
            Assert.Equal("6 1 1 1 1 1 1", Counts(status.GetProperty("map")));

            // Shares have equal work, not equal bytes.
            Assert.InRange(status.GetProperty("map").GetProperty("bytes").GetInt64(), total / 12, total / 3);
            JsonElement[] attempts = [.. status.GetProperty("attempts").EnumerateArray()];
            Assert.Equal(["map 1 running", "map 2 silent", "map 3 stopped", "map 4 failed"], attempts.Select(a => $"{a.GetProperty("step")} {a.GetProperty("task")} {a.GetProperty("state")}"));
            Assert.All(attempts, a => Assert.Equal(Environment.MachineName, a.GetProperty("host").GetString()));
            Assert.Equal(running.Id, attempts[0].GetProperty("process").GetInt32());
            Assert.Equal(1, attempts[3].GetProperty("exit_code").GetInt32());
            Assert.Contains("is not the file that was planned", attempts[3].GetProperty("error").GetString(), StringComparison.Ordinal);

            string text = HealthIngestionProcess.Run(place.Directory, "status", PlannedRun.Work).Output;
            Assert.Contains("map     1 of 6 done, 1 running, 1 failed, 1 stopped, 1 silent; ", text, StringComparison.Ordinal);
            Assert.Contains("; not done: 1, 2, 3, 4, 5\n", text, StringComparison.Ordinal);
            Assert.Matches(@"\nmap 2 on \S+, process \d+: has noted nothing since \S+Z, after [^\n]*: it was killed, or its machine is gone; start the task again\n", text);
            Assert.Matches(@"\nmap 3 on \S+, process \d+: was stopped by a signal at \S+Z\n", text);
            Assert.Matches(@"\nmap 4 on \S+, process \d+: failed at \S+Z with exit code 1: \S+ is not the file that was planned: it does not exist here\. ", text);
        }
        finally
        {
            HealthIngestionProcess.Signal(running, HealthIngestionProcess.Sigcont);
            PlannedRun.Good(HealthIngestionProcess.Finish(running, Stopwatch.StartNew()));
        }

        // A retry counts instead of the attempts before it.
        run.MapAll(6);
        JsonElement mapped = Json(place);
        Assert.Equal("6 6 0 0 0 0 0", Counts(mapped.GetProperty("map")));
        Assert.Equal(total, mapped.GetProperty("map").GetProperty("bytes").GetInt64());
        Assert.Empty(mapped.GetProperty("attempts").EnumerateArray());
        PlannedRun.Good(run.Do("check"));
        run.ReduceAll(2);
        JsonElement reduced = Json(place);
        Outcome finished = PlannedRun.Good(run.Do("finish"));
        Assert.Equal(File.ReadLines(place["many.ndjson"]).Count(), reduced.GetProperty("reduce").GetProperty("rows").GetInt64());
        Assert.Equal(Records(finished), mapped.GetProperty("map").GetProperty("records").GetInt64());
        Assert.True(Json(place).GetProperty("is_finished").GetBoolean());
        Assert.False(Directory.Exists(run.Path("notes")));
    }

    [Fact]
    public void A_note_that_is_damaged_or_of_another_run_is_left_out()
    {
        using Workplace place = Workplace.WithData();
        PlannedRun run = new(place, "data");
        PlannedRun.Good(run.Plan(1, 1));
        File.WriteAllText(run.Path("notes", "map-0.a.json"), "");
        File.WriteAllText(run.Path("notes", "map-0.b.json"), """{"run":"x","task":-1}""");
        File.WriteAllBytes(run.Path("notes", "map-0.c.json"), [0, 0, 0, 0]);
        PlannedRun.Good(run.Do("map", 0));
        string note = Assert.Single(Directory.GetFiles(run.Path("notes")), f => new FileInfo(f).Length > 100);
        string text = File.ReadAllText(note);
        File.Delete(run.Path("map", "0.json"));
        foreach ((string old, string changed) in (ReadOnlySpan<(string, string)>)[("\"task\": 0", "\"task\": -1"), ("\"task\": 0", "\"task\": 7"), ("\"run\": \"", "\"run\": \"0"), ("\"state\": 1", "\"state\": 99")])
        {
            Assert.Contains(old, text, StringComparison.Ordinal);
            File.WriteAllText(note, text.Replace(old, changed, StringComparison.Ordinal));
            Assert.Equal("1 0 0 0 0 0 1", Counts(Json(place).GetProperty("map")));
        }

        // Control characters of a note do not reach the terminal.
        File.WriteAllText(note, text.Replace("\"state\": 1", "\"state\": 2", StringComparison.Ordinal).Replace("\"error\": null", "\"error\": \"\\u001b[2Jred\\nsecond\"", StringComparison.Ordinal));
        string shown = PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "status", PlannedRun.Work)).Output;
        Assert.Contains("red", shown, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', shown);
        Assert.DoesNotContain("\nsecond", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_goes_on_where_it_cannot_note_anything()
    {
        using Workplace place = Workplace.WithData();
        PlannedRun run = new(place, "data");
        PlannedRun.Good(run.Alone());
        PlannedRun.Good(run.Plan(2, 1));
        Directory.Delete(run.Path("notes"));
        File.WriteAllText(run.Path("notes"), "not a folder");
        run.MapAll(2);
        Assert.Equal("2 2 0 0 0 0 0", Counts(Json(place).GetProperty("map")));
        File.Delete(run.Path("notes"));
        PlannedRun.Good(run.Do("check"));
        PlannedRun.Good(run.Do("reduce", 0));
        PlannedRun.Good(run.Do("finish"));
        run.IsSame("without notes");
    }

    /// <summary>Starts a task that stands still while it works.</summary>
    private static Process Hold(PlannedRun run, int task)
    {
        Process process = run.Start("map", "--task", $"{task}");
        Assert.True(HealthIngestionProcess.WaitFor(process, _ => Notes(run, task).Length == 1), "The task ended before it noted anything.");
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigstop);
        return process;
    }

    private static void Killed(PlannedRun run, int task)
    {
        using Process process = Hold(run, task);
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigkill);
        process.WaitForExit();
        File.SetLastWriteTimeUtc(Notes(run, task)[0], DateTime.UtcNow.AddMinutes(-3));
    }

    private static void Stopped(PlannedRun run, int task)
    {
        using Process process = Hold(run, task);
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigterm);
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigcont);
        Assert.Equal(143, HealthIngestionProcess.Finish(process, Stopwatch.StartNew()).ExitCode);
    }

    /// <summary>An input that is not there, as on a machine that lacks the storage.</summary>
    private static void Failed(Workplace place, PlannedRun run, int task)
    {
        Directory.Move(place["input"], place["away"]);
        Assert.Equal(1, run.Do("map", task).ExitCode);
        Directory.Move(place["away"], place["input"]);
    }

    private static string[] Notes(PlannedRun run, int task) => Directory.GetFiles(run.Path("notes"), $"map-{task}.*.json");

    private static JsonElement Json(Workplace place)
    {
        Outcome outcome = PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "status", PlannedRun.Work, "--json"));
        using JsonDocument json = JsonDocument.Parse(outcome.Output);
        return json.RootElement.Clone();
    }

    private static string Counts(JsonElement step) => string.Join(
        ' ', ((string[])["tasks", "done", "running", "failed", "stopped", "silent", "waiting"]).Select(n => step.GetProperty(n).GetInt32()));

    private static long Records(Outcome finished)
    {
        string balance = Assert.Single(finished.ErrorLines, l => l.StartsWith("balance: ", StringComparison.Ordinal));
        return long.Parse(balance.Split(' ')[1].Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
    }
}
