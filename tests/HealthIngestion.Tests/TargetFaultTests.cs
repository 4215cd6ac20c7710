using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;

namespace HealthIngestion.Tests;

/// <summary>Targets that cannot take the rows: one line, exit code 1, and they are as they were.</summary>
[SupportedOSPlatform("linux")]
public sealed class TargetFaultTests(GeneratedData data)
{
    [Theory]
    [InlineData("ndjson:disk/out")]
    [InlineData("sqlite:disk/out")]
    public void A_full_disk_leaves_nothing(string target)
    {
        using Workplace place = Workplace.Empty();
        using SmallDisk disk = new(place["disk"], "1m");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, data.Medium, "--quiet", "--to", target);

        Fails(outcome, "error: disk/out cannot be written: the disk is full.");
        Assert.Empty(disk.Names);
    }

    [Fact]
    public void A_disk_that_fills_up_in_a_merge_leaves_the_database_as_it_was()
    {
        using Workplace place = Workplace.Empty();
        using SmallDisk disk = new(place["disk"], "1m");
        Succeeds(place, Repository.Set("default"), "--to", "sqlite:disk/out.db");
        string before = Database.Dump(place["disk/out.db"]);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, data.Medium, "--quiet", "--to", "sqlite:disk/out.db");

        Fails(outcome, "error: disk/out.db cannot be written: the disk is full.");
        Assert.Equal(before, Database.Dump(place["disk/out.db"]));
        Assert.Equal(["out.db"], disk.Names);
    }

    [Fact]
    public void A_full_disk_under_the_rejects_writes_no_rows_either()
    {
        using Workplace place = Workplace.Empty();
        using SmallDisk disk = new(place["disk"], "64k");
        HealthIngestionProcess.Run(place.Directory, "generate", "odd", "--size", "2MB", "--quirks", "1");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "odd", "--quiet", "--rejects", "disk/rejects", "--to", "ndjson:rows");

        Fails(outcome, "error: The rejects file disk/rejects can");
        Assert.Empty(disk.Names);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void A_full_disk_under_the_figures_is_told_and_the_rows_are_there()
    {
        using Workplace place = Workplace.WithData();
        using SmallDisk disk = new(place["disk"], "4k");
        HealthIngestionProcess.Start("sh", place.Directory, [], "-c", "cat /dev/zero > disk/filler").WaitForExit();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--quiet", "--stats-json", "disk/stats.json", "--to", "ndjson:rows");

        Fails(outcome, "error: --stats-json disk/stats.json cannot be written: ");
        Assert.Contains("The other outputs of the run are complete.", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(["filler"], disk.Names);
        Assert.Equal(Workplace.Rows, File.ReadLines(place["rows"]).Count());
    }

    [Theory]
    [InlineData("ndjson:disk/out")]
    [InlineData("sqlite:disk/out")]
    [InlineData("sqlite:disk/there.db")]
    public void A_disk_that_is_read_only_is_told(string target)
    {
        using Workplace place = Workplace.WithData();
        using SmallDisk disk = new(place["disk"], "1m");
        Succeeds(place, "data", "--to", "sqlite:disk/there.db");
        disk.MakeReadOnly();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--quiet", "--to", target);

        Fails(outcome, $"error: {target["ndjson:".Length..]} cannot be written: no permission, or a read-only file system.");
        Assert.Equal(["there.db"], disk.Names);
    }

    [Theory]
    [InlineData("ndjson:closed/out")]
    [InlineData("sqlite:closed/out")]
    public void A_folder_without_permission_is_told(string target)
    {
        Assert.SkipWhen(Environment.UserName == "root", "root may write everywhere");
        using Workplace place = Workplace.WithData();
        Directory.CreateDirectory(place["closed"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Fails(HealthIngestionProcess.Run(place.Directory, "data", "--quiet", "--to", target), "error: closed/out cannot be written: no permission");
    }

    [Fact]
    public void What_is_no_database_is_left_alone()
    {
        using Workplace place = Workplace.WithData();
        byte[] content = Encoding.UTF8.GetBytes("my dear diary, " + new string('x', 5000));
        File.WriteAllBytes(place["diary.db"], content);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--quiet", "--to", "sqlite:diary.db");

        Fails(outcome, "error: diary.db is not a SQLite database.");
        Assert.Equal(content, File.ReadAllBytes(place["diary.db"]));
        Assert.Equal(["diary.db"], place.Files());
    }

    [Fact]
    public void A_database_of_another_program_is_left_alone()
    {
        using Workplace place = Workplace.WithData();
        using (Database other = Database.Create(place["other.db"]))
        {
            other.Query("CREATE TABLE daily_summaries (user_id TEXT, mood TEXT)");
        }

        byte[] content = File.ReadAllBytes(place["other.db"]);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--quiet", "--to", "sqlite:other.db");

        Fails(outcome, "error: other.db is a database that health_ingestion did not make");
        Assert.Equal(content, File.ReadAllBytes(place["other.db"]));
        Assert.Equal(["other.db"], place.Files());
    }

    [Fact]
    public void A_damaged_database_is_left_alone()
    {
        using Workplace place = Workplace.Empty();
        Succeeds(place, data.Medium, "--to", "sqlite:a.db");
        byte[] content = File.ReadAllBytes(place["a.db"]);
        new Random(1).NextBytes(content.AsSpan(100_000, content.Length - 200_000));
        File.WriteAllBytes(place["a.db"], content);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, data.Medium, "--quiet", "--to", "sqlite:a.db");

        Fails(outcome, "error: a.db is damaged: ");
        Assert.Equal(content, File.ReadAllBytes(place["a.db"]));
        Assert.Equal(["a.db"], place.Files());
    }

    [Fact]
    public void A_locked_database_is_waited_for()
    {
        using Workplace place = Workplace.WithData();
        Succeeds(place, "data", "--to", "sqlite:a.db");
        using Database holder = Database.Open(place["a.db"]);
        holder.Query("BEGIN IMMEDIATE");
        using Process process = HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, [], "data", "--quiet", "--to", "sqlite:a.db");

        // Each look at the lock reads the head of the file: ten more reads, and the run has come back to it.
        long first = 0;
        Assert.True(
            HealthIngestionProcess.WaitFor(process, p =>
            {
                long reads = HealthIngestionProcess.HasOpen(p, place["a.db"]) ? HealthIngestionProcess.Reads(p) : 0;
                first = first == 0 ? reads : first;
                return first > 0 && reads >= first + 10;
            }),
            "The run did not wait.");
        Assert.Equal(1, Database.Runs(place["a.db"]));
        holder.Query("ROLLBACK");

        Assert.Equal(0, HealthIngestionProcess.Finish(process, Stopwatch.StartNew()).ExitCode);
        Assert.Equal(2, Database.Runs(place["a.db"]));
    }

    [Fact]
    public void A_database_that_stays_locked_is_told_after_a_while()
    {
        using Workplace place = Workplace.WithData();
        Succeeds(place, "data", "--to", "sqlite:a.db");
        using Database holder = Database.Open(place["a.db"]);
        holder.Query("BEGIN IMMEDIATE");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--quiet", "--to", "sqlite:a.db");

        Fails(outcome, "error: a.db is locked by another program.");
        Assert.True(outcome.Elapsed >= TimeSpan.FromSeconds(5), "The run gave up too early.");
        holder.Query("ROLLBACK");
        Assert.Equal(1, Database.Runs(place["a.db"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_two_runs_into_one_database_one_wins_or_waits(bool exists)
    {
        using Workplace place = Workplace.Empty();
        Succeeds(place, data.Medium, "--to", "sqlite:alone.db");
        if (exists)
        {
            Succeeds(place, Path.Combine(data.Medium, "sleep.json"), "--to", "sqlite:a.db");
        }

        Process[] runs = [.. Enumerable.Range(0, 2).Select(i => HealthIngestionProcess.Start(
            HealthIngestionProcess.Path, place.Directory, [], data.Medium, "--quiet", "--to", "sqlite:a.db", "--rejects", $"rejects{i}"))];
        Outcome[] outcomes = [.. runs.Select(r => HealthIngestionProcess.Finish(r, Stopwatch.StartNew()))];

        int done = outcomes.Count(o => o.ExitCode == 0);
        Assert.InRange(done, 1, 2);
        Assert.All(outcomes.Where(o => o.ExitCode != 0), o => Fails(o, "error: a.db "));
        Assert.Equal(Database.Dump(place["alone.db"]), Database.Dump(place["a.db"]));
        Assert.Equal(done + (exists ? 1 : 0), Database.Runs(place["a.db"]));
        Assert.Equal(["a.db", "alone.db"], place.Files());
    }

    private static void Succeeds(Workplace place, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [.. arguments, "--quiet"]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    private static void Fails(Outcome outcome, string beginning)
    {
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith(beginning, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }
}
