using System.CommandLine;
using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.Terminal;

namespace HealthIngestion.CommandLine;

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
        bool isQuiet = arguments.GetValue(options.Quiet);
        return new StoredSettings
        {
            Targets = [CommandLine.Targets.Parse("--to", arguments.GetValue(options.To) ?? DatabaseUrl() ?? throw NoDatabase(), TargetCapability.Reprocess)],
            Source = arguments.GetValue(options.Source),
            Schema = arguments.GetValue(options.Schema)!,
            Workers = arguments.GetValue(options.Workers),
            IsDryRun = false,
            IsStrict = false,
            StatsPath = arguments.GetValue(options.StatsJson),
            Progress = isQuiet ? ProgressStyle.None : arguments.GetValue(options.Progress),
            LogFormat = arguments.GetValue(options.LogFormat),
            LogLevel = isQuiet ? Terminal.LogLevel.Error : arguments.GetValue(options.LogLevel),
        };
    }

    /// <exception cref="UsageException">No database is named.</exception>
    public static StoredSettings From(ReprocessSpec spec, ParseResult arguments) => From(spec.Stored, arguments) with
    {
        IsDryRun = arguments.GetValue(spec.DryRun),
        Policy = spec.Entries.Policy(arguments),
        CleanBatch = Given(arguments, spec.Entries.CleanBatch, 5_000),
        MergeRows = Given(arguments, spec.Entries.WriteBatch, 10_000),
    };

    /// <summary>The database, not opened yet.</summary>
    /// <exception cref="UsageException">There is no such kind of database.</exception>
    public IEntryStore MakeStore() => Faults.AsUsage("--to", () => Targets[0].CreateEntryStore(new TargetOptions { Schema = Schema }));

    private static UsageException NoDatabase() =>
        new($"no database is named: give --to {TargetRegistry.All.JoinForms(TargetCapability.Reprocess)}, or set DATABASE_URL");
}
