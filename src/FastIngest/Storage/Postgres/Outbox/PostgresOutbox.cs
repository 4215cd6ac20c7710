using System.Runtime.InteropServices;
using System.Text;
using FastIngest.Delivery;
using FastIngest.Health;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Postgres.Summaries;
using Npgsql;

namespace FastIngest.Storage.Postgres.Outbox;

/// <summary>
/// The outbox of a PostgreSQL database. The server selects the summaries to send; marks are written by COPY. After a transient
/// error, the interrupted call is repeated on a new connection. Reading continues after the last complete page. Marks contain
/// final values, not increments, so that writing them twice does no harm.
/// </summary>
internal sealed class PostgresOutbox : IOutbox
{
    private readonly PostgresAddress _database;
    private readonly PostgresNames _names;
    private readonly PostgresSession _session;
    private readonly RepeatableCalls _calls;
    private readonly SummaryBatch _stored = new(OutboxPage.MaxRows, OutboxPage.FullBytes);
    private readonly int[] _attempts = new int[OutboxPage.MaxRows];

    private PostgresSummaryPages _pages = null!;
    private string _target = "";
    private bool _retryRejected;

    /// <param name="database">A URL or <c>postgres:</c> and keywords, see <see cref="PostgresAddress.Parse"/>.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <exception cref="IngestException">The target is invalid.</exception>
    public PostgresOutbox(string database, string schema)
        : this(database, schema, () => PostgresRetry.Default)
    {
    }

    /// <param name="patience">Creates the retry policy of one call.</param>
    internal PostgresOutbox(string database, string schema, Func<PostgresRetry> patience)
    {
        _database = PostgresAddress.Parse(database);
        _names = new PostgresNames(schema);
        _session = new PostgresSession(_database, _names, patience());
        _calls = new RepeatableCalls(_session, patience, token => _session.OpenExistingAsync("daily summaries", token).AsTask(), e => PostgresFault.Explain(e, DisplayName, _names.Schema));
    }

    public string DisplayName => _database.DisplayName;

    public long Total { get; private set; }

    public long Unchanged { get; private set; }

    public long StillRejected { get; private set; }

    private NpgsqlParameter<string> Target => new() { TypedValue = _target };

