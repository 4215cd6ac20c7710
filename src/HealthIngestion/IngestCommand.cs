using System.CommandLine;
using FastIngest;
using FastIngest.Pipeline;
using FastIngest.Sinks.Summaries;
using FastIngest.Targets;
using HealthIngestion.CommandLine;
using HealthIngestion.Progress;
using HealthIngestion.Report;
using HealthIngestion.Terminal;

namespace HealthIngestion;

/// <summary>Wires the command line to the engine: sinks, signals, progress, the closing words, the exit code.</summary>
internal static class IngestCommand
{
    public static int Run(IngestSpec spec, ParseResult arguments, IEnumerable<CommandSpec> commands)
    {
        LexiconSettings.RefuseWithoutSource(spec, arguments);
        IngestSettings settings = IngestSettings.From(spec, arguments);
        IngestSettings.RefuseMistypedCommand(settings.Options.Paths, commands.Select(c => c.Name));
        IngestReport? report = null;
        return CommandRun.Do(
            settings,
            (log, token) =>
            {
                bool isDefaultPath = arguments.GetResult(spec.Paths) is not { Tokens.Count: > 0 };
                RefuseMissingPaths(settings.Options.Paths, isDefaultPath);
                Deliveries.Prepare(settings.Apis);
                report = RunEngineAsync(settings, log, token).GetAwaiter().GetResult();
                List<DeliveryOutcome> deliveries = DeliverAsync(report, settings, log, token).GetAwaiter().GetResult();
                return Close(report, deliveries, settings, log);
            },
            () => report is null
                ? CommandRun.NothingLeft(settings, "rows")
                : "the summaries are stored, and what was delivered is marked; health_ingestion push sends the rest");
    }

    private static async Task<IngestReport> RunEngineAsync(IngestSettings settings, Log log, CancellationToken cancellationToken)
    {
        List<ISummarySink> sinks = MakeSinks(settings);
        RunProgress progress = new();
        log.Debug($"reading {string.Join(", ", settings.Options.Paths)} with {Figures.Count(settings.Options.Workers, "worker")}, vectors: {VersionText.Isa}");
        return await CommandRun.UseAsync(sinks, async () =>
        {
            using ProgressDisplay? display = ProgressDisplay.For(settings, progress, log);
            display?.Start();
            return await HealthIngest.RunAsync(
                settings.Options, settings.IsDryRun ? [] : sinks, display is null ? null : progress, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Delivers what the database holds now; not from one that failed.</summary>
    private static async Task<List<DeliveryOutcome>> DeliverAsync(IngestReport report, IngestSettings settings, Log log, CancellationToken cancellationToken)
    {
        int database = settings.Targets.ToList().IndexOf(settings.Database!);
        return settings.Apis.Count > 0 && report.Sinks[database].Fault is null
            ? await Deliveries.RunAsync(settings.Apis, settings.Delivery!, settings.Progress, log, cancellationToken).ConfigureAwait(false)
            : [];
    }

    /// <summary>A dry run makes its sinks too, and opens none: a wrong URL is better found now.</summary>
    private static List<ISummarySink> MakeSinks(IngestSettings settings)
    {
        TargetOptions options = new() { OpenStandardOutput = StandardStream.OpenOutput, Schema = settings.Schema, TakesRecords = settings.TakesRecords };
        return [.. settings.Targets.Select(t => Faults.AsUsage("--to", () => t.CreateSummarySink(options)))];
    }

    private static void RefuseMissingPaths(IReadOnlyList<string> paths, bool isDefault)
    {
        foreach (string path in paths)
        {
            if (!Path.Exists(path))
            {
                throw isDefault
                    ? new IngestException(
                        $"nothing to read: {path} does not exist and no PATH is given.",
                        "Name a directory or files, or try: health_ingestion generate trial && health_ingestion trial.")
                    : new IngestException($"{path} does not exist.", "Name a directory or files with health data.");
            }
        }
    }

    private static int Close(IngestReport report, IReadOnlyList<DeliveryOutcome> deliveries, IngestSettings settings, Log log)
    {
        long peakBytes = PeakMemory.Bytes();
        Balance balance = Balance.Of(report);
        CommandRun.Close(
            settings,
            report.Warnings,
            () => StatsJson.Of(report, deliveries, settings, peakBytes),
            () => ClosingReport.Of(report, deliveries, settings, peakBytes),
            json => StatsJson.WriteDone(json, report, deliveries),
            log);
        bool hasFailed = CommandRun.TellFailed(report.Sinks.Select(s => s.Fault), log);
        int delivered = Deliveries.Close(deliveries, log);
        if (!balance.IsOk)
        {
            log.Error($"the balance does not add up: {balance}. Do not use this output; keep the input and report this as a bug.");
            return ExitCode.Failed;
        }

        return hasFailed ? ExitCode.Failed
            : settings.IsStrict && report.Rejected > 0 && delivered != ExitCode.Failed ? ExitCode.Rejected : delivered;
    }
}
