using System.CommandLine;
using HealthIngestion.Terminal;

namespace HealthIngestion.CommandLine;

/// <summary>The options of <c>validate</c>.</summary>
internal sealed class ValidateSpec
{
    public StoredOptions Stored { get; } = new();

    public Option<int> Limit { get; } = new("--limit")
    {
        HelpName = "N",
        Description = "examples of each finding, at most (default: 3)",
        CustomParser = Values.Integer(0, 1_000_000),
        DefaultValueFactory = _ => 3,
    };

    public Option<LogFormat> LogFormat { get; } = ConsoleOptions.LogFormat();

    public Option<LogLevel> LogLevel { get; } = ConsoleOptions.LogLevel();

    public CommandSpec Spec { get; }

    public ValidateSpec()
    {
        Spec = new CommandSpec("validate", "check stored dictionary entries, print what is wrong")
        {
            Usage = "[options]",
            Examples =
            [
                new("health_ingestion validate --source kaikki --limit 10", "what is wrong with the entries of one dictionary in $DATABASE_URL"),
            ],
            Environment = [new("DATABASE_URL", "the database when no --to is given, a URL or keywords")],
        };
        Spec.AddGroup("Database", Stored.Source, Stored.To, Stored.Schema);
        Spec.AddGroup("Entries", Limit, Stored.Workers);
        Spec.AddGroup("Console", LogFormat, LogLevel);
    }
}
