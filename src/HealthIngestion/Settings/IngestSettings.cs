using System.CommandLine;
using FastIngest;
using FastIngest.Delivery;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Samples;
using FastIngest.Sinks.Summaries;
using FastIngest.Sources.Compression;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.Exit;
using HealthIngestion.Options;

namespace HealthIngestion.Settings;

/// <summary>What a command line of <c>ingest</c> asks for, with every default filled in.</summary>
internal sealed record IngestSettings : RunSettings
{
    public required IngestOptions Options { get; init; }

    /// <summary>The APIs that the summaries are delivered to when they are stored.</summary>
    public required IReadOnlyList<DeliveryApi> Apis { get; init; }

    /// <summary>The one of <see cref="RunSettings.Targets"/> that they are delivered from; null when there is no database.</summary>
    public required Target? Database { get; init; }

    /// <summary>How that is done; null when there is no database.</summary>
    public required DeliveryOptions? Delivery { get; init; }

    /// <summary>What turns the stored summaries into vectors; null when nothing does.</summary>
    public required EmbeddingWork? Embedding { get; init; }

    /// <summary>Whether one of <see cref="RunSettings.Targets"/> is there only because an API needs a database.</summary>
    public required bool IsDatabaseAdded { get; init; }

    /// <summary>What happens to stored days that the run would make poorer.</summary>
    public required OnFewer OnFewer { get; init; }

    /// <summary>Whether the targets that can store records get them as well.</summary>
    public required bool TakesRecords { get; init; }

    /// <exception cref="UsageException">Options contradict each other.</exception>
    public static IngestSettings From(HealthOptions spec, ParseResult arguments)
    {
        Targets chosen = Settings.Targets.Choose(arguments.GetValue(spec.To), arguments.GetValue(spec.NoApi));
        IReadOnlyList<Target> targets = chosen.Sinks;
        string? stats = arguments.GetValue(spec.StatsJson), metrics = arguments.GetValue(spec.Metrics.File);
        string rejects = arguments.GetValue(spec.Rejects) ?? "rejects.ndjson";
        bool isDryRun = arguments.GetValue(spec.DryRun), takesRecords = arguments.GetValue(spec.Records);
        OutputPlaces.RejectClashes(isDryRun ? [] : targets, rejects, stats, metrics, takesRecords);

        string[] paths = arguments.GetValue(spec.Paths) is { Length: > 0 } some ? some : [DefaultPath()];
        OutputPlaces.RejectInput(paths, HealthFileNames.IsRead, isDryRun ? [] : targets, rejects, stats, metrics, takesRecords);
        PseudonymKey? pseudonyms = SelectionSettings.KeyOf(spec.Pseudonyms, arguments);
        IngestOptions options = new()
        {
            Paths = paths,
            Mode = arguments.GetValue(spec.Mode),
            Io = arguments.GetValue(spec.Io),
            AllowsHttp = arguments.GetValue(spec.AllowHttp),
            Partitions = arguments.GetValue(spec.Partitions),
            RejectsPath = rejects,
            Selection = SelectionSettings.From(spec.Selection, arguments),
            Pseudonyms = pseudonyms,
            Category = arguments.GetValue(spec.Category),
            IsRecursive = !arguments.GetValue(spec.NoRecursive),
            UserId = arguments.GetValue(spec.UserId),
            UserFolder = arguments.GetValue(spec.UserFrom),
            From = arguments.GetValue(spec.From),
            TimeZone = arguments.GetValue(spec.TimeZone),
            Sources = arguments.GetValue(spec.Sources) ?? SourcePolicy.Largest,
            Implausible = arguments.GetValue(spec.Implausible),
            HasSentences = !arguments.GetValue(spec.NoText),
            AllowedFields = new AllowedFields(Allowed(arguments.GetValue(spec.AllowUnknown) ?? [])),
            Workers = Math.Min(Environment.ProcessorCount, 1024),
        };
        if (takesRecords)
        {
            RejectRecords(targets, options.Mode);
        }

        if (arguments.GetResult(spec.OnFewer) is { Implicit: false } && !targets.Any(t => t.Kind.ComparesDays))
        {
            throw new UsageException("--on-fewer: no target holds earlier days; it applies to sqlite: and postgres: only");
        }

        if (arguments.GetValue(spec.OnFewer) == OnFewer.Union && !(takesRecords && targets is [var only] && only.Has(TargetCapability.Records) && only.Kind.ComparesDays))
        {
            IEnumerable<string> forms = TargetRegistry.All.Kinds.Where(k => k.Records && k.ComparesDays).SelectMany(k => k.Forms);
            throw new UsageException($"--on-fewer union unites records in the only target: use it with --records and one --to, {string.Join(" or ", forms)}");
        }

        DeliveryOptions? delivery = chosen.Database is not { } database ? null : new DeliveryOptions
        {
            From = database.CreateDeliverySource(new TargetOptions { Schema = arguments.GetValue(spec.Schema) }),
            Selection = SelectionSettings.From(spec.Selection, arguments, pseudonyms),
            Concurrency = arguments.GetValue(spec.Concurrency),
            WaitForApi = arguments.GetValue(spec.WaitForApi),
            RequestsPerSecond = arguments.GetValue(spec.Rate),
            Success = arguments.GetValue(spec.ApiSuccess) ?? [],
        };
        return new IngestSettings
        {
            Options = options with
            {
                Workers = Given(arguments, spec.Workers, options.Workers),
                MemoryLimitBytes = Given(arguments, spec.MemoryLimit, options.MemoryLimitBytes),
                TempDirectory = arguments.GetValue(spec.TempDir) ?? options.TempDirectory,
                ChunkBytes = (int)Given(arguments, spec.ChunkSize, options.ChunkBytes),
                Expansion = new ExpansionLimit(arguments.GetValue(spec.MaxExpansion)),
                MaxRecordBytes = (int)Given(arguments, spec.MaxRecordSize, options.MaxRecordBytes),
            },
            Targets = targets,
            Apis = isDryRun ? [] : chosen.Apis,
            Database = chosen.Database,
            Delivery = delivery,
            Embedding = EmbeddingSettings.WorkOf(spec, arguments, chosen.Database, delivery, isDryRun),
            IsDatabaseAdded = chosen.IsDatabaseAdded,
            Schema = arguments.GetValue(spec.Schema)!,
            TakesRecords = takesRecords,
            OnFewer = arguments.GetValue(spec.OnFewer),
            IsDryRun = isDryRun,
            IsStrict = arguments.GetValue(spec.Strict),
            StatsPath = stats,
            Progress = spec.Console.Progress(arguments),
            LogFormat = spec.Console.Format(arguments),
            LogLevel = spec.Console.Level(arguments),
        };
    }

