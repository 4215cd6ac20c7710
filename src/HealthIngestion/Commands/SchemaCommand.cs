using System.CommandLine;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Sqlite.Schema;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>A kind of database that has tables.</summary>
internal enum DatabaseKind
{
    Postgres,
    Sqlite,
}

/// <summary>Prints the SQL of the tables.</summary>
internal sealed class SchemaCommand : ICommand
{
    public const string Name = "schema";

    public ChoiceOption<DatabaseKind> Kind { get; } = new("--for", ("postgres", DatabaseKind.Postgres), ("sqlite", DatabaseKind.Sqlite))
    {
        HelpName = "KIND",
        Description = "postgres or sqlite: whose tables (default: postgres)",
    };

    public Option<string> Schema { get; } = SharedOptions.Schema(isCreated: true);

    public CommandSpec Spec { get; }

    public SchemaCommand()
    {
        Spec = new CommandSpec(Name, "print the SQL that creates or updates the tables; run nothing")
        {
            Usage = "[options]",
            Examples =
            [
                new("health_ingestion schema | psql", "create the tables as a user of your choice"),
                new("health_ingestion schema --for sqlite | sqlite3 my.db", "create them in a new file"),
            ],
        };
        Spec.AddGroup("Output", Kind, Schema);
    }

    public int Run(ParseResult arguments)
    {
        StandardStream.WriteOutput(arguments.GetValue(Kind) == DatabaseKind.Sqlite
            ? SqliteSchema.Script()
            : PostgresSchema.Script(arguments.GetValue(Schema)!));
        return ExitCode.Done;
    }
}
