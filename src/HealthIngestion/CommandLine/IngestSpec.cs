using System.CommandLine;
using FastIngest.Pipeline;
using FastIngest.Pipeline.Entries;
using FastIngest.Sources;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.Terminal;

namespace HealthIngestion.CommandLine;

/// <summary>The options of <c>ingest</c>. Descriptions end with the default in parentheses; the help shows them as they are.</summary>
internal sealed class IngestSpec
{
    private const long MaxPiece = 1L << 30;

    public Argument<string[]> Paths { get; } = new("PATH")
    {
        Description = "directories or files with health data (default: $DATA_DIR, else /data if it exists, else ./data)",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public Option<string[]> To { get; } = new("--to")
    {
        HelpName = "URL",
        Description = $"where summaries or entries go: {TargetRegistry.All.JoinForms(TargetCapability.Summaries, TargetCapability.Entries)}; or an API that summaries go on to from the database: {TargetRegistry.All.JoinForms(TargetCapability.Api)}; repeatable (default: $DATABASE_URL, else sqlite:health.db, and $API_URL, $WEAVIATE_URL)",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<string> Schema { get; } = ConsoleOptions.Schema();

    public Option<bool> Records { get; } = Flag("--records", "also store every record in PostgreSQL, replacing those of the same user and day");

    public Option<bool> DryRun { get; } = Flag("--dry-run", "read, aggregate or clean everything, write nothing");

    public Option<bool> NoApi { get; } = Flag("--no-api", "deliver to no API, whatever --to and the environment say");

    public Option<string?> Rejects { get; } = new("--rejects")
    {
        HelpName = "FILE",
        Description = "where rejected records are written; made only if there are any (default: rejects.ndjson)",
        CustomParser = Values.NotEmpty,
    };

    public Option<bool> Strict { get; } = Flag("--strict", "exit with 3 if a record was rejected; the output is complete all the same");

    public Option<IngestMode> Mode { get; } = new("--mode")
    {
        HelpName = "MODE",
        Description = "optimized, or original: the plain single-threaded reference with the same output (default: optimized)",
        CustomParser = Values.Choice(("optimized", IngestMode.Optimized), ("original", IngestMode.Original)),
    };

    public Option<int> Workers { get; } = new("--workers")
    {
        HelpName = "N",
        Description = "threads that read and reduce, 1 to 1024, or that clean entries, 1 to 16 (default: the number of cores, for a dictionary 4)",
        CustomParser = Values.Integer(1, 1024),
    };

    public Option<IoMode> Io { get; } = new("--io")
    {
        HelpName = "HOW",
        Description = "auto, mmap or pread: how files are brought into memory (default: auto)",
        CustomParser = Values.Choice(("auto", IoMode.Auto), ("mmap", IoMode.Mmap), ("pread", IoMode.Pread)),
    };

    public Option<long> MemoryLimit { get; } = new("--memory-limit")
    {
        HelpName = "SIZE",
        Description = "the most memory that the process takes, from 64MiB; what does not fit goes to the temporary folder (default: 256MiB)",
        CustomParser = Values.Size(MemoryPlan.MinLimit, 1L << 40),
    };

    public Option<string?> TempDir { get; } = new("--temp-dir")
    {
        HelpName = "DIR",
        Description = "folder for what does not fit into memory (default: $TMPDIR, else /tmp)",
        CustomParser = Values.NotEmpty,
    };

    public Option<long> ChunkSize { get; } = new("--chunk-size")
    {
        HelpName = "SIZE",
        Description = "bytes of a file that a worker takes at a time (default: up to 4MiB, by input and memory limit)",
        CustomParser = Values.Size(1, MaxPiece),
    };

    public Option<long> MaxRecordSize { get; } = new("--max-record-size")
    {
        HelpName = "SIZE",
        Description = "larger records are rejected (default: 16MiB, for a dictionary 64MiB)",
        CustomParser = Values.Size(1, MaxPiece),
    };

    public Option<string?> Source { get; } = new("--source")
    {
        HelpName = "ID",
        Description = "read a dictionary, and call it so (default: none)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string?> File { get; } = new("--file")
    {
        HelpName = "PATH",
        Description = "the dictionary: a file, or a directory of .json, .jsonl and .ndjson files and their .gz (default: none)",
        CustomParser = Values.NotEmpty,
    };

    public Option<DictionaryFormat> Format { get; } = new("--format")
    {
        HelpName = "FORMAT",
        Description = "jsonl: one object a line; json: an array, or an object whose entries is one (default: jsonl)",
        CustomParser = Values.Choice(("jsonl", DictionaryFormat.Jsonl), ("json", DictionaryFormat.Json)),
    };

    public Option<string?> Catalog { get; } = new("--catalog")
    {
        HelpName = "FILE",
        Description = "a TOML file of [[source]] tables, which are kept in data_sources (default: none)",
        CustomParser = Values.NotEmpty,
    };

    public EntryOptionGroup Entries { get; } = new();

    public Option<int> Partitions { get; } = new("--partitions")
    {
        Hidden = true,
        CustomParser = Values.Integer(0, 1 << 16),
    };

    public Option<ProgressStyle> Progress { get; } = ConsoleOptions.Progress();

    public Option<LogFormat> LogFormat { get; } = ConsoleOptions.LogFormat();

    public Option<LogLevel> LogLevel { get; } = ConsoleOptions.LogLevel();

    public Option<bool> Quiet { get; } = ConsoleOptions.Quiet();

    public Option<string?> StatsJson { get; } = ConsoleOptions.StatsJson();

    public Option<int> Concurrency { get; } = ConsoleOptions.Concurrency();

    public Option<TimeSpan> WaitForApi { get; } = ConsoleOptions.WaitForApi();

    public CommandSpec Spec { get; }

    /// <summary>The environment that has to do with APIs.</summary>
    public static HelpLine[] ApiLines =>
    [
        new("API_URL, WEAVIATE_URL", "the APIs to deliver to when no --to is given"),
        new("API_TOKEN", "sent to an API as Authorization: Bearer; for Weaviate rather WEAVIATE_API_KEY"),
    ];

    public IngestSpec()
    {
        Spec = new CommandSpec("ingest", "read health files or a dictionary, write summaries or entries (default)")
        {
            Usage = "[PATH...] [options]",
            Examples =
            [
                new("health_ingestion", "read $DATA_DIR, /data or ./data into health.db"),
                new("health_ingestion export/ --to sqlite:my.db", "read a directory into a database of your choice"),
                new("health_ingestion export/ --to http://api:5000/ingest", "store the summaries in health.db, and post them from there"),
                new("health_ingestion export/ --to ndjson:- | head", "look at the first summaries"),
                new("health_ingestion export/ --dry-run --strict", "check an export, write nothing"),
                new("health_ingestion ingest --source kaikki --file dump.jsonl.gz", "read a dictionary into $DATABASE_URL"),
            ],
            Environment =
            [
                new("DATA_DIR", "what to read when no PATH is given"),
                new("DATABASE_URL", "the PostgreSQL database to write to when no --to is given, a URL or keywords"),
                .. ApiLines,
                new("PGHOST, PGPASSWORD, ...", "what a postgres:// URL leaves out"),
                new("FASTINGEST_ISA", "the vectors to use, one of those that --version lists"),
                new("NO_COLOR", "no colours when set and not empty"),
            ],
        };
        Spec.Command.Arguments.Add(Paths);
        Spec.AddGroup("Output", To, Schema, Records, DryRun, Rejects, Strict, StatsJson);
        Spec.AddGroup("API", NoApi, Concurrency, WaitForApi);
        Spec.AddGroup("Dictionary", [Source, File, Format, Catalog, .. Entries.All]);
        Spec.AddGroup("Engine", Mode, Workers, MemoryLimit, TempDir, Io, ChunkSize, MaxRecordSize, Partitions);
        Spec.AddGroup("Console", Progress, LogFormat, LogLevel, Quiet);
    }

    private static Option<bool> Flag(string name, string description) => ConsoleOptions.Flag(name, description);
}
