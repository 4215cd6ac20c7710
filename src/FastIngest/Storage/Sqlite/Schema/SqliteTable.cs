namespace FastIngest.Storage.Sqlite.Schema;

/// <summary>A table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns, in order.</param>
/// <param name="Definition">What <c>CREATE TABLE name</c> goes on with.</param>
internal sealed record SqliteTable(string Name, IReadOnlyList<string> Columns, string Definition);
