using System.CommandLine;
using HealthIngestion.Terminal;

namespace HealthIngestion.CommandLine;

/// <summary>The options of <c>reprocess</c>.</summary>
internal sealed class ReprocessSpec
{
    public StoredOptions Stored { get; } = new();

    public EntryOptionGroup Entries { get; } = new();

    public Option<ProgressStyle> Progress { get; } = ConsoleOptions.Progress();

    public Option<LogFormat> LogFormat { get; } = ConsoleOptions.LogFormat();

    public Option<LogLevel> LogLevel { get; } = ConsoleOptions.LogLevel();

    public Option<bool> Quiet { get; } = ConsoleOptions.Quiet();

    public CommandSpec Spec { get; }

    public ReprocessSpec()
    {
        Spec = new CommandSpec("reprocess", "clean stored dictionary records again; change what changed")
        {
            Usage = "[options]",
            Examples =
            [
                new("health_ingestion reprocess --source kaikki", "bring one dictionary in $DATABASE_URL to today's rules"),
            ],
            Environment = [new("DATABASE_URL", "the database when no --to is given, a URL or keywords")],
        };
        Spec.AddGroup("Database", Stored.Source, Stored.To, Stored.Schema);
        Spec.AddGroup("Entries", Entries.CleanBatch, Entries.WriteBatch, Entries.MinQuality, Entries.AllowDuplicates, Stored.Workers);
        Spec.AddGroup("Console", Progress, LogFormat, LogLevel, Quiet);
    }
}