    /// <summary>Splits the lists of allowed fields, and checks the categories in them.</summary>
    private static string[] Allowed(IEnumerable<string> lists)
    {
        string[] patterns = [.. lists.SelectMany(f => f.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        string[] categories = [.. Categories.Named.Select(c => c.Name())];
        foreach (string pattern in patterns)
        {
            int dot = pattern.IndexOf('.', StringComparison.Ordinal);
            if (dot >= 0 && !categories.Contains(pattern[..dot]))
            {
                string remedy = Suggestion.For(pattern[..dot], categories) is { } near ? $"did you mean {near}{pattern[dot..]}?" : $"the categories are {string.Join(", ", categories)}";
                throw new UsageException($"--allow-unknown {pattern}: '{pattern[..dot]}' is not a category; {remedy}");
            }
        }

        return patterns;
    }

    private static void RejectRecords(IEnumerable<Target> targets, IngestMode mode)
    {
        if (!targets.Any(t => t.Has(TargetCapability.Records)))
        {
            throw new UsageException($"--records: no --to names a target that stores records; use {TargetRegistry.All.JoinForms(TargetCapability.Records)}");
        }

        if (mode == IngestMode.Original)
        {
            throw new UsageException("--records and --mode original exclude each other: the original mode stores no records");
        }
    }

    private static string DefaultPath()
    {
        string? fromEnvironment = Environment.GetEnvironmentVariable("DATA_DIR");
        return !string.IsNullOrEmpty(fromEnvironment) ? fromEnvironment
            : Directory.Exists("/data") ? "/data"
            : Path.Combine(".", "data");
    }
}
