using System.CommandLine;
using FastIngest.Pipeline.Entries;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Report;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Cleans the stored records of dictionaries with today's rules.</summary>
internal sealed class LexiconReprocessCommand : ICommand
{
    public const string Name = "lexicon reprocess", Alias = "reprocess";

    public StoredOptions Stored { get; } = new();

    public EntryOptionGroup Entries { get; } = new();

    public Option<bool> DryRun { get; } = SharedOptions.Flag("--dry-run", "count what would change, write nothing");

    public CommandSpec Spec { get; }

    public LexiconReprocessCommand()
    {
        Spec = new CommandSpec(Name, "clean the stored records of dictionaries with today's rules")
        {
            Usage = "[options]",
            Note = "health_ingestion reprocess is the same command.",
            Examples =
            [
                new("health_ingestion lexicon reprocess --source kaikki", "bring one dictionary in $DATABASE_URL to today's rules"),
                new("health_ingestion lexicon reprocess --to sqlite:words.db --dry-run", "count what would change in a file"),
            ],
            Environment = StoredOptions.Environment,
        };
        Spec.AddGroup("Database", Stored.OfDatabase);
        Spec.AddGroup("Entries", Entries.CleanBatch, Entries.WriteBatch, Entries.MinQuality, Entries.AllowDuplicates, Stored.Workers);
        Spec.AddGroup("Output", DryRun, Stored.StatsJson);
        Spec.AddGroup("Console", Stored.Console.All);
    }

    public int Run(ParseResult arguments)
    {
        StoredSettings settings = StoredSettings.From(Stored, arguments).With(Entries, DryRun, arguments);
        return CommandRun.Do(
            settings,
            (log, token) => Close(RunEngineAsync(settings, log, token).GetAwaiter().GetResult(), settings, log),
            () => settings.IsDryRun ? "nothing was written" : "the finished part is stored; run the same command again to continue");
    }

    private static Task<ReprocessReport> RunEngineAsync(StoredSettings settings, Log log, CancellationToken cancellationToken) => StoredRun.RunAsync(
        settings,
        log,
        (database, gauges, progress) => LexiconReprocess.RunAsync(
            database,
            new ReprocessOptions(settings.Source, settings.Policy, settings.Workers, settings.CleanBatch, settings.MergeRows, settings.IsDryRun),
            gauges,
            progress,
            cancellationToken));

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