    /// <exception cref="IngestException">The server cannot be reached or rejects the connection, or the tables cannot be used.</exception>
    public async ValueTask OpenAsync(string target, bool retryRejected, CancellationToken cancellationToken)
    {
        _target = target;
        _retryRejected = retryRejected;
        string refused = retryRejected ? "" : " AND d.refused_md5 IS DISTINCT FROM md5(s.summary)::uuid";
        _pages = new PostgresSummaryPages(
            _calls,
            _names,
            OutboxPage.Query,
            new PostgresJoin(
                "coalesce(d.attempts, 0)",
                $"LEFT JOIN {_names.Deliveries} d ON d.target = {PostgresNames.Literal(target)} AND d.user_id = s.user_id AND d.date = s.date",
                $" AND d.delivered_md5 IS DISTINCT FROM md5(s.summary)::uuid{refused}",
                (ref CopyTupleReader tuple, int row) => _attempts[row] = tuple.Int4()));
        await _calls.RunAsync(connection => CountAsync(connection, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> ReadAsync(List<PendingSummary> page, CancellationToken cancellationToken)
    {
        if (await _pages.ReadAsync(_stored, cancellationToken).ConfigureAwait(false))
        {
            OutboxPage.Add(_stored, page);
            for (int i = 0; i < page.Count; i++)
            {
                page[i].EarlierAttempts = _attempts[i];
            }

            SummaryHash.Fill(CollectionsMarshal.AsSpan(page));
        }

        return page.Count > 0;
    }

    public async ValueTask MarkAsync(IReadOnlyList<PendingSummary> done, CancellationToken cancellationToken) =>
        await _calls.RunAsync(connection => WriteMarksAsync(connection, done, cancellationToken), cancellationToken).ConfigureAwait(false);

    public async ValueTask ReadRejectedAsync(RejectionGroups groups, CancellationToken cancellationToken)
    {
        await _calls.RunAsync(
            async connection =>
            {
                groups.Clear();
                NpgsqlCommand command = new(
                    $"SELECT user_id, to_char(date, 'YYYY-MM-DD'), coalesce(last_error, '') FROM {_names.Deliveries} WHERE target = $1 AND refused_md5 IS NOT NULL ORDER BY user_id, date",
                    connection);
                await using (command.ConfigureAwait(false))
                {
                    command.Parameters.Add(Target);
                    NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                    await using (reader.ConfigureAwait(false))
                    {
                        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                        {
                            groups.Add(reader.GetString(0), reader.GetString(1), reader.GetString(2));
                        }
                    }
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _calls.DisposeAsync();

    private static void Write(CopyBuffer copy, PendingSummary summary)
    {
        copy.BeginTuple(6);
        copy.Text(summary.UserId);
        copy.Date(summary.Day);
        copy.Uuid(summary.Hash);
        copy.Int4((int)summary.State);
        copy.Int4(summary.EarlierAttempts + summary.Attempts);
        if (summary.State == DeliveryState.Delivered || summary.Error is null)
        {
            copy.Null();
        }
        else
        {
            copy.Text(Encoding.UTF8.GetBytes(summary.Error));
        }
    }

    private async Task CountAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(
            $"""
            SELECT count(*), count(*) FILTER (WHERE d.delivered_md5 = md5(s.summary)::uuid),
                count(*) FILTER (WHERE d.refused_md5 = md5(s.summary)::uuid AND d.delivered_md5 IS DISTINCT FROM d.refused_md5)
            FROM {_names.Summaries} s LEFT JOIN {_names.Deliveries} d ON d.target = $1 AND d.user_id = s.user_id AND d.date = s.date
            """,
            connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(Target);
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                Total = reader.GetInt64(0);
                Unchanged = reader.GetInt64(1);
                StillRejected = _retryRejected ? 0 : reader.GetInt64(2);
            }
        }
    }

    private async Task WriteMarksAsync(NpgsqlConnection connection, IReadOnlyList<PendingSummary> done, CancellationToken cancellationToken)
    {
        await connection.RunAsync(
            """
            BEGIN;
            SET LOCAL jit = off;
            CREATE TEMPORARY TABLE marks (user_id text COLLATE "C" NOT NULL, date date NOT NULL, md5 uuid NOT NULL, state integer NOT NULL, attempts integer NOT NULL, error text) ON COMMIT DROP
            """,
            cancellationToken).ConfigureAwait(false);
        CopyWriter marks = new(connection, "pg_temp.marks", "user_id, date, md5, state, attempts, error");
        foreach (PendingSummary summary in done)
        {
            Write(marks.Buffer, summary);
            marks.CountRow();
            if (marks.IsFull)
            {
                await marks.SendAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        await marks.EndAsync(cancellationToken).ConfigureAwait(false);
        await connection.RunAsync(
            $"""
            INSERT INTO {_names.Deliveries} AS d (target, user_id, date, delivered_md5, delivered, refused_md5, attempts, last_error)
            SELECT $1, user_id, date, CASE state WHEN {(int)DeliveryState.Delivered} THEN md5 END, CASE state WHEN {(int)DeliveryState.Delivered} THEN now() END,
                CASE state WHEN {(int)DeliveryState.Rejected} THEN md5 END, attempts, error FROM pg_temp.marks
            ON CONFLICT (target, user_id, date) DO UPDATE SET
                delivered_md5 = coalesce(excluded.delivered_md5, d.delivered_md5), delivered = coalesce(excluded.delivered, d.delivered),
                refused_md5 = excluded.refused_md5, attempts = excluded.attempts, last_error = excluded.last_error
            """,
            cancellationToken,
            Target).ConfigureAwait(false);
        await connection.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
    }
}
