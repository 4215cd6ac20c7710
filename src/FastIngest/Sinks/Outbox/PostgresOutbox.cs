using System.Runtime.InteropServices;
using System.Text;
using FastIngest.Sinks.Postgres;
using Npgsql;

namespace FastIngest.Sinks.Outbox;

/// <summary>The outbox of a PostgreSQL database. The server itself finds what is to be sent; marks go up by COPY.</summary>
internal sealed class PostgresOutbox : IOutbox
{
    /// <summary>Days travel as numbers: Npgsql takes the first and the last date there is for infinities.</summary>
    private const string FirstDay = "date '0001-01-01'";

    private readonly PostgresTarget _database;
    private readonly PostgresNames _names;
    private NpgsqlDataSource? _source;
    private NpgsqlConnection? _connection;
    private CopyLane _marks = null!;
    private string _target = "";
    private bool _retryRefused, _isAtEnd;
    private string _lastUser = "";
    private int _lastDay;
    private byte[] _user = [];
    private byte[] _text = [];

    /// <param name="database">As for <see cref="PostgresTarget.Parse"/>.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <exception cref="IngestException">The target makes no sense.</exception>
    public PostgresOutbox(string database, string schema)
    {
        _database = PostgresTarget.Parse(database);
        _names = new PostgresNames(schema);
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
        await GuardAsync(async () =>
        {
            NpgsqlSlimDataSourceBuilder builder = new(_database.ConnectionString);
            builder.EnableTransportSecurity();
            builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
            _source = builder.Build();
            _connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await PostgresMigration.ApplyAsync(_connection, _names, DisplayName, cancellationToken).ConfigureAwait(false);

            // Pages are small and in the order of the keys; statistics of a table that was just filled are missing.
            await _connection.RunAsync(
                """
                SET enable_hashjoin = off;
                SET jit = off;
                CREATE TEMPORARY TABLE marks (user_id text COLLATE "C" NOT NULL, date date NOT NULL, md5 uuid NOT NULL, state integer NOT NULL, attempts integer NOT NULL, error text) ON COMMIT DELETE ROWS
                """,
                cancellationToken).ConfigureAwait(false);
            _marks = new CopyLane(_connection, "pg_temp.marks", "user_id, date, md5, state, attempts, error");
            await CountAsync(cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    public async ValueTask<bool> ReadAsync(List<PendingSummary> page, CancellationToken cancellationToken)
    {
        if (!_isAtEnd)
        {
            await GuardAsync(() => ReadPageAsync(page, cancellationToken)).ConfigureAwait(false);
            SummaryHash.Fill(CollectionsMarshal.AsSpan(page));
        }

        return page.Count > 0;
    }

    public async ValueTask MarkAsync(IReadOnlyList<PendingSummary> done, CancellationToken cancellationToken) => await GuardAsync(async () =>
    {
        await _connection!.RunAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        foreach (PendingSummary summary in done)
        {
            Write(_marks.Buffer, summary);
            _marks.Wrote();
            if (_marks.IsFull)
            {
                await _marks.SendAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        await _marks.EndAsync(cancellationToken).ConfigureAwait(false);
        await _connection!.RunAsync(
            $"""
            INSERT INTO {_names.Deliveries} AS d (target, user_id, date, delivered_md5, delivered, refused_md5, attempts, last_error)
            SELECT $1, user_id, date, CASE state WHEN {(int)DeliveryState.Delivered} THEN md5 END, CASE state WHEN {(int)DeliveryState.Delivered} THEN now() END,
                CASE state WHEN {(int)DeliveryState.Refused} THEN md5 END, attempts, error FROM pg_temp.marks
            ON CONFLICT (target, user_id, date) DO UPDATE SET
                delivered_md5 = coalesce(excluded.delivered_md5, d.delivered_md5), delivered = coalesce(excluded.delivered, d.delivered),
                refused_md5 = excluded.refused_md5, attempts = d.attempts + excluded.attempts, last_error = excluded.last_error
            """,
            cancellationToken,
            Target).ConfigureAwait(false);
        await _connection!.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
    }).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<Refusal>> ReadRefusedAsync(int max, CancellationToken cancellationToken)
    {
        List<Refusal> refusals = [];
        await GuardAsync(async () =>
        {
            NpgsqlCommand command = new(
                $"SELECT user_id, to_char(date, 'YYYY-MM-DD'), coalesce(last_error, '') FROM {_names.Deliveries} WHERE target = $1 AND refused_md5 IS NOT NULL ORDER BY user_id, date LIMIT $2",
                _connection);
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
        }).ConfigureAwait(false);
        return refusals;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_connection is { } connection)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (PostgresFault.IsFault(e))
        {
            // It is broken already.
        }

        if (_source is { } source)
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }

        (_connection, _source) = (null, null);
    }

    private static void Write(CopyBuffer copy, PendingSummary summary)
    {
        copy.BeginTuple(6);
        copy.Text(summary.UserId);
        copy.Date(summary.Day);
        copy.Uuid(summary.Hash);
        copy.Int4((int)summary.State);
        copy.Int4(summary.Attempts);
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
            _connection);
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
        string refused = _retryRefused ? "" : " AND d.refused_md5 IS DISTINCT FROM md5(s.summary)::uuid";
        int bytes = 0;
        NpgsqlCommand command = new(
            $"""
            SELECT s.user_id, s.date - {FirstDay}, convert_to(s.summary, 'UTF8') FROM {Join}
            WHERE (s.user_id, s.date) > ($2, {FirstDay} + $3) AND d.delivered_md5 IS DISTINCT FROM md5(s.summary)::uuid{refused}
            ORDER BY s.user_id, s.date LIMIT {OutboxPage.MaxRows}
            """,
            _connection);
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
                    bytes += Add(page, reader);
                }
            }
        }

        _isAtEnd = page.Count < OutboxPage.MaxRows && bytes < OutboxPage.FullBytes;
    }

    /// <summary>Adds the reader's row to the page, and returns what it takes.</summary>
    private int Add(List<PendingSummary> page, NpgsqlDataReader reader)
    {
        int length = (int)reader.GetBytes(2, 0, null, 0, 0);
        if (_text.Length < length)
        {
            _text = new byte[Math.Max(length, 2 * _text.Length)];
        }

        int bytes = length;
        string user = reader.GetString(0);
        if (user != _lastUser || _user.Length == 0)
        {
            (_lastUser, _user) = (user, Encoding.UTF8.GetBytes(user));
            bytes += _user.Length;
        }

        _lastDay = reader.GetInt32(1);
        reader.GetBytes(2, 0, _text, 0, length);
        page.Add(new PendingSummary(_user, _lastDay, _text.AsSpan(0, length)));
        return bytes;
    }

    private async ValueTask GuardAsync(Func<Task> call)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFault.IsFault(e))
        {
            throw PostgresFault.Explain(e, DisplayName, _names.Schema);
        }
    }
}
