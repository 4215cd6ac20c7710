using System.CommandLine;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks;
using HealthIngestion.CommandLine;
using HealthIngestion.Progress;
using HealthIngestion.Report;
using HealthIngestion.Terminal;

namespace HealthIngestion;

/// <summary>Wires the command line to the reprocessing of stored records.</summary>
internal static class ReprocessCommand
{
    public static int Run(ReprocessSpec spec, ParseResult arguments)
    {
        StoredSettings settings = StoredSettings.From(spec, arguments);
        Log log = new(ErrorTerminal.Writer, settings.LogFormat, settings.LogLevel);
        using StopSignal stop = new(log);
        try
        {
            StatsFile.RefuseMissingDirectory(settings.StatsPath);
            Close(RunEngineAsync(settings, log, stop.Token).GetAwaiter().GetResult(), settings, log);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (stop.Name is not null)
        {
            log.Notice("stopped", $"stopped by {stop.Name}; {(settings.IsDryRun ? "nothing was written" : "what was done stays done; run the same command again to go on")}");
            return stop.ExitCode;
        }
        catch (Exception fault)
        {
            return Faults.Explain(fault, log);
        }
    }

    private static async Task<ReprocessReport> RunEngineAsync(StoredSettings settings, Log log, CancellationToken cancellationToken)
    {
        LexiconGauges gauges = new();
        RunProgress progress = new() { Stages = new StageFigures(gauges, isStored: true), CountsBytes = false };
        IEntryStore database = settings.MakeStore();
        await using (database.ConfigureAwait(false))
        {
            using ProgressDisplay? display = ProgressDisplay.For(settings, progress, log);
            display?.Start();
            return await LexiconReprocess.RunAsync(
                database, settings.Source, settings.Workers, settings.CleanBatch, gauges, display is null ? null : progress, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void Close(ReprocessReport report, StoredSettings settings, Log log)
    {
        long peakBytes = PeakMemory.Bytes();
        foreach (string warning in report.Warnings)
        {
            log.Warning(warning);
        }

        if (settings.StatsPath is not null)
        {
            StatsFile.Write(settings.StatsPath, StoredStats.Of(report, settings, peakBytes));
        }

        if (log.Shows(LogLevel.Info))
        {
            ClosingWriter.Write(StoredClosing.Of(report, settings, peakBytes), json => StoredStats.WriteDone(json, report), log);
        }
    }
}
