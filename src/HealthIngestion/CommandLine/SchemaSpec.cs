using System.CommandLine;

namespace HealthIngestion.CommandLine;

/// <summary>A kind of database that has tables.</summary>
internal enum DatabaseKind
{
    Postgres,
    Sqlite,
}

/// <summary>The options of <c>schema</c>.</summary>
internal sealed class SchemaSpec
{
    public Option<DatabaseKind> Kind { get; } = new("--for")
    {
        HelpName = "KIND",
        Description = "postgres or sqlite: whose tables (default: postgres)",
        CustomParser = Values.Choice(("postgres", DatabaseKind.Postgres), ("sqlite", DatabaseKind.Sqlite)),
    };

    public Option<string> Schema { get; } = ConsoleOptions.Schema();

    public CommandSpec Spec { get; }

    public SchemaSpec()
    {
        Spec = new CommandSpec("schema", "print the SQL that makes or updates the tables; run nothing")
        {
            Usage = "[options]",
            Examples =
            [
                new("health_ingestion schema | psql", "make the tables with a user of your own"),
                new("health_ingestion schema --for sqlite | sqlite3 my.db", "make them in a new file"),
            ],
        };
        Spec.AddGroup("Output", Kind, Schema);
    }
}
