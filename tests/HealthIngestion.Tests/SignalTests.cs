
namespace HealthIngestion.Tests;

/// <summary>A run that is stopped ends soon, says so in one line, and leaves nothing behind.</summary>
public sealed class SignalTests(GeneratedData data)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2.5);

    [Theory]
    [InlineData(HealthIngestionProcess.Sigint, "SIGINT", 130, "original")]
    [InlineData(HealthIngestionProcess.Sigterm, "SIGTERM", 143, "original")]
    [InlineData(HealthIngestionProcess.Sigint, "SIGINT", 130, "optimized")]
    [InlineData(HealthIngestionProcess.Sigterm, "SIGTERM", 143, "optimized")]
    public void A_signal_ends_the_run_and_nothing_is_written(int signal, string name, int exitCode, string mode)
    {
        using Workplace place = Workplace.Empty();

        // One worker and small chunks keep the fast engine busy for long enough to be stopped.
        Outcome outcome = HealthIngestionProcess.Interrupt(
            place.Directory, signal, TimeSpan.FromMilliseconds(80), 1, data.Directory, "--mode", mode, "--workers", "1", "--chunk-size", "4KiB", "--progress", "none");

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.InRange(outcome.Elapsed, TimeSpan.Zero, Limit);
        Assert.Contains($"stopped by {name}", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains("run the same command again", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void A_run_whose_reader_has_stopped_reading_can_be_stopped()
    {
        using Workplace place = Workplace.Empty();

        // The pipe is full after 64 KiB, so the run hangs in a write until the signal.
        Outcome outcome = Blocked(place, times: 1);

        Assert.Equal(143, outcome.ExitCode);
        Assert.InRange(outcome.Elapsed, TimeSpan.Zero, Limit);
        Assert.Contains("stopped by SIGTERM", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_signal_ends_the_run_at_once()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = Blocked(place, times: 2);

        Assert.Equal(143, outcome.ExitCode);
        Assert.InRange(outcome.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Single(outcome.ErrorLines);
    }

    [Theory]
    [InlineData("sqlite:a.db", "a.db.partial", HealthIngestionProcess.Sigint, 130)]
    [InlineData("ndjson:rows", "rows.partial", HealthIngestionProcess.Sigterm, 143)]
    public void A_signal_while_rows_are_written_leaves_nothing(string target, string partial, int signal, int exitCode)
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.SignalWhen(
            place.Directory, _ => place.Has(partial) && new FileInfo(place[partial]).Length > 1 << 20, [signal], data.Directory, "--progress", "none", "--to", target);

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.InRange(outcome.Elapsed, TimeSpan.Zero, Limit);
        Assert.Contains("nothing was written", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void A_signal_in_a_merge_leaves_the_old_rows()
    {
        using Workplace place = Workplace.WithData();
        HealthIngestionProcess.Run(place.Directory, "data", "--to", "sqlite:a.db");
        string before = Database.Dump(place["a.db"]);

        Outcome outcome = HealthIngestionProcess.SignalWhen(
            place.Directory, _ => new FileInfo(place["a.db"]).Length > 1 << 20, [HealthIngestionProcess.Sigterm], data.Directory, "--progress", "none", "--to", "sqlite:a.db");

        Assert.Equal(143, outcome.ExitCode);
        Assert.InRange(outcome.Elapsed, TimeSpan.Zero, Limit);
        Assert.Contains("nothing was written", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Equal(before, Database.Dump(place["a.db"]));
        Assert.Equal(1, Database.Runs(place["a.db"]));
        Assert.Equal(["a.db"], place.Files());
    }

    [Fact]
    public void A_signal_while_a_reader_takes_its_time_ends_the_run()
    {
        using Workplace place = Workplace.Empty();
        using System.Diagnostics.Process process = HealthIngestionProcess.Start(
            HealthIngestionProcess.Path, place.Directory, [], data.Directory, "--progress", "none", "--to", "ndjson:-");
        for (int i = 0; i < 100; i++)
        {
            Assert.NotNull(process.StandardOutput.ReadLine());
            Thread.Sleep(1);
        }

        System.Diagnostics.Stopwatch time = System.Diagnostics.Stopwatch.StartNew();
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigint);
        Assert.True(process.WaitForExit(10_000));

        Assert.InRange(time.Elapsed, TimeSpan.Zero, Limit);
        Assert.Equal(130, process.ExitCode);
        Assert.Equal("stopped by SIGINT; the rows on standard output are incomplete; run the same command again", process.StandardError.ReadToEnd().TrimEnd().Replace("error: ", "", StringComparison.Ordinal));
    }

    private Outcome Blocked(Workplace place, int times)
    {
        using System.Diagnostics.Process shell = HealthIngestionProcess.Start(
            "bash",
            place.Directory,
            [],
            "-c",
            // The reader sleeps; what counts is the exit code and the time of the writer.
            $"mkfifo rows; sleep 30 < rows & reader=$!; '{HealthIngestionProcess.Path}' '{data.Directory}' --to ndjson:- --progress none > rows & run=$!; "
            + $"sleep 1.5; date +%s%N; for i in $(seq {times}); do kill -TERM $run 2>/dev/null; sleep 0.05; done; wait $run; echo $?; date +%s%N; kill $reader");
        string[] output = shell.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        TimeSpan elapsed = TimeSpan.FromMilliseconds((long.Parse(output[2]) - long.Parse(output[0])) / 1e6);
        return new Outcome(int.Parse(output[1]), "", error, elapsed);
    }
}
