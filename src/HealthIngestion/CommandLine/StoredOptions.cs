using System.CommandLine;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.Terminal;

namespace HealthIngestion.CommandLine;

/// <summary>The options of commands that work on the dictionaries that a database holds.</summary>
internal sealed class StoredOptions
{
    public Option<string?> Source { get; } = new("--source")
    {
        HelpName = "ID",
        Description = "the dictionary (default: all)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string?> To { get; } = new("--to")
    {
        HelpName = "URL",
        Description = $"the database, {TargetRegistry.All.JoinForms(TargetCapability.Reprocess)} (default: $DATABASE_URL)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string> Schema { get; } = ConsoleOptions.Schema();

    public Option<int> Workers { get; } = new("--workers")
    {
        HelpName = "N",
        Description = "threads that clean entries, 1 to 16 (default: 4)",
        CustomParser = Values.Integer(1, 16),
        DefaultValueFactory = _ => 4,
    };

    public Option<string?> StatsJson { get; } = ConsoleOptions.StatsJson();

    public Option<ProgressStyle> Progress { get; } = ConsoleOptions.Progress();

    public Option<LogFormat> LogFormat { get; } = ConsoleOptions.LogFormat();

    public Option<LogLevel> LogLevel { get; } = ConsoleOptions.LogLevel();

    public Option<bool> Quiet { get; } = ConsoleOptions.Quiet();

    public Option[] OfDatabase => [Source, To, Schema];

    public Option[] OfConsole => [Progress, LogFormat, LogLevel, Quiet];

    public static HelpLine[] Environment => [new("DATABASE_URL", "the PostgreSQL database when no --to is given, a URL or keywords")];
}
