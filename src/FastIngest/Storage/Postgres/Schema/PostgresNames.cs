using FastIngest.Health;

namespace FastIngest.Storage.Postgres.Schema;

/// <summary>The qualified names of the tables in a schema, quoted so that any schema name works.</summary>
internal sealed class PostgresNames(string schema)
{
    /// <summary>The columns of <c>daily_summaries</c>, in the order of a tuple.</summary>
    public static IReadOnlyList<string> SummaryColumns { get; } = [.. SummaryColumn.All.Select(c => c.Name), "summary_parts"];

    /// <summary>The columns of <c>daily_summaries</c> as a list in SQL.</summary>
    public static string SummaryColumnList { get; } = string.Join(", ", SummaryColumns);

    /// <summary>The unquoted schema, for parameters and messages.</summary>
    public string Schema => schema;

    public string QuotedSchema { get; } = Quote(schema);

    public string Summaries => Table("daily_summaries");

    public string Users => Table("users");

    public string Runs => Table("ingest_runs");

    public string Chunks => Table("ingest_chunks");

    public string Deliveries => Table("deliveries");

    public string Embeddings => Table("embeddings");

    public string EmbeddingModels => Table("embedding_models");

    /// <summary>Returns the name of a table of outcomes, such as <c>deliveries</c>.</summary>
    public string Outcomes(string table) => Table(table);

    /// <summary>Returns the name of a table of records, or of one of its partitions.</summary>
    public string Records(string table) => Table(Quote(table));

    public string Sources => Table("data_sources");

    public string RawEntries => Table("raw_entries");

    public string Entries => Table("entries");

    public string Steps => Table("schema_steps");

    public static string Quote(string identifier) => "\"" + identifier.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>Returns the id under which PostgreSQL stores a user: without U+0000, which it cannot store.</summary>
    public static string StoredId(string userId) => userId.Replace("\0", "", StringComparison.Ordinal);

    /// <summary>Returns a text as an SQL literal, for statements without parameters. It does not depend on the setting <c>standard_conforming_strings</c>.</summary>
    public static string Literal(string text)
    {
        string quoted = "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
        return quoted.Contains('\\', StringComparison.Ordinal) ? "E" + quoted.Replace("\\", "\\\\", StringComparison.Ordinal) : quoted;
    }

    private string Table(string name) => $"{QuotedSchema}.{name}";
}
