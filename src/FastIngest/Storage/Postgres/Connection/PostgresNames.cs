using FastIngest.Health;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>The names of everything in a schema, quoted so that any schema will do.</summary>
internal sealed class PostgresNames(string schema)
{
    /// <summary>The columns of <c>daily_summaries</c>, in the order in which they are sent.</summary>
    public static IReadOnlyList<string> SummaryColumns { get; } = [.. SummaryColumn.All.Select(c => c.Name), "summary_parts"];

    /// <summary>The same as a list in SQL.</summary>
    public static string SummaryColumnList { get; } = string.Join(", ", SummaryColumns);

    /// <summary>The schema as it is, for a parameter or a message.</summary>
    public string Schema => schema;

    public string QuotedSchema { get; } = Quote(schema);

    public string Summaries => Table("daily_summaries");

    public string Users => Table("users");

    public string Runs => Table("ingest_runs");

    public string Chunks => Table("ingest_chunks");

    public string Deliveries => Table("deliveries");

    /// <summary>A table of records, or a partition of one.</summary>
    public string Records(string table) => Table(Quote(table));

    public string Sources => Table("data_sources");

    public string RawEntries => Table("raw_entries");

    public string Entries => Table("entries");

    public string Steps => Table("schema_steps");

    public static string Quote(string identifier) => "\"" + identifier.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>A text as a literal, for statements that take no parameters; whatever <c>standard_conforming_strings</c> says, it means the same.</summary>
    public static string Literal(string text)
    {
        string quoted = "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
        return quoted.Contains('\\', StringComparison.Ordinal) ? "E" + quoted.Replace("\\", "\\\\", StringComparison.Ordinal) : quoted;
    }

    private string Table(string name) => $"{QuotedSchema}.{name}";
}
