using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Connection;

namespace FastIngest.Storage.Sqlite.Schema;

/// <summary>
/// The tables of daily summaries. <c>daily_summaries</c> has the columns of <see cref="SummaryColumn.All"/> and
/// <c>summary_parts</c> (see <see cref="SummaryParts"/>). <c>users</c> holds the profiles, from which later runs write profile sentences.
/// </summary>
internal static class SummarySchema
{
    /// <summary>The column that version 2 added; it comes after those of version 1, as in a database that was upgraded.</summary>
    private const string MetricsColumn = "metrics";

    private static readonly string[] ValueColumns = [.. SummaryColumn.All.Select(c => c.Name), "summary_parts"];

    /// <summary>The name of the table of summaries.</summary>
    public const string SummariesName = "daily_summaries";

    /// <summary>The name of the table of profiles.</summary>
    public const string UsersName = "users";

    private static readonly SqliteTable Summaries = new(
        SummariesName,
        [.. ValueColumns.Where(c => c != MetricsColumn), MetricsColumn],
        $"({string.Join(", ", SummaryColumn.All.Where(c => c.Name != MetricsColumn).Select(Define))}, summary_parts TEXT NOT NULL, {MetricsColumn} TEXT, PRIMARY KEY (user_id, date)) WITHOUT ROWID");

    private static readonly SqliteTable Users = new(
        UsersName,
        ["user_id", "name", "age", "gender", "height", "weight", "fitness_level"],
        "(user_id TEXT NOT NULL PRIMARY KEY, name TEXT, age REAL, gender TEXT, height REAL, weight REAL, fitness_level TEXT) WITHOUT ROWID");

    public static SqliteSchema Tables { get; } = new(Summaries, Users)
    {
        Upgrades = [(Summaries, MetricsColumn, $"ALTER TABLE daily_summaries ADD COLUMN {MetricsColumn} TEXT")],
    };

    /// <summary>The columns of <c>daily_summaries</c>, in the order of the table.</summary>
    public static IReadOnlyList<string> SummaryColumns => Summaries.Columns;

    /// <summary>Inserts a row, or updates the row with the same key; <see cref="SqliteNative"/> binds its parameters.</summary>
    public static string UpsertSummary { get; } =
        $"INSERT INTO {SummariesName} ({string.Join(", ", ValueColumns)}) VALUES ({string.Join(", ", Enumerable.Repeat("?", SqliteNative.ParameterCount))})"
        + " ON CONFLICT (user_id, date) DO UPDATE SET "
        + string.Join(", ", Summaries.Columns.Skip(2).Select(column => $"{column} = excluded.{column}"));

    /// <summary>Selects all columns of one row by its key.</summary>
    public static string SelectSummary { get; } =
        $"SELECT {string.Join(", ", ValueColumns)} FROM {SummariesName} WHERE user_id = ? AND date = ?";

    private static string Define(SummaryColumn column) => column.Kind switch
    {
        ColumnKind.Count => $"{column.Name} INTEGER NOT NULL",
        ColumnKind.Number => $"{column.Name} REAL",
        ColumnKind.Date => $"{column.Name} TEXT NOT NULL",
        _ => column.Owner is null ? $"{column.Name} TEXT NOT NULL" : $"{column.Name} TEXT",
    };
}
