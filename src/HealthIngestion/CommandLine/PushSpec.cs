using System.CommandLine;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.Terminal;

namespace HealthIngestion.CommandLine;

/// <summary>The options of <c>push</c>.</summary>
internal sealed class PushSpec
{
    public Option<string?> From { get; } = new("--from")
    {
        HelpName = "URL",
        Description = $"the database that holds the summaries, {TargetRegistry.All.JoinForms(TargetCapability.Outbox)} (default: $DATABASE_URL, else sqlite:health.db)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string[]> To { get; } = new("--to")
    {
        HelpName = "URL",
        Description = $"the API, {TargetRegistry.All.JoinForms(TargetCapability.Api)}; repeatable (default: $API_URL, $WEAVIATE_URL)",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<string> Schema { get; } = ConsoleOptions.Schema();

    public Option<bool> RetryRefused { get; } = ConsoleOptions.Flag("--retry-refused", "send also what the API refused for good");

    public Option<int> Concurrency { get; } = ConsoleOptions.Concurrency();

    public Option<TimeSpan> WaitForApi { get; } = ConsoleOptions.WaitForApi();

    public Option<string?> StatsJson { get; } = ConsoleOptions.StatsJson();

    public Option<ProgressStyle> Progress { get; } = ConsoleOptions.Progress();

    public Option<LogFormat> LogFormat { get; } = ConsoleOptions.LogFormat();

    public Option<LogLevel> LogLevel { get; } = ConsoleOptions.LogLevel();

    public Option<bool> Quiet { get; } = ConsoleOptions.Quiet();

    public CommandSpec Spec { get; }

    public PushSpec()
    {
        Spec = new CommandSpec("push", "deliver stored summaries that an API does not have yet")
        {
            Usage = "[options]",
            Examples =
            [
                new("health_ingestion push", "from health.db to $API_URL, what is new or changed"),
                new("health_ingestion push --from postgres://me@db/health --to https://api/ingest", ""),
            ],
            Environment =
            [
                new("DATABASE_URL", "the PostgreSQL database to read when no --from is given, a URL or keywords"),
                .. IngestSpec.ApiLines,
            ],
        };
        Spec.AddGroup("What", From, To, Schema, RetryRefused, StatsJson);
        Spec.AddGroup("API", Concurrency, WaitForApi);
        Spec.AddGroup("Console", Progress, LogFormat, LogLevel, Quiet);
    }
}
