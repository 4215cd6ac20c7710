using System.CommandLine;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.CommandLine;

namespace HealthIngestion.Options;

/// <summary>The options of commands that work on the dictionaries that a database holds.</summary>
internal sealed class StoredOptions
{
    public Option<string?> Source { get; } = new("--source")
    {
        HelpName = "ID",
        Description = "name of the dictionary source (default: all)",
        CustomParser = Values.NotEmpty,
    };

    public PrefixOption<string?> To { get; } = new("--to", TargetPrefixes.Databases)
    {
        HelpName = "URL",
        Description = $"the database, {TargetRegistry.All.JoinForms(TargetCapability.Reprocess)} (default: $DATABASE_URL)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string> Schema { get; } = SharedOptions.Schema();

    public Option<int> Workers { get; } = SharedOptions.Cleaners();

    public Option<string?> StatsJson { get; } = SharedOptions.StatsJson();

    public ConsoleOptions Console { get; } = new();

    public Option[] OfDatabase => [Source, To, Schema];

    public static HelpLine[] Environment => [new("DATABASE_URL", "the PostgreSQL database when no --to is given, a URL or keywords")];
}
