using FastIngest.Health;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Stored;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>Reads the daily summaries of a PostgreSQL database, which may be a standby. It retries after transient errors.</summary>
public sealed class PostgresSummaryReader : ISummaryReader
{
    private readonly PostgresAddress _database;
    private readonly PostgresNames _names;
    private readonly PostgresSession _session;
    private readonly RepeatableCalls _calls;

    /// <param name="database">A URL or <c>postgres:</c> and keywords, see <see cref="PostgresAddress.Parse"/>.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <exception cref="IngestException">The target is invalid.</exception>
    public PostgresSummaryReader(string database, string schema)
        : this(database, schema, () => PostgresRetry.Default)
    {
    }

    /// <param name="patience">Creates the retry policy of one call.</param>
    internal PostgresSummaryReader(string database, string schema, Func<PostgresRetry> patience)
    {
        _database = PostgresAddress.Parse(database);
        _names = new PostgresNames(schema);
        _session = new PostgresSession(_database, _names, patience());
        _calls = new RepeatableCalls(_session, patience, token => _session.OpenForReadingAsync(token).AsTask(), e => PostgresFault.Explain(e, DisplayName, _names.Schema));
    }

    public string DisplayName => _database.DisplayName;

    /// <exception cref="IngestException">The server cannot be reached or rejects the connection, or the schema has no daily summaries.</exception>
    public ValueTask OpenAsync(CancellationToken cancellationToken) => _calls.RunAsync(_ => Task.CompletedTask, cancellationToken);

    public async ValueTask<long> CountAsync(SummaryQuery query, CancellationToken cancellationToken)
    {
        long count = 0;
        await _calls.RunAsync(
            async connection => count = await connection.ScalarAsync(PostgresSummaryPages.CountSql(_names, query), cancellationToken).ConfigureAwait(false) is long rows ? rows : 0,
            cancellationToken).ConfigureAwait(false);
        return count;
    }

    public IAsyncEnumerable<SummaryBatch> ReadAsync(SummaryQuery query, CancellationToken cancellationToken) =>
        Pages.EnumerateAsync(() => new PostgresSummaryPages(_calls, _names, query), new SummaryBatch(query.PageRows, query.PageBytes), cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<StoredUser>> ReadUsersAsync(string? after, int pageRows, CancellationToken cancellationToken) =>
        Pages.EnumerateAsync(() => new PostgresUserPages(_calls, _names, after, pageRows), new List<StoredUser>(), cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<StoredProfile>> ReadProfilesAsync(string? userId, int pageRows, CancellationToken cancellationToken) =>
        Pages.EnumerateAsync(() => new PostgresProfilePages(_calls, _names, userId, pageRows), new List<StoredProfile>(), cancellationToken);

    public async ValueTask<IReadOnlyList<StoredRun>> ReadRunsAsync(int limit, CancellationToken cancellationToken)
    {
        List<StoredRun> runs = [];
        await _calls.RunAsync(
            connection => connection.ReadPageAsync(() => PostgresRuns.ReadAsync(connection, _names, limit, runs, cancellationToken), cancellationToken), cancellationToken).ConfigureAwait(false);
        return runs;
    }

    public ValueTask DisposeAsync() => _calls.DisposeAsync();
}
