using System.Text;
using FastIngest.Health;

namespace FastIngest.Storage.Postgres.Schema;

/// <summary>
/// The tables, defined as numbered migration steps. A released step is never changed; a later change is a new step. Each step is
/// idempotent, and <c>schema_steps</c> records the applied steps of a schema.
/// </summary>
public static class PostgresSchema
{
    /// <summary>The default schema.</summary>
    public const string DefaultName = "fastingest";

    /// <summary>The tables that each step creates, starting with step 1. <c>schema_steps</c> is created before them.</summary>
    internal static IReadOnlyList<IReadOnlyList<string>> Tables { get; } =
    [
        ["daily_summaries", "users"],
        ["ingest_runs", "ingest_chunks"],
        ["deliveries"],
        [.. RecordTable.All.Where(t => t != RecordTable.Samples).Select(t => t.Name)],
        EntrySchema.Tables,
        [RecordTable.Samples.Name],
        ["embedding_models", "embeddings"],
        [],
    ];

    /// <summary>Returns a psql script that creates the schema or migrates an older one. Running it again changes nothing.</summary>
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

    /// <summary>Returns the key of the advisory lock for migrations of a schema and for runs that store records.</summary>
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
        // user_id has the collation "C": rows are ordered by the bytes of the id, and byte comparison keeps the index fast.
        $"""
        CREATE TABLE IF NOT EXISTS {names.Summaries} (
            {string.Join(",\n    ", SummaryColumn.All.Where(c => c.Name != "metrics").Select(Define))},
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
        // Without a row, the summary was never sent to that target. delivered_md5 is the MD5 of the summary that the target has;
        // refused_md5 is the MD5 of the summary that the target rejected.
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
        string.Join('\n', RecordTable.All.Where(t => t != RecordTable.Samples).Select(t => t.Create(names))),
        EntrySchema.Step(names),
        $"""
        ALTER TABLE {names.Summaries} ADD COLUMN IF NOT EXISTS metrics jsonb;
        {RecordTable.Samples.Create(names)}
        """,
        // text_md5 is the MD5 of the text that the vector was made from. Vectors hardly compress, so the server shall not try to.
        $"""
        CREATE TABLE IF NOT EXISTS {names.EmbeddingModels} (
            model text PRIMARY KEY,
            served text NOT NULL,
            dimensions integer NOT NULL
        );
        CREATE TABLE IF NOT EXISTS {names.Embeddings} (
            model text,
            user_id text COLLATE "C",
            date date,
            text_md5 uuid,
            embedded timestamptz,
            refused_md5 uuid,
            attempts integer NOT NULL,
            last_error text,
            vector real[],
            PRIMARY KEY (model, user_id, date)
        );
        ALTER TABLE {names.Embeddings} ALTER COLUMN vector SET STORAGE EXTERNAL;
        """,
        // vector_hash is the hash of the text and the vector that the target has, and vector_model is the model; null if it has no vector.
        $"""
        ALTER TABLE {names.Deliveries} ADD COLUMN IF NOT EXISTS vector_hash uuid, ADD COLUMN IF NOT EXISTS vector_model text;
        """,
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
