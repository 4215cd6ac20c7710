namespace FastIngest.Storage.Sqlite.Schema;

/// <summary>The definition of a table.</summary>
/// <param name="Name">The name of the table.</param>
/// <param name="Columns">The names of the columns, in order.</param>
/// <param name="Definition">The SQL after <c>CREATE TABLE name</c>.</param>
internal sealed record SqliteTable(string Name, IReadOnlyList<string> Columns, string Definition);
