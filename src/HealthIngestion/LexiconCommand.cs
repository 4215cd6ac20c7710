using System.CommandLine;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using FastIngest.Targets;
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
        return CommandRun.Do(
            settings,
            (log, token) => Close(RunEngineAsync(settings, log, token).GetAwaiter().GetResult(), settings, log),
            () => CommandRun.NothingLeft(settings, "entries"));
    }

    private static async Task<LexiconReport> RunEngineAsync(LexiconSettings settings, Log log, CancellationToken cancellationToken)
    {
        List<IEntrySink> sinks = MakeSinks(settings);
        LexiconGauges gauges = new();
        RunProgress progress = new() { Stages = new StageFigures(gauges) };
        return await CommandRun.UseAsync(sinks, async () =>
        {
            using ProgressDisplay? display = ProgressDisplay.For(settings, progress, log);
            display?.Start();
            return await LexiconIngest.RunAsync(settings.Options, sinks, gauges, display is null ? null : progress, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>A dry run makes its sinks too, and opens none: a wrong URL is better found now.</summary>
    private static List<IEntrySink> MakeSinks(LexiconSettings settings)
    {
        TargetOptions options = new() { OpenStandardOutput = StandardStream.OpenOutput, Schema = settings.Schema, MergeRows = settings.MergeRows };
        List<IEntrySink> sinks = [.. settings.Targets.Select(t => Faults.AsUsage("--to", () => t.CreateEntrySink(options)))];
        return settings.IsDryRun ? [new DryRunEntrySink()] : sinks;
    }

    private static int Close(LexiconReport report, LexiconSettings settings, Log log)
    {
        long peakBytes = PeakMemory.Bytes();
        CommandRun.Close(
            settings,
            report.Warnings,
            () => LexiconStats.Of(report, settings, peakBytes),
            () => LexiconClosing.Of(report, settings, peakBytes),
            json => LexiconStats.WriteDone(json, report),
            log);
        return CommandRun.TellFailed(report.Sinks.Select(s => s.Fault), log) ? ExitCode.Failed
            : settings.IsStrict && report.Rejected + report.Invalid > 0 ? ExitCode.Rejected : ExitCode.Done;
    }
}
