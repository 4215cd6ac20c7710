using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Stored;
using Npgsql;

namespace FastIngest.Storage.Postgres.Erasure;

/// <summary>
/// Removes users from the tables of a PostgreSQL schema in one transaction, and then runs VACUUM, so that the server may reuse
/// the space of the rows. It creates no table.
/// </summary>
internal sealed class PostgresErasure : IUserErasure
{
    private readonly PostgresAddress _database;
    private readonly PostgresNames _names;
    private readonly PostgresSession _session;

    /// <param name="database">A URL or <c>postgres:</c> and keywords, see <see cref="PostgresAddress.Parse"/>.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <exception cref="IngestException">The target is invalid.</exception>
    public PostgresErasure(string database, string schema)
    {
        _database = PostgresAddress.Parse(database);
        _names = new PostgresNames(schema);
        _session = new PostgresSession(_database, _names, PostgresRetry.Default);
    }

    public string DisplayName => _database.DisplayName;

    private IEnumerable<(string Name, string Qualified)> Tables =>
    [
        ("daily_summaries", _names.Summaries),
        ("users", _names.Users),
        ("deliveries", _names.Deliveries),
        ("embeddings", _names.Embeddings),
        .. RecordTable.All.Select(t => (t.Name, _names.Records(t.Name))),
    ];

    /// <exception cref="IngestException">The server cannot be reached, or it rejects the change.</exception>
    public ValueTask<IReadOnlyList<ErasedRows>> EraseAsync(IReadOnlyList<string> userIds, bool isDryRun, CancellationToken cancellationToken) =>
        _session.GuardAsync(() => RunAsync(userIds, isDryRun, cancellationToken));

    public ValueTask DisposeAsync() => _session.CloseAsync();

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private async Task<IReadOnlyList<ErasedRows>> RunAsync(IReadOnlyList<string> userIds, bool isDryRun, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await _session.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            List<ErasedRows> erased = [];
            await connection.RunAsync(isDryRun ? "BEGIN READ ONLY" : "BEGIN", cancellationToken).ConfigureAwait(false);
            foreach ((string name, string qualified) in Tables)
            {
                erased.Add(new ErasedRows(name, await EraseAsync(connection, qualified, userIds, isDryRun, cancellationToken).ConfigureAwait(false)));
            }

            await connection.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
            foreach ((string name, string qualified) in isDryRun ? [] : Tables.Where(t => erased.Any(e => e.Table == t.Name && e.Rows > 0)))
            {
                await connection.RunAsync("VACUUM " + qualified, cancellationToken).ConfigureAwait(false);
            }

            return erased;
        }
    }

    private static async ValueTask<long> EraseAsync(
        NpgsqlConnection connection, string table, IReadOnlyList<string> userIds, bool isDryRun, CancellationToken cancellationToken)
    {
        if (await connection.ScalarAsync("SELECT to_regclass($1) IS NOT NULL", cancellationToken, Text(table)).ConfigureAwait(false) is not true)
        {
            return 0;
        }

        long rows = 0;
        foreach (string user in userIds)
        {
            rows += isDryRun
                ? (long)(await connection.ScalarAsync($"SELECT count(*) FROM {table} WHERE user_id = $1", cancellationToken, Text(user)).ConfigureAwait(false))!
                : await connection.RunAsync($"DELETE FROM {table} WHERE user_id = $1", cancellationToken, Text(user)).ConfigureAwait(false);
        }

        return rows;
    }
}
