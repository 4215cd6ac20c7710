using System.CommandLine;
using FastIngest.Delivery;
using FastIngest.Sources.Compression;
using FastIngest.Storage;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Targets;
using HealthIngestion.CommandLine;

namespace HealthIngestion.Options;

/// <summary>The options that several commands have in common.</summary>
internal static class SharedOptions
{
    /// <summary>The most bytes of a record or a chunk.</summary>
    public const long MaxPieceBytes = 1L << 30;

    public static Option<bool> Flag(string name, string description) => new(name)
    {
        Description = description,
        Arity = ArgumentArity.Zero,
    };

    /// <summary>What help says of the variable that stands in for <see cref="From"/>.</summary>
    public static HelpLine FromEnvironment { get; } = new("DATABASE_URL", "the PostgreSQL database to read when no --from is given, a URL or keywords");

    /// <summary>The database that a command reads.</summary>
    /// <param name="what">What the database is for.</param>
    /// <param name="wanted">What it must be able to do.</param>
    public static PrefixOption<string?> From(string what, TargetCapability wanted) => new("--from", TargetPrefixes.Databases)
    {
        HelpName = "URL",
        Description = $"{what}, {TargetRegistry.All.JoinForms(wanted)} (default: $DATABASE_URL, else sqlite:health.db)",
        CustomParser = Values.NotEmpty,
    };

    /// <param name="isCreated">Whether the command creates the schema if it is missing.</param>
    public static Option<string> Schema(bool isCreated = false) => new("--schema")
    {
        HelpName = "NAME",
        Description = $"the PostgreSQL schema that holds the tables{(isCreated ? "; created if it is missing" : "")} (default: {PostgresSchema.DefaultName})",
        CustomParser = Values.Identifier,
        DefaultValueFactory = _ => PostgresSchema.DefaultName,
    };

    /// <param name="standard">The default.</param>
    public static Option<int> Concurrency(int standard = 16) => new("--concurrency")
    {
        HelpName = "N",
        Description = $"the most requests to an API at once, 1 to 1024; fewer while the API is busy (default: {standard})",
        CustomParser = Values.Integer(1, 1024),
        DefaultValueFactory = _ => standard,
    };

    public static Option<TimeSpan> WaitForApi() => new("--wait-for-api")
    {
        HelpName = "TIME",
        Description = "how long to wait for an API that is not reachable yet, such as 60s (default: 0s)",
        CustomParser = Values.Duration,
    };

    public static Option<double> Rate() => new("--rate")
    {
        HelpName = "N",
        Description = "the most requests to an API in a second, retries included, such as 5 or 0.5 (default: no limit)",
        CustomParser = Values.Rate,
    };

    public static Option<SuccessRule[]> ApiSuccess() => new("--api-success")
    {
        HelpName = "RULE",
        Description = "what means success in the body of a response to a POST: FIELD=VALUE, such as status=queued or data.ok=true, or any; repeatable (default: what known APIs send)",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = Values.SuccessRules,
    };

    public static Option<string?> StatsJson() => new("--stats-json")
    {
        HelpName = "FILE",
        Description = "write the run's figures as JSON, - for standard output (default: not written)",
        CustomParser = Values.NotEmpty,
    };

    public static Option<string?> Rejects() => new("--rejects")
    {
        HelpName = "FILE",
        Description = "where rejected records are written; created only if there are any (default: rejects.ndjson)",
        CustomParser = Values.NotEmpty,
    };

    /// <param name="causes">What a strict run does not accept.</param>
    public static Option<bool> Strict(string causes = "a record was rejected") =>
        Flag("--strict", $"exit with 3 if {causes}; the output is complete all the same");

    /// <summary>The threads that clean entries of a dictionary.</summary>
    public static Option<int> Cleaners() => new("--workers")
    {
        HelpName = "N",
        Description = "threads that clean entries, 1 to 16 (default: 4)",
        CustomParser = Values.Integer(1, DictionaryOptions.MaxWorkers),
        DefaultValueFactory = _ => 4,
    };

    public static Option<string?> TempDir() => new("--temp-dir")
    {
        HelpName = "DIR",
        Description = "folder for what does not fit into memory (default: $TMPDIR, else /tmp)",
        CustomParser = Values.NotEmpty,
    };

    /// <param name="shownDefault">The default as help shows it.</param>
    public static Option<long> MaxRecordSize(string shownDefault) => new("--max-record-size")
    {
        HelpName = "SIZE",
        Description = $"larger records are rejected (default: {shownDefault})",
        CustomParser = Values.Size(1, MaxPieceBytes),
    };

    public static Option<bool> AllowHttp() => Flag("--allow-http", "read http:// URLs of other machines, too, whose data others on the network can read and change");

    public static Option<int> MaxExpansion() => new("--max-expansion")
    {
        HelpName = "N",
        Description = $"a compressed file may grow to N times its size, 1 to 1000000 (default: {ExpansionLimit.Default.Times})",
        CustomParser = Values.Integer(1, 1_000_000),
        DefaultValueFactory = _ => ExpansionLimit.Default.Times,
    };

    /// <summary>What the environment says of objects in S3.</summary>
    public static HelpLine[] S3Environment =>
    [
        new("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN", "the credentials for s3://, else those of AWS_PROFILE in ~/.aws; without any, requests are not signed"),
        new("AWS_REGION, AWS_ENDPOINT_URL_S3", "where the bucket is: a region of AWS, or the URL of another server"),
    ];

    /// <summary>What the environment says of APIs.</summary>
    public static HelpLine[] ApiEnvironment =>
    [
        new("API_URL, WEAVIATE_URL", "the APIs to deliver to when no --to is given"),
        new("API_TOKEN", "sent as Authorization: Bearer to the API of $API_URL, or to the only API; for Weaviate, WEAVIATE_API_KEY comes first"),
        new("API_TOKEN_HOST", "the token of one host, such as API_TOKEN_API_EXAMPLE_COM or API_TOKEN_LOCALHOST_8080; for any of these, NAME_FILE names a file that holds it"),
        new("HTTP_PROXY, HTTPS_PROXY", "the proxy to reach a server through, else ALL_PROXY; NO_PROXY lists the hosts that need none"),
    ];
}
