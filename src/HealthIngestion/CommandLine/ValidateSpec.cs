using System.CommandLine;

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
            Environment = StoredOptions.Environment,
        };
        Spec.AddGroup("Database", Stored.OfDatabase);
        Spec.AddGroup("Entries", Limit, Stored.Workers);
        Spec.AddGroup("Output", Stored.StatsJson);
        Spec.AddGroup("Console", Stored.OfConsole);
    }
}
