using System.Runtime.InteropServices;
using System.Text;
using FastIngest.Delivery;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Outbox;

/// <summary>
/// The outbox of a PostgreSQL database. The server itself finds what is to be sent; marks go up by COPY. A fault that
/// passes by itself is waited out on a new connection, and what was under way is done again: reading goes on behind the
/// last page, and marks say what is so, not what is to be added, so that one written twice is as one written once.
/// </summary>
internal sealed class PostgresOutbox : IOutbox
{
    /// <summary>Days travel as numbers: Npgsql takes the first and the last date there is for infinities.</summary>
    private const string FirstDay = "date '0001-01-01'";

    private readonly PostgresAddress _database;
    private readonly PostgresNames _names;
    private readonly PostgresSession _session;
    private readonly Func<PostgresRetry> _patience;

    /// <summary>There from the time that the connection is ready for use to its first fault.</summary>
    private CopyLane? _marks;
    private string _target = "";
    private bool _retryRefused, _isAtEnd, _wasConnected;
    private string _lastUser = "";
    private int _lastDay;
    private byte[] _text = [];

    /// <param name="database">As for <see cref="PostgresAddress.Parse"/>.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <exception cref="IngestException">The target makes no sense.</exception>
    public PostgresOutbox(string database, string schema)
        : this(database, schema, () => PostgresRetry.Default)
    {
    }

    /// <param name="patience">How long a call waits for a server that is away; each has its own.</param>
    internal PostgresOutbox(string database, string schema, Func<PostgresRetry> patience)
    {
        _database = PostgresAddress.Parse(database);
        _names = new PostgresNames(schema);
        _patience = patience;
        _session = new PostgresSession(_database, _names, patience());
    }

    public string DisplayName => _database.DisplayName;

    public long Total { get; private set; }

    public long Unchanged { get; private set; }

    public long StillRefused { get; private set; }

    private string Join => $"{_names.Summaries} s LEFT JOIN {_names.Deliveries} d ON d.target = $1 AND d.user_id = s.user_id AND d.date = s.date";

    private NpgsqlParameter<string> Target => new() { TypedValue = _target };

