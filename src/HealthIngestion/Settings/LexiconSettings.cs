using System.CommandLine;
using FastIngest.Pipeline.Entries;
using FastIngest.Sources.Compression;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.Exit;
using HealthIngestion.Options;

namespace HealthIngestion.Settings;

/// <summary>What a command line about a dictionary asks for, with every default filled in.</summary>
internal sealed record LexiconSettings : RunSettings
{
    public required LexiconOptions Options { get; init; }

    /// <summary>Records sent to a database before they are merged into its tables.</summary>
    public required int MergeRows { get; init; }

    /// <exception cref="UsageException">Options are missing or contradict each other.</exception>
    public static LexiconSettings From(DictionaryOptions spec, ParseResult arguments)
    {
        string? name = arguments.GetValue(spec.Source);
        string? file = arguments.GetValue(spec.File);
        string source = name ?? throw new UsageException(file is null
            ? "a dictionary needs --source ID, its name, and --file PATH"
            : "--file needs --source ID, the name of the dictionary source");
        string path = file ?? throw new UsageException("--source needs --file PATH, the dictionary itself");
        bool isDryRun = arguments.GetValue(spec.DryRun);
        string[] names = arguments.GetValue(spec.To) is { Length: > 0 } given ? given
            : DatabaseUrl() is { } database ? [database]
            : isDryRun ? []
            : throw new UsageException($"a dictionary needs a target: use --to {TargetRegistry.All.JoinForms(TargetCapability.Entries)}, or set DATABASE_URL");
        Target[] targets = [.. names.Select(n => Settings.Targets.Parse("--to", n, TargetCapability.Entries))];
        string? stats = arguments.GetValue(spec.StatsJson), metrics = arguments.GetValue(spec.Metrics.File);
        string rejects = arguments.GetValue(spec.Rejects) ?? "rejects.ndjson";
        string? catalog = arguments.GetValue(spec.Catalog);
        OutputPlaces.RejectClashes(isDryRun ? [] : targets, rejects, stats, metrics);
        OutputPlaces.RejectInput(catalog is null ? [path] : [path, catalog], DictionaryFileNames.IsRead, isDryRun ? [] : targets, rejects, stats, metrics);
        int workers = Given(arguments, spec.Workers, 4);
        return new LexiconSettings
        {
            Options = new LexiconOptions
            {
                Source = source,
                Path = path,
                Format = arguments.GetValue(spec.Format),
                Catalog = catalog is null ? [] : SourceCatalog.Read(catalog),
                Policy = spec.Entries.Policy(arguments),
                Workers = workers <= DictionaryOptions.MaxWorkers ? workers : throw new UsageException($"--workers {workers}: a dictionary takes 1 to {DictionaryOptions.MaxWorkers}"),
                CleanBatch = Given(arguments, spec.Entries.CleanBatch, 5_000),
                Expansion = new ExpansionLimit(arguments.GetValue(spec.MaxExpansion)),
                MaxRecordBytes = (int)Given(arguments, spec.MaxRecordSize, 64L << 20),
                RejectsPath = rejects,
                TempDirectory = arguments.GetValue(spec.TempDir) ?? Path.GetTempPath(),
                AllowsHttp = arguments.GetValue(spec.AllowHttp),
            },
            MergeRows = Math.Min(Given(arguments, spec.Entries.LoadBatch, 10_000), Given(arguments, spec.Entries.WriteBatch, 10_000)),
            Targets = targets,
            Schema = arguments.GetValue(spec.Schema)!,
            IsDryRun = isDryRun,
            IsStrict = arguments.GetValue(spec.Strict),
            StatsPath = stats,
            Progress = spec.Console.Progress(arguments),
            LogFormat = spec.Console.Format(arguments),
            LogLevel = spec.Console.Level(arguments),
        };
    }
}
