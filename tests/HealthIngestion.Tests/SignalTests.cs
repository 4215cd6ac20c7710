using System.Diagnostics;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Support;

namespace HealthIngestion.Tests;

/// <summary>
/// A run that is stopped ends soon, says so in one line, and leaves nothing behind. That it was soon enough is what the
/// run says itself: one that takes too long is cut off, with other words.
/// </summary>
public sealed class SignalTests(GeneratedData data)
{
    [Theory]
    [InlineData(HealthIngestionProcess.Sigint, "SIGINT", 130, "original")]
    [InlineData(HealthIngestionProcess.Sigterm, "SIGTERM", 143, "original")]
    [InlineData(HealthIngestionProcess.Sigint, "SIGINT", 130, "optimized")]
    [InlineData(HealthIngestionProcess.Sigterm, "SIGTERM", 143, "optimized")]
    public void A_signal_ends_the_run_and_nothing_is_written(int signal, string name, int exitCode, string mode)
    {
        using Workplace place = Workplace.Empty();
        string input = Path.Combine(data.Directory, "heart_rate.json");

        // Nobody reads standard output before the signal, so that the fastest run does not come to its end.
        Outcome outcome = HealthIngestionProcess.SignalWhen(
            place.Directory, p => HealthIngestionProcess.HasOpen(p, input), [signal],
            data.Directory, "--mode", mode, "--workers", "1", "--chunk-size", "4KiB", "--progress", "none", "--to", "sqlite:a.db", "--to", "ndjson:-");

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.StartsWith($"stopped by {name}; ", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.EndsWith("; run the same command again", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void A_run_whose_reader_has_stopped_reading_can_be_stopped()
    {
        using Workplace place = Workplace.Empty();
        using HeldPipe rows = new(place["rows"]);
        using Process process = HealthIngestionProcess.Start(
            "bash", place.Directory, [], "-c", $"exec '{HealthIngestionProcess.Path}' '{data.Directory}' --to ndjson:- --progress none > rows");
        Assert.True(HealthIngestionProcess.WaitFor(process, _ => rows.IsFull), "The run ended before it had to wait for its reader.");

        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigterm);
        Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());

        Assert.Equal(143, outcome.ExitCode);
        Assert.Equal("stopped by SIGTERM; the rows on standard output are incomplete; run the same command again", outcome.OnlyErrorLine);
    }

    [Fact]
    public void A_second_signal_ends_the_run_at_once()
    {
        using Workplace place = Workplace.WithData();
        HealthIngestionProcess.Run(place.Directory, "data", "--quiet");
        using SemaphoreSlim arrived = new(0);
        using ApiServer api = ApiServer.Start(async (context, _) =>
        {
            arrived.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using Process process = HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, [], "push", "--quiet", "--to", api.Url);
        Assert.True(arrived.Wait(Poll.Deadline), "Nothing was sent.");

        // Requests under way get a second to end, in which the other signal comes. Two of a kind might come as one.
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigint);
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigterm);
        Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());

        Assert.True(outcome.ExitCode is 130 or 143, $"{outcome.ExitCode}");
        Assert.Equal("error: stopped at once; run the same command again", outcome.OnlyErrorLine);
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
        Assert.Contains("nothing was written", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Equal(before, Database.Dump(place["a.db"]));
        Assert.Equal(1, Database.Runs(place["a.db"]));
        Assert.Equal(["a.db"], place.Files());
    }

    [Fact]
    public void A_signal_while_a_reader_takes_its_time_ends_the_run()
    {
        using Workplace place = Workplace.Empty();
        using Process process = HealthIngestionProcess.Start(
            HealthIngestionProcess.Path, place.Directory, [], data.Directory, "--progress", "none", "--to", "ndjson:-");
        for (int i = 0; i < 100; i++)
        {
            Assert.StartsWith("{", process.StandardOutput.ReadLine(), StringComparison.Ordinal);
        }

        // From here on nobody reads before the run has ended.
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigint);
        Assert.True(process.WaitForExit(Poll.Deadline), "The run does not end.");

        Assert.Equal(130, process.ExitCode);
        Assert.Equal("stopped by SIGINT; the rows on standard output are incomplete; run the same command again", process.StandardError.ReadToEnd().TrimEnd());
    }
}
