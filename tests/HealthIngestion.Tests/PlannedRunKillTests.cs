using System.Diagnostics;

namespace HealthIngestion.Tests;

/// <summary>Tasks of a planned run that run twice, at once, late or never to their end, and files that are not what they should be.</summary>
public sealed class PlannedRunKillTests(GeneratedData data)
{
    private const int Tasks = 3, Partitions = 2, Kills = 4;

    [Fact]
    public void Two_attempts_at_once_leave_one_output()
    {
        using Workplace place = Workplace.Empty();
        PlannedRun run = new(place, data.Small);
        PlannedRun.Good(run.Alone());
        PlannedRun.Good(run.Plan(Tasks, Partitions));
        for (int task = 0; task < Tasks; task++)
        {
            AtOnce("map", $"{task}");
            run.FileOf("map", task, "spill");
        }

        AtOnce("check");
        for (int task = 0; task < Partitions; task++)
        {
            AtOnce("reduce", $"{task}");
            run.FileOf("reduce", task, "rows");
        }

        PlannedRun.Good(run.Do("finish"));
        run.IsSame("at once");

        void AtOnce(string step, params string[] task)
        {
            string[] options = task.Length > 0 ? ["--task", .. task] : [];
            Process[] processes = [.. Enumerable.Range(0, 3).Select(_ => run.Start(step, options))];
            foreach (Process process in processes)
            {
                using (process)
                {
                    PlannedRun.Good(HealthIngestionProcess.Finish(process, Stopwatch.StartNew()));
                }
            }
        }
    }

