using System.CommandLine;
using FastIngest;
using FastIngest.Pipeline;
using FastIngest.Sinks;
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
        Log log = new(ErrorTerminal.Writer, settings.LogFormat, settings.LogLevel);
        using StopSignal stop = new(log);
        if (settings.Apis.Count > 0)
        {
            Deliveries.TuneSockets();
        }

        IngestReport? report = null;
        try
        {
            StatsFile.RefuseMissingDirectory(settings.StatsPath);
            bool isDefaultPath = arguments.GetResult(spec.Paths) is not { Tokens.Count: > 0 };
            RefuseMissingPaths(settings.Options.Paths, isDefaultPath);
            report = RunEngineAsync(settings, log, stop.Token).GetAwaiter().GetResult();
            List<DeliveryOutcome> deliveries = DeliverAsync(report, settings, log, stop.Token).GetAwaiter().GetResult();
            return Close(report, deliveries, settings, log);
        }
        catch (OperationCanceledException) when (stop.Name is not null && report is not null)
        {
            log.Notice("stopped", $"stopped by {stop.Name}; the summaries are stored, and what was delivered is marked; health_ingestion push sends the rest");
            return stop.ExitCode;
        }
        catch (OperationCanceledException) when (stop.Name is not null)
        {
            return Faults.Stopped(stop, settings, "rows", log);
        }
        catch (Exception fault)
        {
            return Faults.Explain(fault, log);
        }
    }

    private static async Task<IngestReport> RunEngineAsync(IngestSettings settings, Log log, CancellationToken cancellationToken)
    {
        List<ISummarySink> sinks = MakeSinks(settings);
        RunProgress progress = new();
        log.Debug($"reading {string.Join(", ", settings.Options.Paths)} with {Figures.Count(settings.Options.Workers, "worker")}, vectors: {VersionText.Isa}");
        try
        {
            using ProgressDisplay? display = ProgressDisplay.For(settings, progress, log);
            display?.Start();
            return await HealthIngest.RunAsync(
                settings.Options,
                settings.IsDryRun ? [] : sinks,
                display is null ? null : progress,
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (ISummarySink sink in sinks)
            {
                await sink.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Delivers what the database holds now; not from one that failed.</summary>
    private static async Task<List<DeliveryOutcome>> DeliverAsync(IngestReport report, IngestSettings settings, Log log, CancellationToken cancellationToken)
    {
        int database = settings.Targets.ToList().IndexOf(settings.Delivery.From);
        return settings.Apis.Count > 0 && report.Sinks[database].Fault is null
            ? await Deliveries.RunAsync(settings.Apis, settings.Delivery, settings.Progress, log, cancellationToken).ConfigureAwait(false)
            : [];
    }

    /// <summary>A dry run makes its sinks too, and opens none: a wrong URL is better found now.</summary>
    private static List<ISummarySink> MakeSinks(IngestSettings settings) =>
    [
        .. settings.Targets.Select(t => Faults.AsUsage(
            "--to", () => SinkFactory.Create(t, new SinkOptions(StandardStream.OpenOutput, settings.Schema, settings.TakesRecords)))),
    ];

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
        foreach (string warning in report.Warnings)
        {
            log.Warning(warning);
        }

        Balance balance = Balance.Of(report);
        if (settings.StatsPath is not null)
        {
            StatsFile.Write(settings.StatsPath, StatsJson.Of(report, deliveries, settings, peakBytes));
        }

        if (log.Shows(LogLevel.Info))
        {
            ClosingWriter.Write(ClosingReport.Of(report, deliveries, settings, peakBytes), json => StatsJson.WriteDone(json, report, deliveries), log);
        }

        SinkReport[] failed = [.. report.Sinks.Where(s => s.Fault is not null)];
        foreach (SinkReport sink in failed)
        {
            log.Error($"{Faults.Line(sink.Fault!)} The other targets are complete.");
        }

        int delivered = Deliveries.Close(deliveries, log);
        if (!balance.IsOk)
        {
            log.Error($"the balance does not add up: {balance}. Do not use this output; keep the input and report this as a bug.");
            return ExitCode.Failed;
        }

        return failed.Length > 0 ? ExitCode.Failed
            : settings.IsStrict && report.Rejected > 0 && delivered != ExitCode.Failed ? ExitCode.Rejected : delivered;
    }
}
