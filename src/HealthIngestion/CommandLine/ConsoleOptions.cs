using System.CommandLine;
using FastIngest.Storage.Postgres.Schema;
using HealthIngestion.Terminal;

namespace HealthIngestion.CommandLine;

/// <summary>The options that several commands have in common.</summary>
internal static class ConsoleOptions
{
    public static Option<bool> Flag(string name, string description) => new(name)
    {
        Description = description,
        Arity = ArgumentArity.Zero,
    };

    public static Option<ProgressStyle> Progress() => new("--progress")
    {
        HelpName = "HOW",
        Description = "auto, plain or none: bars on a terminal and lines elsewhere, always lines, or nothing (default: auto)",
        CustomParser = Values.Choice(("auto", ProgressStyle.Auto), ("plain", ProgressStyle.Plain), ("none", ProgressStyle.None)),
    };

    public static Option<LogFormat> LogFormat() => new("--log-format")
    {
        HelpName = "FORMAT",
        Description = "text or json: how standard error is written (default: text)",
        CustomParser = Values.Choice(("text", Terminal.LogFormat.Text), ("json", Terminal.LogFormat.Json)),
    };

    public static Option<LogLevel> LogLevel() => new("--log-level")
    {
        HelpName = "LEVEL",
        Description = "debug, info, warning or error (default: info)",
        CustomParser = Values.Choice(
            ("debug", Terminal.LogLevel.Debug),
            ("info", Terminal.LogLevel.Info),
            ("warning", Terminal.LogLevel.Warning),
            ("error", Terminal.LogLevel.Error)),
        DefaultValueFactory = _ => Terminal.LogLevel.Info,
    };

    public static Option<string> Schema() => new("--schema")
    {
        HelpName = "NAME",
        Description = $"the PostgreSQL schema that holds the tables; made if it is missing (default: {PostgresSchema.DefaultName})",
        CustomParser = Values.Identifier,
        DefaultValueFactory = _ => PostgresSchema.DefaultName,
    };

    public static Option<int> Concurrency() => new("--concurrency")
    {
        HelpName = "N",
        Description = "the most requests to an API at once, 1 to 1024; fewer while it is busy (default: 16)",
        CustomParser = Values.Integer(1, 1024),
        DefaultValueFactory = _ => 16,
    };

    public static Option<TimeSpan> WaitForApi() => new("--wait-for-api")
    {
        HelpName = "TIME",
        Description = "wait that long for an API that is not there yet, such as 60s (default: 0s)",
        CustomParser = Values.Duration,
    };

    public static Option<string?> StatsJson() => new("--stats-json")
    {
        HelpName = "FILE",
        Description = "write the run's figures as JSON, - for standard output (default: not written)",
        CustomParser = Values.NotEmpty,
    };

    public static Option<bool> Quiet() => Flag("--quiet", "say nothing but errors");
}
