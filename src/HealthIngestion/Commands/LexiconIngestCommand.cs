using System.CommandLine;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using FastIngest.Targets;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Progress;
using HealthIngestion.Report;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Telemetry;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Loads a dictionary: wires the command line to the engine, its sinks, signals, progress, summary and exit code.</summary>
internal sealed class LexiconIngestCommand : ICommand
{
    public const string Name = "lexicon ingest";

    public DictionaryOptions Options { get; } = new();

    public CommandSpec Spec { get; }

    public LexiconIngestCommand()
    {
        Spec = new CommandSpec(Name, "read a dictionary, write clean entries")
        {
            Usage = "--source ID --file PATH [options]",
            Note = "health_ingestion ingest --source ID --file PATH is the same command.",
            Examples =
            [
                new("health_ingestion lexicon ingest --source kaikki --file dump.jsonl.gz", "read a dictionary into $DATABASE_URL"),
                new("health_ingestion lexicon ingest --source kaikki --file dump.jsonl.gz --to sqlite:words.db", "read it into a file"),
            ],
            Environment =
            [
                new("DATABASE_URL", "the PostgreSQL database to write to when no --to is given, a URL or keywords"),
                MetricsOptions.Environment,
                new("PGHOST, PGPASSWORD, ...", "what a postgres:// URL leaves out"),
            ],
        };
        Spec.AddGroup("Dictionary", Options.Source, Options.File, Options.Format, Options.Catalog, Options.AllowHttp);
        Spec.AddGroup("Output", [.. (Option[])[Options.To, Options.Schema, Options.DryRun, Options.Rejects, Options.Strict, Options.StatsJson], .. Options.Metrics.All]);
        Spec.AddGroup("Entries", Options.Entries.All);
        Spec.AddGroup("Engine", Options.Workers, Options.TempDir, Options.MaxRecordSize, Options.MaxExpansion);
        Spec.AddGroup("Console", Options.Console.All);
    }

    public int Run(ParseResult arguments) => Run(Options, arguments);

    /// <summary>Loads the dictionary that the options of any command name.</summary>
    /// <exception cref="UsageException">Options are missing or contradict each other.</exception>
    public static int Run(DictionaryOptions options, ParseResult arguments)
    {
        LexiconSettings settings = LexiconSettings.From(options, arguments);
        Log log = CommandRun.OpenLog(settings);
        RunMetrics metrics = new(MetricsSettings.From(options.Metrics, arguments), Name, log);
        return CommandRun.Do(
            settings,
            log,
            metrics,
            token => Close(RunEngineAsync(settings, metrics, log, token).GetAwaiter().GetResult(), settings, log),
            () => CommandRun.NothingLeft(settings, "entries"));
    }

    private static async Task<LexiconReport> RunEngineAsync(LexiconSettings settings, RunMetrics metrics, Log log, CancellationToken cancellationToken)
    {
        List<IEntrySink> sinks = MakeSinks(settings);
        LexiconGauges gauges = new();
        RunProgress progress = new() { Figures = new StageFigures(gauges) };
        metrics.Watch(progress);
        LexiconReport report = await CommandRun.UseAsync(
            sinks,
            () => ProgressDisplay.ShowAsync(
                settings, progress, log, metrics.IsWanted, shown => LexiconIngest.RunAsync(settings.Options, sinks, gauges, shown, cancellationToken))).ConfigureAwait(false);
        metrics.Report(ReportMetrics.Of(report));
        return report;
    }

    /// <summary>A dry run makes its sinks too, to find a wrong URL, and opens none.</summary>
    internal static List<IEntrySink> MakeSinks(LexiconSettings settings)
    {
        TargetOptions options = new() { OpenStandardOutput = StandardStream.OpenOutput, Schema = settings.Schema, MergeRows = settings.MergeRows };
        List<IEntrySink> sinks = [.. settings.Targets.Select(t => Faults.AsUsage("--to", () => t.CreateEntrySink(options)))];
        return settings.IsDryRun ? [new DryRunEntrySink()] : sinks;
    }

    /// <summary>Logs warnings, writes statistics, prints the summary, and returns the exit code.</summary>
    internal static int Close(LexiconReport report, LexiconSettings settings, Log log)
    {
        long peakBytes = PeakMemory.Bytes();
        CommandRun.Close(
            settings,
            report.Warnings,
            () => LexiconStats.Of(report, settings, peakBytes),
            () => LexiconClosing.Of(report, settings, peakBytes),
            json => LexiconStats.WriteDone(json, report),
            log);
        return CommandRun.LogFailed(report.Sinks.Select(s => s.Fault), log) ? ExitCode.Failed
            : report.UselessFiles > 0 || (settings.IsStrict && report.Rejected + report.Invalid > 0) ? ExitCode.Rejected : ExitCode.Done;
    }
}
