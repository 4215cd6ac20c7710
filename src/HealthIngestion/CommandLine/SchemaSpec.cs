using System.CommandLine;

namespace HealthIngestion.CommandLine;

/// <summary>The options of <c>schema</c>.</summary>
internal sealed class SchemaSpec
{
    public Option<string> Schema { get; } = ConsoleOptions.Schema();

    public CommandSpec Spec { get; }

    public SchemaSpec()
    {
        Spec = new CommandSpec("schema", "print the SQL that makes or updates the PostgreSQL tables; run nothing")
        {
            Usage = "[options]",
            Examples =
            [
                new("health_ingestion schema | psql", "make the tables with a user of your own"),
            ],
        };
        Spec.AddGroup("Output", Schema);
    }
}
