using System.CommandLine;

namespace HealthIngestion.CommandLine;

/// <summary>The options of <c>reprocess</c>.</summary>
internal sealed class ReprocessSpec
{
    public StoredOptions Stored { get; } = new();

    public EntryOptionGroup Entries { get; } = new();

    public Option<bool> DryRun { get; } = ConsoleOptions.Flag("--dry-run", "count what would change, write nothing");

    public CommandSpec Spec { get; }

    public ReprocessSpec()
    {
        Spec = new CommandSpec("reprocess", "clean stored dictionary records again; change what changed")
        {
            Usage = "[options]",
            Examples =
            [
                new("health_ingestion reprocess --source kaikki", "bring one dictionary in $DATABASE_URL to today's rules"),
                new("health_ingestion reprocess --to sqlite:words.db --dry-run", "count what would change in a file"),
            ],
            Environment = StoredOptions.Environment,
        };
        Spec.AddGroup("Database", Stored.OfDatabase);
        Spec.AddGroup("Entries", Entries.CleanBatch, Entries.WriteBatch, Entries.MinQuality, Entries.AllowDuplicates, Stored.Workers);
        Spec.AddGroup("Output", DryRun, Stored.StatsJson);
        Spec.AddGroup("Console", Stored.OfConsole);
    }
}
