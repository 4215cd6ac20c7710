using System.CommandLine;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
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
        return CommandRun.Do(
            settings,
            (log, token) => Close(RunEngineAsync(settings, log, token).GetAwaiter().GetResult(), settings, log),
            () => settings.IsDryRun ? "nothing was written" : "what was done stays done; run the same command again to go on");
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
                database,
                new ReprocessOptions(settings.Source, settings.Policy, settings.Workers, settings.CleanBatch, settings.MergeRows, settings.IsDryRun),
                gauges,
                display is null ? null : progress,
                cancellationToken).ConfigureAwait(false);
        }
    }

    private static int Close(ReprocessReport report, StoredSettings settings, Log log)
    {
        long peakBytes = PeakMemory.Bytes();
        CommandRun.Close(
            settings,
            report.Warnings,
            () => StoredStats.Of(report, settings, peakBytes),
            () => StoredClosing.Of(report, settings, peakBytes),
            json => StoredStats.WriteDone(json, report),
            log);
        return ExitCode.Done;
    }
}
