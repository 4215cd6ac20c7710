using System.CommandLine;
using FastIngest.Pipeline.Entries;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.CommandLine;

namespace HealthIngestion.Options;

/// <summary>The options of a run over a dictionary.</summary>
/// <param name="health">
/// The options of health data, where one command takes both: what both kinds have, such as <c>--to</c>, is then one option.
/// </param>
internal sealed class DictionaryOptions(HealthOptions? health = null)
{
    /// <summary>The most threads that clean entries.</summary>
    public const int MaxWorkers = 16;

    public Option<string?> Source { get; } = new("--source")
    {
        HelpName = "ID",
        Description = "name of the dictionary source (required)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string?> File { get; } = new("--file")
    {
        HelpName = "PATH",
        Description = "the dictionary: a file, a directory of .json, .jsonl and .ndjson files and their .gz, or a URL (required)",
        CustomParser = Values.NotEmpty,
    };

    public ChoiceOption<DictionaryFormat> Format { get; } = new("--format", ("jsonl", DictionaryFormat.Jsonl), ("json", DictionaryFormat.Json))
    {
        HelpName = "FORMAT",
        Description = "jsonl: one object a line; json: an array, or an object whose entries is one (default: jsonl)",
    };

    public Option<string?> Catalog { get; } = new("--catalog")
    {
        HelpName = "FILE",
        Description = "a TOML file of [[source]] tables, which are stored in data_sources (default: none)",
        CustomParser = Values.NotEmpty,
    };

    public EntryOptionGroup Entries { get; } = new();

    public Option<string[]> To { get; } = health?.To ?? new PrefixOption<string[]>("--to", TargetPrefixes.Entries)
    {
        HelpName = "URL",
        Description = $"where the entries go: {TargetRegistry.All.JoinForms(TargetCapability.Entries)}; repeatable (default: $DATABASE_URL)",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<string> Schema { get; } = health?.Schema ?? SharedOptions.Schema(isCreated: true);

    public Option<bool> DryRun { get; } = health?.DryRun ?? SharedOptions.Flag("--dry-run", "read and clean everything, write nothing");

    public Option<string?> Rejects { get; } = health?.Rejects ?? SharedOptions.Rejects();

    public Option<bool> Strict { get; } = health?.Strict ?? SharedOptions.Strict();

    public Option<string?> StatsJson { get; } = health?.StatsJson ?? SharedOptions.StatsJson();

    public MetricsOptions Metrics { get; } = health?.Metrics ?? new MetricsOptions();

    public Option<int> Workers { get; } = health?.Workers ?? SharedOptions.Cleaners();

    public Option<string?> TempDir { get; } = health?.TempDir ?? SharedOptions.TempDir();

    public Option<bool> AllowHttp { get; } = health?.AllowHttp ?? SharedOptions.AllowHttp();

    public Option<int> MaxExpansion { get; } = health?.MaxExpansion ?? SharedOptions.MaxExpansion();

    public Option<long> MaxRecordSize { get; } = health?.MaxRecordSize ?? SharedOptions.MaxRecordSize("64MiB");

    public ConsoleOptions Console { get; } = health?.Console ?? new ConsoleOptions();

    /// <summary>The options that health data do not have.</summary>
    public Option[] OfDictionaries => [Source, File, Format, Catalog, .. Entries.All];

    /// <summary>The options that health data have, too.</summary>
    public Option[] OfBoth => [To, Schema, DryRun, Rejects, Strict, StatsJson, .. Metrics.All, Workers, TempDir, AllowHttp, MaxRecordSize, MaxExpansion, .. Console.All];
}
