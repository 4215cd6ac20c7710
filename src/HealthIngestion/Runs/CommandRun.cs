using System.Text.Json;
using FastIngest.Targets;
using HealthIngestion.Exit;
using HealthIngestion.Report;
using HealthIngestion.Settings;
using HealthIngestion.Telemetry;
using HealthIngestion.Terminal;

namespace HealthIngestion.Runs;

/// <summary>What every run shares: the log, signals, faults, and sinks that failed.</summary>
internal static class CommandRun
{
    /// <summary>Runs a command; a signal or a fault becomes one line and an exit code.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="work">The work; it returns the exit code.</param>
    /// <param name="left">Returns what a stopped run leaves, and what the user can do.</param>
    public static int Do(RunSettings settings, Func<Log, CancellationToken, int> work, Func<string> left)
    {
        Log log = OpenLog(settings);
        return Do(settings, log, metrics: null, token => work(log, token), left);
    }

    /// <summary>Creates the log of a run.</summary>
    public static Log OpenLog(RunSettings settings) => new(ErrorTerminal.Writer, settings.LogFormat, settings.LogLevel);

    /// <inheritdoc cref="Do(RunSettings, Func{Log, CancellationToken, int}, Func{string})"/>
    public static int Do(RunSettings settings, Log log, RunMetrics? metrics, Func<CancellationToken, int> work, Func<string> left)
    {
        return Do(
            log,
            settings.StatsPath,
            metrics,
            token =>
            {
                foreach (string note in log.Shows(LogLevel.Debug) ? settings.Targets.SelectMany(Notes) : [])
                {
                    log.Debug(note);
                }

                return work(token);
            },
            left);
    }

    /// <summary>Runs a command; a signal or a fault becomes one line and an exit code.</summary>
    /// <param name="log">Receives that line.</param>
    /// <param name="statsPath">Where the figures go; null if nowhere.</param>
    /// <param name="work">The work; it returns the exit code.</param>
    /// <param name="left">Returns what a stopped run leaves, and what the user can do.</param>
    public static int Do(Log log, string? statsPath, Func<CancellationToken, int> work, Func<string> left) => Do(log, statsPath, metrics: null, work, left);

    /// <inheritdoc cref="Do(Log, string?, Func{CancellationToken, int}, Func{string})"/>
    public static int Do(Log log, string? statsPath, RunMetrics? metrics, Func<CancellationToken, int> work, Func<string> left)
    {
        using StopSignal stop = new(log);
        int code = ExitCode.Failed;
        try
        {
            StatsFile.RejectMissingDirectory(statsPath);
            metrics?.Begin();
            code = work(stop.Token);
        }
        catch (OperationCanceledException) when (stop.Name is not null)
        {
            log.Notice("stopped", $"stopped by {stop.Name}; {left()}");
            code = stop.ExitCode;
        }
        catch (Exception fault)
        {
            code = Faults.Explain(fault, log);
        }
        finally
        {
            metrics?.End(code, stop.Name is not null);
        }

        return code;
    }

    private static IReadOnlyList<string> Notes(Target target) => Faults.AsUsage("--to", () => target.Kind.Notes?.Invoke(target) ?? []);

    /// <summary>What a stopped run leaves when its target shows rows only at the end.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="rows">What it writes: rows, or entries.</param>
    public static string NothingLeft(RunSettings settings, string rows) =>
        (settings.Targets.Any(t => t.IsStandardOutput) && !settings.IsDryRun ? $"the {rows} on standard output are incomplete" : "nothing was written")
        + "; run the same command again";

    /// <summary>Logs warnings, writes statistics, prints the summary.</summary>
    public static void Close(
        RunSettings settings, IEnumerable<string> warnings, Func<ReadOnlyMemory<byte>> stats, Func<ClosingReport> closing, Action<Utf8JsonWriter> figures, Log log)
    {
        foreach (string warning in warnings)
        {
            log.Warning(warning);
        }

        if (settings.StatsPath is not null)
        {
            StatsFile.Write(settings.StatsPath, stats());
        }

        if (log.Shows(LogLevel.Info))
        {
            ClosingWriter.Write(closing(), figures, log);
        }
    }

    /// <summary>Logs which sinks failed, and returns whether any did.</summary>
    public static bool LogFailed(IEnumerable<Exception?> faults, Log log)
    {
        Exception[] failed = [.. faults.OfType<Exception>().Where(f => !ClosedOutputException.Caused(f))];
        foreach (Exception fault in failed)
        {
            log.Error($"{Faults.Line(fault)} The other targets are complete.");
        }

        return failed.Length > 0;
    }

    /// <summary>Uses sinks, and disposes them one after another however that ends.</summary>
    public static async Task<TReport> UseAsync<TSink, TReport>(IReadOnlyList<TSink> sinks, Func<Task<TReport>> use)
        where TSink : IAsyncDisposable
    {
        try
        {
            return await use().ConfigureAwait(false);
        }
        finally
        {
            foreach (TSink sink in sinks)
            {
                await sink.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
