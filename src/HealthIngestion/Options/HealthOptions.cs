using System.CommandLine;
using FastIngest.Delivery;
using FastIngest.Dialects;
using FastIngest.Dialects.Contract;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Samples;
using FastIngest.Sinks.Summaries;
using FastIngest.Sources;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.CommandLine;

namespace HealthIngestion.Options;

/// <summary>The options of a run over health data. Descriptions end with the default in parentheses; the help shows them as they are.</summary>
internal sealed class HealthOptions
{
    public Argument<string[]> Paths { get; } = new("PATH")
    {
        Description = "directories or files with health data, https:// or s3:// URLs, or - for standard input (default: $DATA_DIR, else /data if it exists, else ./data)",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public PrefixOption<string[]> To { get; } = new("--to", TargetPrefixes.All)
    {
        HelpName = "URL",
        Description = $"where the summaries go: {TargetRegistry.All.JoinForms(TargetCapability.Summaries)}; or from the database on to an API: {TargetRegistry.All.JoinForms(TargetCapability.Api)}; repeatable (default: $DATABASE_URL, else sqlite:health.db, and $API_URL, $WEAVIATE_URL)",
        Arity = ArgumentArity.OneOrMore,
    };

    public ChoiceOption<Category?> Category { get; } = new("--category", [.. Categories.Named.Select(c => (c.Name(), (Category?)c))])
    {
        HelpName = "NAME",
        Description = $"the category of standard input (-) and of the named files: {string.Join(", ", Categories.Named.Select(c => c.Name()))} (default: by name)",
    };

    public ChoiceOption<Dialect?> From { get; } = new("--from", [("auto", (Dialect?)null), .. DialectCatalog.All.Select(d => (d.Name, (Dialect?)d))])
    {
        HelpName = "FORMAT",
        Description = $"the format of all files: auto, {string.Join(", ", DialectCatalog.All.Select(d => d.Name))} (default: auto, by content)",
    };

    public Option<TimeZoneChoice?> TimeZone { get; } = new("--time-zone")
    {
        HelpName = "ZONE",
        Description = "the IANA time zone, such as Europe/Berlin, in which stamps in UTC become local days (default: they stay UTC days)",
        CustomParser = TimeZoneOption.Parse,
    };

    public Option<SourcePolicy> Sources { get; } = new("--sources")
    {
        HelpName = "HOW",
        Description = "which source counts when several report the same steps or energy: largest, sum, or prefer:NAME,NAME (default: largest)",
        DefaultValueFactory = _ => SourcePolicy.Largest,
        CustomParser = SourcesOption.Parse,
    };

    public Option<int> UserFrom { get; } = new("--user-from")
    {
        HelpName = "HOW",
        Description = "path:N, such as path:1: the N-th folder of a file's path below the given folder is the user of its records (default: none)",
        CustomParser = UserFromOption.Parse,
    };

    public Option<bool> AllowHttp { get; } = SharedOptions.AllowHttp();

    public Option<bool> NoRecursive { get; } = Flag("--no-recursive", "read no subfolders");

    public SelectionOptions Selection { get; } = new("only the records of this user; repeatable (default: all users)");

    public PseudonymOptions Pseudonyms { get; } = new();

    public Option<string> Schema { get; } = SharedOptions.Schema(isCreated: true);

    public Option<bool> Records { get; } = Flag("--records", "also store every record: in PostgreSQL, replacing those of the same user and day, or in files of columns");

    public ChoiceOption<OnFewer> OnFewer { get; } = new("--on-fewer", ("replace", FastIngest.Sinks.Summaries.OnFewer.Replace), ("keep", FastIngest.Sinks.Summaries.OnFewer.Keep), ("union", FastIngest.Sinks.Summaries.OnFewer.Union), ("fail", FastIngest.Sinks.Summaries.OnFewer.Fail))
    {
        HelpName = "HOW",
        Description = "what a run does to a stored day of which it has fewer readings: replace, keep, union or fail (default: replace)",
    };

    public Option<bool> NoText { get; } = Flag("--no-text", "write no sentences about the records, which is faster: a summary has only its first sentence, about the user and the day");

    public Option<bool> DryRun { get; } = Flag("--dry-run", "read and aggregate everything, write no summaries, only the rejects");

    public Option<bool> NoApi { get; } = Flag("--no-api", "deliver to no API, even if --to or the environment names one");

    public Option<string?> Rejects { get; } = SharedOptions.Rejects();

    public Option<bool> Strict { get; } = SharedOptions.Strict("a record was rejected, a field is not read, or a number cannot be read");

    public Option<string?> UserId { get; } = new("--user-id")
    {
        HelpName = "NAME",
        Description = "the user of records without a user_id, as in an export of one person (default: me for exports of phones and watches; else such records are rejected)",
        CustomParser = Values.NotEmpty,
    };

    public ChoiceOption<ImplausiblePolicy> Implausible { get; } = new(
        "--implausible", ("keep", ImplausiblePolicy.Keep), ("drop", ImplausiblePolicy.Drop), ("reject", ImplausiblePolicy.Reject))
    {
        HelpName = "HOW",
        Description = "keep, drop or reject: what happens to values such as 9000 bpm; drop ignores the value, reject the record (default: keep)",
    };

    public Option<string[]> AllowUnknown { get; } = new("--allow-unknown")
    {
        HelpName = "FIELDS",
        Description = "fields that may be unknown, separated by commas: FIELD, CATEGORY.FIELD, CATEGORY.* or *; FIELD and CATEGORY.FIELD may also hold no number; repeatable (default: none)",
        Arity = ArgumentArity.OneOrMore,
    };

    public ChoiceOption<IngestMode> Mode { get; } = new("--mode", ("optimized", IngestMode.Optimized), ("original", IngestMode.Original))
    {
        HelpName = "MODE",
        Description = "optimized, or original: the plain single-threaded reference with the same output (default: optimized)",
    };

    public Option<int> Workers { get; } = new("--workers")
    {
        HelpName = "N",
        Description = "threads that read and reduce, 1 to 1024 (default: the number of cores)",
        CustomParser = Values.Integer(1, 1024),
    };

    public ChoiceOption<IoMode> Io { get; } = new("--io", ("auto", IoMode.Auto), ("mmap", IoMode.Mmap), ("pread", IoMode.Pread))
    {
        HelpName = "HOW",
        Description = "auto, mmap or pread: how files are read (default: auto)",
    };

    public Option<long> MemoryLimit { get; } = new("--memory-limit")
    {
        HelpName = "SIZE",
        Description = "the most memory that the process takes, from 64MiB; what does not fit goes to --temp-dir (default: 256MiB)",
        CustomParser = Values.Size(MemoryPlan.MinLimit, 1L << 40),
    };

    public Option<string?> TempDir { get; } = SharedOptions.TempDir();

    public Option<long> ChunkSize { get; } = new("--chunk-size")
    {
        HelpName = "SIZE",
        Description = "bytes of a file that a worker takes at a time (default: up to 4MiB, by input and memory limit)",
        CustomParser = Values.Size(1, SharedOptions.MaxPieceBytes),
    };

    public Option<int> MaxExpansion { get; } = SharedOptions.MaxExpansion();

    public Option<long> MaxRecordSize { get; } = SharedOptions.MaxRecordSize("16MiB");

    public Option<int> Partitions { get; } = new("--partitions")
    {
        Hidden = true,
        CustomParser = Values.Integer(0, 1 << 16),
    };

    public ConsoleOptions Console { get; } = new();

    public Option<string?> StatsJson { get; } = SharedOptions.StatsJson();

    public MetricsOptions Metrics { get; } = new();

    public Option<int> Concurrency { get; } = SharedOptions.Concurrency();

    public Option<TimeSpan> WaitForApi { get; } = SharedOptions.WaitForApi();

    public Option<double> Rate { get; } = SharedOptions.Rate();

    public Option<SuccessRule[]> ApiSuccess { get; } = SharedOptions.ApiSuccess();

    public Option<string?> Embed { get; } = new("--embed")
    {
        HelpName = "URL",
        Description = "then turn the stored summaries into vectors with this embedding server, as the command embed does (default: no vectors)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string?> EmbedModel { get; } = new("--embed-model")
    {
        HelpName = "NAME",
        Description = "the model for --embed (default: the model of the server)",
        CustomParser = Values.NotEmpty,
    };

    /// <summary>All of them, as help groups them.</summary>
    public IReadOnlyList<OptionGroup> Groups =>
    [
        new("Input", [From, Category, NoRecursive, AllowHttp, UserId, UserFrom, TimeZone, Sources, Implausible, AllowUnknown, .. Selection.All, .. Pseudonyms.All]),
        new("Output", [To, Schema, Records, OnFewer, NoText, DryRun, Rejects, Strict, StatsJson, .. Metrics.All]),
        new("API", [NoApi, Concurrency, Rate, WaitForApi, ApiSuccess, Embed, EmbedModel]),
        new("Engine", [Mode, Workers, MemoryLimit, TempDir, Io, ChunkSize, MaxRecordSize, MaxExpansion, Partitions]),
        new("Console", Console.All),
    ];

    public IEnumerable<Option> All => Groups.SelectMany(g => g.Options);

    private static Option<bool> Flag(string name, string description) => SharedOptions.Flag(name, description);
}
