using System.Text;
using FastIngest.Health;

namespace FastIngest.Storage.Postgres.Schema;

/// <summary>
/// The tables, as numbered steps. A step is never changed once it is released: what comes later is a step of its own.
/// Each can be run again without harm, and <c>schema_steps</c> says which ones a schema has.
/// </summary>
public static class PostgresSchema
{
    /// <summary>The schema where no other is asked for.</summary>
    public const string DefaultName = "fastingest";

    /// <summary>The tables that each step makes, step 1 first; <c>schema_steps</c> comes before all.</summary>
    internal static IReadOnlyList<IReadOnlyList<string>> Tables { get; } =
    [
        ["daily_summaries", "users"],
        ["ingest_runs", "ingest_chunks"],
        ["deliveries"],
        [.. RecordTable.All.Select(t => t.Name)],
        EntrySchema.Tables,
    ];

    /// <summary>Everything that brings a schema of any age, or none, to today's, for psql. Running it again changes nothing.</summary>
    public static string Script(string schema)
    {
        PostgresNames names = new(schema);
        StringBuilder script = new();
        script.Append("-- Tables of health_ingestion. Safe to run again, and over an older schema.\nBEGIN;\n");
        script.Append($"SELECT pg_advisory_xact_lock({LockKey(PostgresNames.Literal(schema))});\n");
        script.Append(StepTable(names)).Append('\n');
        int number = 0;
        foreach (string step in Steps(names))
        {
            script.Append($"\n-- step {++number}\n{step}\n");
            script.Append($"INSERT INTO {names.Steps} (step) VALUES ({number}) ON CONFLICT DO NOTHING;\n");
        }

        return script.Append("COMMIT;\n").ToString();
    }

    /// <summary>The key of the advisory lock that changes of a schema and runs into it take.</summary>
    /// <param name="schemaValue">The schema's name as a literal or a parameter.</param>
    internal static string LockKey(string schemaValue) => $"hashtextextended('fastingest ' || {schemaValue}, 0)";

    internal static string StepTable(PostgresNames names) =>
        $"""
        CREATE SCHEMA IF NOT EXISTS {names.QuotedSchema};
        CREATE TABLE IF NOT EXISTS {names.Steps} (step integer PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now());
        """;

    /// <summary>The steps in order; step 1 comes first.</summary>
    internal static IReadOnlyList<string> Steps(PostgresNames names) =>
    [
        // user_id is compared by its bytes, which is the order of rows and what keeps an index of texts fast.
        $"""
        CREATE TABLE IF NOT EXISTS {names.Summaries} (
            {string.Join(",\n    ", SummaryColumn.All.Select(Define))},
            summary_parts text NOT NULL,
            PRIMARY KEY (user_id, date)
        );
        CREATE TABLE IF NOT EXISTS {names.Users} (
            user_id text COLLATE "C" PRIMARY KEY,
            name text,
            age double precision,
            gender text,
            height double precision,
            weight double precision,
            fitness_level text
        );
        """,
        $"""
        CREATE TABLE IF NOT EXISTS {names.Runs} (
            run_id uuid PRIMARY KEY,
            started timestamptz NOT NULL,
            finished timestamptz NOT NULL,
            files jsonb NOT NULL,
            records bigint NOT NULL,
            aggregated bigint NOT NULL,
            rejected bigint NOT NULL,
            rows bigint NOT NULL
        );
        CREATE TABLE IF NOT EXISTS {names.Chunks} (
            run_id uuid REFERENCES {names.Runs} ON DELETE CASCADE,
            chunk integer,
            kind text NOT NULL,
            rows bigint NOT NULL,
            bytes bigint NOT NULL,
            PRIMARY KEY (run_id, chunk)
        );
        """,
        // No row: never sent to that target. delivered_md5 is the md5 of the summary that the target has, refused_md5 of the one
        // that it will not have.
        $"""
        CREATE TABLE IF NOT EXISTS {names.Deliveries} (
            target text,
            user_id text COLLATE "C",
            date date,
            delivered_md5 uuid,
            delivered timestamptz,
            refused_md5 uuid,
            attempts integer NOT NULL,
            last_error text,
            PRIMARY KEY (target, user_id, date)
        );
        """,
        string.Join('\n', RecordTable.All.Select(t => t.Create(names))),
        EntrySchema.Step(names),
    ];

    private static string Define(SummaryColumn column) => column.Kind switch
    {
        ColumnKind.Count => $"{column.Name} bigint NOT NULL",
        ColumnKind.Number => $"{column.Name} double precision",
        ColumnKind.Date => $"{column.Name} date NOT NULL",
        ColumnKind.Json => $"{column.Name} jsonb",
        _ when column.Slot == TextSlot.UserId => $"{column.Name} text COLLATE \"C\" NOT NULL",
        _ => column.Owner is null ? $"{column.Name} text NOT NULL" : $"{column.Name} text",
    };
}
