using System.CommandLine;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks;
using HealthIngestion.CommandLine;
using HealthIngestion.Progress;
using HealthIngestion.Report;
using HealthIngestion.Terminal;

namespace HealthIngestion;

/// <summary>Wires the command line to the engine of dictionaries: sinks, signals, progress, the closing words, the exit code.</summary>
internal static class LexiconCommand
{
    public static int Run(IngestSpec spec, ParseResult arguments)
    {
        LexiconSettings settings = LexiconSettings.From(spec, arguments);
        Log log = new(ErrorTerminal.Writer, settings.LogFormat, settings.LogLevel);
        using StopSignal stop = new(log);
        try
        {
            StatsFile.RefuseMissingDirectory(settings.StatsPath);
            LexiconReport report = RunEngineAsync(settings, log, stop.Token).GetAwaiter().GetResult();
            return Close(report, settings, log);
        }
        catch (OperationCanceledException) when (stop.Name is not null)
        {
            return Faults.Stopped(stop, settings, "entries", log);
        }
        catch (Exception fault)
        {
            return Faults.Explain(fault, log);
        }
    }

    private static async Task<LexiconReport> RunEngineAsync(LexiconSettings settings, Log log, CancellationToken cancellationToken)
    {
        List<IEntrySink> sinks = MakeSinks(settings);
        LexiconGauges gauges = new();
        RunProgress progress = new() { Stages = new StageFigures(gauges) };
        try
        {
            using ProgressDisplay? display = ProgressDisplay.For(settings, progress, log);
            display?.Start();
            return await LexiconIngest.RunAsync(settings.Options, sinks, gauges, display is null ? null : progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (IEntrySink sink in sinks)
            {
                await sink.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>A dry run makes its sinks too, and opens none: a wrong URL is better found now.</summary>
    private static List<IEntrySink> MakeSinks(LexiconSettings settings)
    {
        EntrySinkOptions options = new(StandardStream.OpenOutput, settings.Schema, settings.MergeRows);
        List<IEntrySink> sinks = [.. settings.Targets.Select(t => Faults.AsUsage("--to", () => EntrySinkFactory.Create(t, options)))];
        return settings.IsDryRun ? [new DryRunEntrySink()] : sinks;
    }

    private static int Close(LexiconReport report, LexiconSettings settings, Log log)
    {
        long peakBytes = PeakMemory.Bytes();
        foreach (string warning in report.Warnings)
        {
            log.Warning(warning);
        }

        if (settings.StatsPath is not null)
        {
            StatsFile.Write(settings.StatsPath, LexiconStats.Of(report, settings, peakBytes));
        }

        if (log.Shows(LogLevel.Info))
        {
            ClosingWriter.Write(LexiconClosing.Of(report, settings, peakBytes), json => LexiconStats.WriteDone(json, report), log);
        }

        EntrySinkReport[] failed = [.. report.Sinks.Where(s => s.Fault is not null)];
        foreach (EntrySinkReport sink in failed)
        {
            log.Error($"{Faults.Line(sink.Fault!)} The other targets are complete.");
        }

        return failed.Length > 0 ? ExitCode.Failed
            : settings.IsStrict && report.Rejected + report.Invalid > 0 ? ExitCode.Rejected : ExitCode.Done;
    }
}
