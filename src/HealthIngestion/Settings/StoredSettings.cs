using System.CommandLine;
using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.Exit;
using HealthIngestion.Options;

namespace HealthIngestion.Settings;

/// <summary>What a command line about stored dictionaries asks for, with every default filled in.</summary>
internal sealed record StoredSettings : RunSettings
{
    /// <summary>A source's id, or null for all.</summary>
    public required string? Source { get; init; }

    public required int Workers { get; init; }

    public EntryPolicy Policy { get; init; } = new();

    public int CleanBatch { get; init; } = 5_000;

    /// <summary>Changes that are merged at once.</summary>
    public int MergeRows { get; init; } = 10_000;

    /// <exception cref="UsageException">No database is named.</exception>
    public static StoredSettings From(StoredOptions options, ParseResult arguments)
    {
        return new StoredSettings
        {
            Targets = [Settings.Targets.Parse("--to", arguments.GetValue(options.To) ?? DatabaseUrl() ?? throw NoDatabase(), TargetCapability.Reprocess)],
            Source = arguments.GetValue(options.Source),
            Schema = arguments.GetValue(options.Schema)!,
            Workers = arguments.GetValue(options.Workers),
            IsDryRun = false,
            IsStrict = false,
            StatsPath = arguments.GetValue(options.StatsJson),
            Progress = options.Console.Progress(arguments),
            LogFormat = options.Console.Format(arguments),
            LogLevel = options.Console.Level(arguments),
        };
    }

    /// <summary>The same with how entries are made and whether they are written.</summary>
    public StoredSettings With(EntryOptionGroup entries, Option<bool> dryRun, ParseResult arguments) => this with
    {
        IsDryRun = arguments.GetValue(dryRun),
        Policy = entries.Policy(arguments),
        CleanBatch = Given(arguments, entries.CleanBatch, 5_000),
        MergeRows = Given(arguments, entries.WriteBatch, 10_000),
    };

    /// <summary>The database, not opened yet.</summary>
    /// <exception cref="UsageException">There is no such kind of database.</exception>
    public IEntryStore MakeStore() => Faults.AsUsage("--to", () => Targets[0].CreateEntryStore(new TargetOptions { Schema = Schema }));

    private static UsageException NoDatabase() =>
        new($"no database is named: give --to {TargetRegistry.All.JoinForms(TargetCapability.Reprocess)}, or set DATABASE_URL");
}
