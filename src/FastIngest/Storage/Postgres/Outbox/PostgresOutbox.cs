using System.Runtime.InteropServices;
using System.Text;
using FastIngest.Delivery;
using FastIngest.Embedding;
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
    private readonly OutboxTable _table;
    private readonly PostgresModels? _models;
    private readonly PostgresSession _session;
    private readonly RepeatableCalls _calls;
    private readonly SummaryBatch _stored = new(OutboxPage.MaxRows, OutboxPage.FullBytes);
    private readonly int[] _attempts = new int[OutboxPage.MaxRows];
    private readonly SentVectors? _sent;

    private PostgresVectors? _vectors;
    private PostgresSummaryPages _pages = null!;
    private string _target = "";
    private bool _retryRejected;

    /// <param name="database">A URL or <c>postgres:</c> and keywords, see <see cref="PostgresAddress.Parse"/>.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <param name="table">The table of outcomes.</param>
    /// <param name="models">The model whose vectors are stored; null for deliveries, or when no vector is stored.</param>
    /// <param name="vectors">The vectors that are read with the summaries; null for none.</param>
    /// <exception cref="IngestException">The target is invalid.</exception>
    public PostgresOutbox(string database, string schema, OutboxTable table, PostgresModels? models = null, SentVectors? vectors = null)
        : this(database, schema, table, models, () => PostgresRetry.Default) => _sent = vectors;

    /// <param name="patience">Creates the retry policy of one call.</param>
    internal PostgresOutbox(string database, string schema, OutboxTable table, PostgresModels? models, Func<PostgresRetry> patience)
    {
        _table = table;
        _models = models;
        _database = PostgresAddress.Parse(database);
        _names = new PostgresNames(schema);
        _session = new PostgresSession(_database, _names, patience());
        _calls = new RepeatableCalls(_session, patience, token => _session.OpenExistingAsync("daily summaries", token).AsTask(), e => PostgresFault.Explain(e, DisplayName, _names.Schema));
    }

    public string DisplayName => _database.DisplayName;

    public long Total { get; private set; }

    public long Unchanged { get; private set; }

    public long StillRejected { get; private set; }

    public (string Name, int Dimensions)? VectorModel => _vectors is null ? null : (_vectors.Model.Name, _vectors.Model.Dimensions);

    /// <summary>The column with the hash of what the API has, and the hash of what is to be sent; the latter is null without a vector.</summary>
    private (string Accepted, string Current) Hashes => _vectors is null ? ($"d.{_table.Hash}", "md5(s.summary)::uuid") : ("d.vector_hash", PostgresVectors.Hash);

    private string Table => _names.Outcomes(_table.Name);

    private NpgsqlParameter<string> Target => new() { TypedValue = _target };

    /// <exception cref="IngestException">The server cannot be reached or rejects the connection, or the tables cannot be used.</exception>
    public async ValueTask OpenAsync(string target, bool retryRejected, CancellationToken cancellationToken)
    {
        _target = target;
        _retryRejected = retryRejected;
        if (_sent is not null)
        {
            await _calls.RunAsync(connection => PrepareVectorsAsync(connection, _sent, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        (string accepted, string current) = Hashes;
        string refused = retryRejected ? "" : $" AND NOT coalesce(d.refused_md5 = {current}, false)";
        _pages = new PostgresSummaryPages(
            _calls,
            _names,
            OutboxPage.Query,
            new PostgresJoin(
                $"coalesce(d.attempts, 0){(_vectors is null ? "" : ", " + PostgresVectors.Columns)}",
                $"LEFT JOIN {Table} d ON d.{_table.Key} = {PostgresNames.Literal(target)} AND d.user_id = s.user_id AND d.date = s.date{_vectors?.Clause}",
                $" AND NOT coalesce({accepted} = {current}, false){refused}",
                (ref CopyTupleReader tuple, int row) =>
                {
                    _attempts[row] = tuple.Int4();
                    _vectors?.Read(ref tuple, row);
                }));
        if (_models is not null)
        {
            await _calls.RunAsync(connection => _models.RegisterAsync(connection, _names, DisplayName, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

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
                _vectors?.Attach(i, page[i]);
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
                    $"SELECT user_id, to_char(date, 'YYYY-MM-DD'), coalesce(last_error, '') FROM {Table} WHERE {_table.Key} = $1 AND refused_md5 IS NOT NULL ORDER BY user_id, date",
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

    public async ValueTask<string?> PrepareSearchAsync(CancellationToken cancellationToken)
    {
        string? sentence = null;
        if (_models is not null)
        {
            await _calls.RunAsync(async connection => sentence = await _models.IndexAsync(connection, _names, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }

        return sentence;
    }

    public ValueTask DisposeAsync() => _calls.DisposeAsync();

    private void Write(CopyBuffer copy, PendingSummary summary)
    {
        copy.BeginTuple(_table.HasVector || _vectors is not null ? 7 : 6);
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

        if (_table.HasVector && summary.Result.IsEmpty)
        {
            copy.Null();
        }
        else if (_table.HasVector)
        {
            copy.Float4Array(summary.Result.Span);
        }
        else if (_vectors is not null)
        {
            copy.Uuid(summary.VectorHash);
        }
    }

    private async Task PrepareVectorsAsync(NpgsqlConnection connection, SentVectors sent, CancellationToken cancellationToken)
    {
        _vectors = new PostgresVectors(EmbeddingModel.Choose(await PostgresModels.ReadAllAsync(connection, _names, cancellationToken).ConfigureAwait(false), sent.Model, DisplayName), _names);
        await _vectors.RejectMixtureAsync(connection, _target, sent.IsOfAll, cancellationToken).ConfigureAwait(false);
    }

    private async Task CountAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        (string accepted, string current) = Hashes;
        NpgsqlCommand command = new(
            $"""
            SELECT count(*), count(*) FILTER (WHERE {accepted} = {current}), count(*) FILTER (WHERE d.refused_md5 = {current} AND {accepted} IS DISTINCT FROM d.refused_md5)
            FROM {_names.Summaries} s LEFT JOIN {Table} d ON d.{_table.Key} = $1 AND d.user_id = s.user_id AND d.date = s.date{_vectors?.Clause}
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
        (string definition, string column) = _table.HasVector ? (", vector real[]", ", vector") : _vectors is not null ? (", vector_hash uuid", ", vector_hash") : ("", "");
        string accepted = $"CASE state WHEN {(int)DeliveryState.Delivered} THEN";

        // What an API accepts without a vector replaces an earlier object that had one.
        (string columns, string values, string changes) = _table.HasVector ? (", vector", ", vector", ", vector = coalesce(excluded.vector, d.vector)") : (
            ", vector_hash, vector_model",
            _vectors is null ? ", NULL, NULL" : $", {accepted} vector_hash END, {accepted} $2 END",
            $", vector_hash = CASE WHEN excluded.{_table.Hash} IS NULL THEN d.vector_hash ELSE excluded.vector_hash END, vector_model = CASE WHEN excluded.{_table.Hash} IS NULL THEN d.vector_model ELSE excluded.vector_model END");
        await connection.RunAsync(
            $"""
            BEGIN;
            SET LOCAL jit = off;
            CREATE TEMPORARY TABLE marks (user_id text COLLATE "C" NOT NULL, date date NOT NULL, md5 uuid NOT NULL, state integer NOT NULL, attempts integer NOT NULL, error text{definition}) ON COMMIT DROP
            """,
            cancellationToken).ConfigureAwait(false);
        if (_models is not null)
        {
            await _models.RequireAsync(connection, _names, DisplayName, cancellationToken).ConfigureAwait(false);
        }

        CopyWriter marks = new(connection, "pg_temp.marks", $"user_id, date, md5, state, attempts, error{column}");
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
            INSERT INTO {Table} AS d ({_table.Key}, user_id, date, {_table.Hash}, {_table.Time}, refused_md5, attempts, last_error{columns})
            SELECT $1, user_id, date, {accepted} md5 END, {accepted} now() END,
                CASE state WHEN {(int)DeliveryState.Rejected} THEN {(_vectors is null ? "md5" : "vector_hash")} END, attempts, error{values} FROM pg_temp.marks
            ON CONFLICT ({_table.Key}, user_id, date) DO UPDATE SET
                {_table.Hash} = coalesce(excluded.{_table.Hash}, d.{_table.Hash}), {_table.Time} = coalesce(excluded.{_table.Time}, d.{_table.Time}),
                refused_md5 = excluded.refused_md5, attempts = excluded.attempts, last_error = excluded.last_error{changes}
            """,
            cancellationToken,
            _vectors is null ? [Target] : [Target, new NpgsqlParameter<string> { TypedValue = _vectors.Model.Describe() }]).ConfigureAwait(false);
        await connection.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
    }
}