    /// <exception cref="IngestException">The server cannot be reached or refuses, or the tables cannot be used.</exception>
    public async ValueTask OpenAsync(string target, bool retryRefused, CancellationToken cancellationToken)
    {
        _target = target;
        _retryRefused = retryRefused;
        await TryAsync(() => CountAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> ReadAsync(List<PendingSummary> page, CancellationToken cancellationToken)
    {
        if (!_isAtEnd)
        {
            await TryAsync(() => ReadPageAsync(page, cancellationToken), cancellationToken).ConfigureAwait(false);
            SummaryHash.Fill(CollectionsMarshal.AsSpan(page));
        }

        return page.Count > 0;
    }

    public async ValueTask MarkAsync(IReadOnlyList<PendingSummary> done, CancellationToken cancellationToken) =>
        await TryAsync(() => WriteMarksAsync(done, cancellationToken), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<Refusal>> ReadRefusedAsync(int max, CancellationToken cancellationToken)
    {
        List<Refusal> refusals = [];
        await TryAsync(
            async () =>
            {
                refusals.Clear();
                NpgsqlCommand command = new(
                    $"SELECT user_id, to_char(date, 'YYYY-MM-DD'), coalesce(last_error, '') FROM {_names.Deliveries} WHERE target = $1 AND refused_md5 IS NOT NULL ORDER BY user_id, date LIMIT $2",
                    _session.Connection);
                await using (command.ConfigureAwait(false))
                {
                    command.Parameters.Add(Target);
                    command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = max });
                    NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                    await using (reader.ConfigureAwait(false))
                    {
                        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                        {
                            refusals.Add(new Refusal(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
                        }
                    }
                }
            },
            cancellationToken).ConfigureAwait(false);
        return refusals;
    }

    public ValueTask DisposeAsync() => _session.CloseAsync();

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

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(
            $"""
            SELECT count(*), count(*) FILTER (WHERE d.delivered_md5 = md5(s.summary)::uuid),
                count(*) FILTER (WHERE d.refused_md5 = md5(s.summary)::uuid AND d.delivered_md5 IS DISTINCT FROM d.refused_md5)
            FROM {Join}
            """,
            _session.Connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(Target);
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                Total = reader.GetInt64(0);
                Unchanged = reader.GetInt64(1);
                StillRefused = _retryRefused ? 0 : reader.GetInt64(2);
            }
        }
    }

    private async Task ReadPageAsync(List<PendingSummary> page, CancellationToken cancellationToken)
    {
        // What was read before the connection broke.
        page.ForEach(s => s.FreeText());
        page.Clear();
        string refused = _retryRefused ? "" : " AND d.refused_md5 IS DISTINCT FROM md5(s.summary)::uuid";
        (string user, int day, byte[] userId, int bytes) = (_lastUser, _lastDay, [], 0);
        NpgsqlCommand command = new(
            $"""
            SELECT s.user_id, s.date - {FirstDay}, convert_to(s.summary, 'UTF8'), coalesce(d.attempts, 0) FROM {Join}
            WHERE (s.user_id, s.date) > ($2, {FirstDay} + $3) AND d.delivered_md5 IS DISTINCT FROM md5(s.summary)::uuid{refused}
            ORDER BY s.user_id, s.date LIMIT {OutboxPage.MaxRows}
            """,
            _session.Connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(Target);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _lastUser });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _lastDay });
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (bytes < OutboxPage.FullBytes && await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    string name = reader.GetString(0);
                    if (page.Count == 0 || name != user)
                    {
                        (user, userId) = (name, Encoding.UTF8.GetBytes(name));
                        bytes += userId.Length;
                    }

                    day = reader.GetInt32(1);
                    int length = ReadText(reader);
                    page.Add(new PendingSummary(userId, day, _text.AsSpan(0, length)) { EarlierAttempts = reader.GetInt32(3) });
                    bytes += length;
                }
            }
        }

        (_lastUser, _lastDay) = (user, day);
        _isAtEnd = page.Count < OutboxPage.MaxRows && bytes < OutboxPage.FullBytes;
    }

    /// <summary>Reads the row's text into the buffer, and returns its length.</summary>
    private int ReadText(NpgsqlDataReader reader)
    {
        int length = (int)reader.GetBytes(2, 0, null, 0, 0);
        if (_text.Length < length)
        {
            _text = new byte[Math.Max(length, 2 * _text.Length)];
        }

        reader.GetBytes(2, 0, _text, 0, length);
        return length;
    }

    private async Task WriteMarksAsync(IReadOnlyList<PendingSummary> done, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = _session.Connection;
        CopyLane marks = _marks!;
        await connection.RunAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        foreach (PendingSummary summary in done)
        {
            Write(marks.Buffer, summary);
            marks.Wrote();
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
                CASE state WHEN {(int)DeliveryState.Refused} THEN md5 END, attempts, error FROM pg_temp.marks
            ON CONFLICT (target, user_id, date) DO UPDATE SET
                delivered_md5 = coalesce(excluded.delivered_md5, d.delivered_md5), delivered = coalesce(excluded.delivered, d.delivered),
                refused_md5 = excluded.refused_md5, attempts = excluded.attempts, last_error = excluded.last_error
            """,
            cancellationToken,
            Target).ConfigureAwait(false);
        await connection.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await _session.OpenAsync(cancellationToken).ConfigureAwait(false);

        // Pages are small and in the order of the keys; statistics of a table that was just filled are missing.
        await _session.Connection.RunAsync(
            """
            SET enable_hashjoin = off;
            SET jit = off;
            CREATE TEMPORARY TABLE marks (user_id text COLLATE "C" NOT NULL, date date NOT NULL, md5 uuid NOT NULL, state integer NOT NULL, attempts integer NOT NULL, error text) ON COMMIT DELETE ROWS
            """,
            cancellationToken).ConfigureAwait(false);
        _marks = new CopyLane(_session.Connection, "pg_temp.marks", "user_id, date, md5, state, attempts, error");
        _wasConnected = true;
    }

    /// <summary>Does what can be done again after a fault that passes by itself, until it is done or patience ends.</summary>
    /// <exception cref="IngestException">The server refused, or was away for too long.</exception>
    private async ValueTask TryAsync(Func<Task> call, CancellationToken cancellationToken)
    {
        PostgresRetry retry = _patience();
        while (true)
        {
            try
            {
                if (_marks is null)
                {
                    await ConnectAsync(cancellationToken).ConfigureAwait(false);
                }

                await call().ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (PostgresFault.IsFault(e))
            {
                if (!PostgresFault.IsTransient(e) || !await retry.WaitAsync(e, _wasConnected, cancellationToken).ConfigureAwait(false))
                {
                    throw PostgresFault.Explain(e, DisplayName, _names.Schema);
                }
            }

            _marks = null;
            await _session.CloseAsync().ConfigureAwait(false);
        }
    }
}
