using FastIngest.Storage.Columns;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Records;

/// <summary>Reads the stored records of a PostgreSQL database into files of columns, each table in one transaction that changes nothing.</summary>
internal sealed class PostgresRecordReader : IAsyncDisposable
{
    private readonly PostgresNames _names;
    private readonly PostgresSession _session;

    /// <param name="database">A URL or <c>postgres:</c> and keywords, see <see cref="PostgresAddress.Parse"/>.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <exception cref="IngestException">The target is invalid.</exception>
    public PostgresRecordReader(string database, string schema)
    {
        PostgresAddress address = PostgresAddress.Parse(database);
        _names = new PostgresNames(schema);
        DisplayName = address.DisplayName;
        _session = new PostgresSession(address, _names, PostgresRetry.Default);
    }

    public string DisplayName { get; }

    /// <exception cref="IngestException">The server cannot be reached or rejects the connection, or the schema is not there.</exception>
    public ValueTask OpenAsync(CancellationToken cancellationToken) => _session.GuardAsync(() => _session.OpenForReadingAsync(cancellationToken).AsTask());

    /// <summary>Reads the rows of a table, ordered by their content.</summary>
    /// <param name="table">The table.</param>
    /// <param name="file">Receives the rows; its columns are those of <see cref="RecordRows.Table"/>.</param>
    /// <param name="selection">A condition on the rows, see <see cref="Condition"/>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IngestException">The server rejected the query, or the connection broke.</exception>
    public ValueTask ReadAsync(RecordTable table, ColumnFile file, string selection, CancellationToken cancellationToken)
    {
        string columns = string.Join(", ", file.Group.Table.Columns.Select(c => PostgresNames.Quote(c.Name) + (c.Name == "fields" ? "::text" : "")));
        string select = $"COPY (SELECT {columns} FROM {_names.Records(table.Name)} WHERE true{selection} ORDER BY {table.Order}) TO STDOUT (FORMAT BINARY)";
        return _session.GuardAsync(() => _session.Connection.ReadPageAsync(() => ReadRowsAsync(select, file, cancellationToken), cancellationToken));
    }

    /// <summary>Returns the condition in SQL that selects users and days of a table.</summary>
    public static string Condition(RecordTable table, IReadOnlyList<string> users, DateOnly? since, DateOnly? until) =>
        (users.Count == 0 ? "" : $" AND user_id IN ({string.Join(", ", users.Select(u => PostgresNames.Literal(PostgresNames.StoredId(u))))})")
        + (since is { } from ? $" AND {table.Time} >= {Day(from)}" : "")
        + (until is { } to ? $" AND {table.Time} < {Day(to)} + 1" : "");

    public ValueTask DisposeAsync() => _session.CloseAsync();

    private static string Day(DateOnly day) => $"date '0001-01-01' + {day.DayNumber}";

    private async Task ReadRowsAsync(string select, ColumnFile file, CancellationToken cancellationToken)
    {
        NpgsqlRawCopyStream stream = await _session.Connection.BeginRawBinaryCopyAsync(select, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using CopyReader reader = new(256 << 10);
            reader.Begin(stream);
            while (await reader.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                RecordTuple.AddTo(file.Group, reader.Current);
                await file.WriteIfFullAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