    [Fact]
    public void Steps_that_are_killed_and_started_again_give_the_bytes_of_one_process()
    {
        using Workplace place = Workplace.Empty();
        PlannedRun run = new(place, data.Medium);
        PlannedRun.Good(run.Alone());
        PlannedRun.Good(run.Plan(Tasks, Partitions));
        Random random = new(1);
        int killed = 0;
        for (int task = 0; task < Tasks; task++)
        {
            Undisturbed("map", "--task", $"{task}");
        }

        Undisturbed("check");
        for (int task = 0; task < Partitions; task++)
        {
            Undisturbed("reduce", "--task", $"{task}");
        }

        Undisturbed("finish");
        Assert.Contains("finished before", PlannedRun.Good(run.Do("finish")).Error, StringComparison.Ordinal);
        run.IsSame("killed");
        Assert.True(killed > 0, "No kill came before the end.");

        // Kills the step a few times while it works, then lets it end. The later a kill, the more work is lost.
        void Undisturbed(string step, params string[] options)
        {
            for (int i = 0; i < Kills; i++)
            {
                using Process process = run.Start(step, options);
                long reads = random.Next(20, 20 + (60 * (i + 1)));
                HealthIngestionProcess.WaitFor(process, p => HealthIngestionProcess.Reads(p) >= reads);
                HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigkill);
                killed += HealthIngestionProcess.Finish(process, Stopwatch.StartNew()).ExitCode == 0 ? 0 : 1;
            }

            PlannedRun.Good(run.Do(step, options));
        }
    }

    [Fact]
    public void A_finish_that_dies_after_its_targets_are_complete_can_run_again()
    {
        using Workplace place = Workplace.WithFaultyData();
        PlannedRun run = new(place, "data");
        PlannedRun.Good(run.Alone());
        PlannedRun.Good(run.Plan(Tasks, Partitions));
        run.MapAll(Tasks);
        PlannedRun.Good(run.Do("check"));
        run.ReduceAll(Partitions);
        HealthIngestionProcess.RunShell(place.Directory, "cp -a work before");
        PlannedRun.Good(run.Do("finish"));
        HealthIngestionProcess.RunShell(place.Directory, "rm -r work; mv before work");
        PlannedRun.Good(run.Do("finish"));
        run.IsSame("again");
    }

    [Fact]
    public void Tasks_that_start_late_have_nothing_to_do()
    {
        using Workplace place = Workplace.WithFaultyData();
        PlannedRun run = new(place, "data");
        PlannedRun.Good(run.Alone());
        PlannedRun.Good(run.Run(Tasks, Partitions));
        Assert.Contains("was done before", PlannedRun.Good(run.Do("map", 1)).Error, StringComparison.Ordinal);
        Assert.Contains("was checked before", PlannedRun.Good(run.Do("check")).Error, StringComparison.Ordinal);
        Assert.Contains("was done before", PlannedRun.Good(run.Do("reduce", 1)).Error, StringComparison.Ordinal);
        Assert.Contains("was finished before", PlannedRun.Good(run.Do("finish")).Error, StringComparison.Ordinal);
        Assert.Contains("finish  done\n", HealthIngestionProcess.Run(place.Directory, "status", PlannedRun.Work).Output, StringComparison.Ordinal);
        run.IsSame("late");
    }

    /// <summary>What happens to a file, the step that must fail, and what it says.</summary>
    [Theory]
    [InlineData("cut map", "check", "is cut off")]
    [InlineData("remove map", "check", "is missing")]
    [InlineData("swap map", "check", "is that of task 1, not of task 0")]
    [InlineData("other-run map", "check", "is that of another run")]
    [InlineData("flip map", "reduce", "is damaged: a checksum is wrong")]
    [InlineData("manifest map", "check", "is that of another run or task")]
    [InlineData("text map", "check", "is damaged: ")]
    [InlineData("cut reduce", "finish", "cut off")]
    [InlineData("flip reduce", "finish", "is damaged: a checksum is wrong")]
    [InlineData("swap reduce", "finish", "is that of task 1, not of task 0")]
    [InlineData("flip rejects", "finish", "its length or checksum is wrong")]
    public void A_file_that_is_not_what_it_should_be_is_named(string damage, string failing, string message)
    {
        using Workplace place = Workplace.Empty();
        HealthIngestionProcess.RunShell(place.Directory, "for i in 0 1 2 3 4 5 6 7 8 9; do printf '{\"user_id\":\"u%d\",\"date_time\":\"2024-01-0%dT08:00:00\",\"value\":6%d}\\n{}\\n' $i $((1+i%5)) $i; done > heart_rate.ndjson");
        PlannedRun run = new(place, "heart_rate.ndjson");
        PlannedRun.Good(run.Plan(2, 2, "--chunk-size", "100"));
        run.MapAll(2);
        string file = Damage("map");
        Outcome outcome = run.Do("check");
        if (failing != "check")
        {
            PlannedRun.Good(outcome);
            Outcome[] reduced = [run.Do("reduce", 0), run.Do("reduce", 1)];
            if (failing == "finish")
            {
                Assert.All(reduced, r => PlannedRun.Good(r));
                file += Damage("reduce");
                outcome = run.Do("finish");
            }
            else
            {
                outcome = reduced.First(r => r.ExitCode != 0);
            }
        }

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(message, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(file), outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.False(place.Has("many.ndjson") || place.Has("many.db") || place.Has("many.rejects"));

        string Damage(string step)
        {
            if (!damage.EndsWith(step, StringComparison.Ordinal) && !(damage == "flip rejects" && step == "map"))
            {
                return "";
            }

            string ending = damage == "flip rejects" ? "rejects" : step == "map" ? "spill" : "rows";
            string first = run.FileOf(step, 0, ending), second = run.FileOf(step, 1, ending), manifest = run.Path(step, "0.json");
            switch (damage.Split(' ')[0])
            {
                case "cut":
                    using (FileStream stream = File.OpenWrite(first))
                    {
                        stream.SetLength(stream.Length - 7);
                    }

                    return first;
                case "remove":
                    File.Delete(first);
                    return first;
                case "swap":
                    File.Copy(second, first, overwrite: true);
                    return first;
                case "other-run":
                    byte[] other = File.ReadAllBytes(first);
                    other[20] ^= 1;
                    File.WriteAllBytes(first, other);
                    return first;
                case "flip":
                    byte[] bytes = File.ReadAllBytes(first);
                    bytes[60] ^= 1;
                    File.WriteAllBytes(first, bytes);
                    return first;
                case "manifest":
                    File.Copy(run.Path(step, "1.json"), manifest, overwrite: true);
                    return manifest;
                default:
                    File.WriteAllText(manifest, File.ReadAllText(manifest)[..100]);
                    return manifest;
            }
        }
    }
}
