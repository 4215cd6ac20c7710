using System.CommandLine;
using FastIngest.Pipeline.Entries;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.Terminal;

namespace HealthIngestion.CommandLine;

/// <summary>What a command line of <c>ingest</c> with a dictionary asks for, with every default filled in.</summary>
internal sealed record LexiconSettings : RunSettings
{
    private const int MaxWorkers = 16;

    public required LexiconOptions Options { get; init; }

    /// <summary>Records sent to a database before they are merged into its tables.</summary>
    public required int MergeRows { get; init; }

    /// <summary>Whether a command line is about a dictionary.</summary>
    public static bool Asks(IngestSpec spec, ParseResult arguments) =>
        arguments.GetResult(spec.Source) is not null || arguments.GetResult(spec.File) is not null;

    /// <summary>Options of dictionaries make no sense for health data.</summary>
    /// <exception cref="UsageException">One is given.</exception>
    public static void RefuseWithoutSource(IngestSpec spec, ParseResult arguments)
    {
        foreach (Option option in new Option[] { spec.Format, spec.Catalog }.Concat(spec.Entries.All))
        {
            if (arguments.GetResult(option) is { Implicit: false })
            {
                throw new UsageException($"{option.Name} is for dictionaries: give --source ID and --file PATH");
            }
        }
    }

    /// <exception cref="UsageException">Options contradict each other.</exception>
    public static LexiconSettings From(IngestSpec spec, ParseResult arguments)
    {
        string source = arguments.GetValue(spec.Source) ?? throw new UsageException("--file needs --source ID, the name of the dictionary");
        string path = arguments.GetValue(spec.File) ?? throw new UsageException("--source needs --file PATH, the dictionary itself");
        if (arguments.GetValue(spec.Paths) is [var extra, ..])
        {
            throw new UsageException($"{extra}: a dictionary is named by --file PATH alone");
        }

        foreach (Option option in new Option[] { spec.Mode, spec.MemoryLimit, spec.Io, spec.ChunkSize, spec.Partitions })
        {
            if (arguments.GetResult(option) is { Implicit: false })
            {
                throw new UsageException($"{option.Name} is for health data, not for dictionaries");
            }
        }

        bool isDryRun = arguments.GetValue(spec.DryRun);
        string[] names = arguments.GetValue(spec.To) is { Length: > 0 } given ? given
            : DatabaseUrl() is { } database ? [database]
            : isDryRun ? []
            : throw new UsageException($"a dictionary needs a place: give --to {TargetRegistry.All.JoinForms(TargetCapability.Entries)}, or set DATABASE_URL");
        Target[] targets = [.. names.Select(n => CommandLine.Targets.Parse("--to", n, TargetCapability.Entries))];
        string? stats = arguments.GetValue(spec.StatsJson);
        string rejects = arguments.GetValue(spec.Rejects) ?? "rejects.ndjson";
        string? catalog = arguments.GetValue(spec.Catalog);
        OutputPlaces.RefuseClashes(isDryRun ? [] : targets, rejects, stats);
        OutputPlaces.RefuseInput(catalog is null ? [path] : [path, catalog], DictionaryFileNames.IsRead, isDryRun ? [] : targets, rejects, stats);
        int workers = Given(arguments, spec.Workers, 4);
        bool isQuiet = arguments.GetValue(spec.Quiet);
        return new LexiconSettings
        {
            Options = new LexiconOptions
            {
                Source = source,
                Path = path,
                Format = arguments.GetValue(spec.Format),
                Catalog = catalog is null ? [] : SourceCatalog.Read(catalog),
                Policy = spec.Entries.Policy(arguments),
                Workers = workers <= MaxWorkers ? workers : throw new UsageException($"--workers {workers}: a dictionary takes 1 to {MaxWorkers}"),
                CleanBatch = Given(arguments, spec.Entries.CleanBatch, 5_000),
                MaxRecordBytes = (int)Given(arguments, spec.MaxRecordSize, 64L << 20),
                RejectsPath = rejects,
            },
            MergeRows = Math.Min(Given(arguments, spec.Entries.LoadBatch, 10_000), Given(arguments, spec.Entries.WriteBatch, 10_000)),
            Targets = targets,
            Schema = arguments.GetValue(spec.Schema)!,
            IsDryRun = isDryRun,
            IsStrict = arguments.GetValue(spec.Strict),
            StatsPath = stats,
            Progress = isQuiet ? ProgressStyle.None : arguments.GetValue(spec.Progress),
            LogFormat = arguments.GetValue(spec.LogFormat),
            LogLevel = isQuiet ? Terminal.LogLevel.Error : arguments.GetValue(spec.LogLevel),
        };
    }
}
