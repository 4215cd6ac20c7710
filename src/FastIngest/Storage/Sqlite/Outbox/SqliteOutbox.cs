using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Storage.Files;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Runs;
using FastIngest.Storage.Sqlite.Schema;
using FastIngest.Storage.Sqlite.Summaries;

namespace FastIngest.Storage.Sqlite.Outbox;

/// <summary>The outbox of a SQLite file. SQLite has no MD5 function, so the program reads and hashes every summary itself.</summary>
/// <param name="path">The database file.</param>
/// <param name="table">The table of outcomes.</param>
/// <param name="models">The model whose vectors are stored; null for deliveries, or when no vector is stored.</param>
/// <param name="vectors">The vectors that are read with the summaries; null for none.</param>
internal sealed class SqliteOutbox(string path, OutboxTable table, SqliteModels? models = null, SentVectors? vectors = null) : IOutbox
{
    /// <summary>The wait for another run, which locks the database from its start to its end. Only marks are delayed.</summary>
    private const int BusyTimeoutMs = 60_000;

    /// <summary>The length of a hash in the table.</summary>
    private const int HexBytes = 32;

    /// <summary>The parameter of the vector, or its hash, in the statement that marks a summary as accepted.</summary>
    private const int VectorParameter = 7;

    private SqliteDatabase? _database;
    private SqliteVectors? _vectors;
    private SqliteSummaryPages _pages = null!;
    private SqliteStatement _delivered = null!, _rejected = null!, _failed = null!;
    private string _target = "";
    private bool _retryRejected;
    private readonly SummaryBatch _stored = new(OutboxPage.MaxRows, OutboxPage.FullBytes);

    /// <summary>For each row of the page: the hash of the delivered summary and that of the rejected summary.</summary>
    private readonly (Guid? Delivered, Guid? Rejected)[] _hashes = new (Guid?, Guid?)[OutboxPage.MaxRows];

    public string DisplayName => "sqlite:" + path;

    public long Total { get; private set; }

    public long Unchanged { get; private set; }

    public long StillRejected { get; private set; }

    public (string Name, int Dimensions)? VectorModel => _vectors is null ? null : (_vectors.Model.Name, _vectors.Model.Dimensions);

    /// <exception cref="IngestException">The file is missing, locked, or was not created by this program.</exception>
    public async ValueTask OpenAsync(string target, bool retryRejected, CancellationToken cancellationToken)
    {
        string file = PartialFile.Resolve(path);
        if (!File.Exists(file))
        {
            throw new IngestException($"{path} does not exist: there are no summaries.", "Load summaries with health_ingestion ingest first, or name the database that holds them with --from.");
        }

        SqliteDatabase database = _database = SqliteDatabase.Open(path, file);
        database.Execute("PRAGMA busy_timeout = 5000");
        if (database.IsReadOnly)
        {
            throw FileFault.NotWritable(path);
        }

        await database.ExecuteWhenUnlockedAsync("SELECT 1 FROM sqlite_master", BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
        if (!SummarySchema.Tables.IsIn(database, path))
        {
            throw new IngestException(
                $"{path} holds no daily summaries; nothing was changed.", "Load health data with health_ingestion ingest first, or name the database that holds it with --from.");
        }

        await database.ExecuteWhenUnlockedAsync("BEGIN IMMEDIATE", BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
        database.Execute(
            $"CREATE TABLE IF NOT EXISTS {table.Name} ({table.Key} TEXT NOT NULL, user_id TEXT NOT NULL, date TEXT NOT NULL, {table.Hash} TEXT, {table.Time} TEXT, "
            + $"refused_md5 TEXT, attempts INTEGER NOT NULL, last_error TEXT,{(table.HasVector ? " vector BLOB," : "")} PRIMARY KEY ({table.Key}, user_id, date)) WITHOUT ROWID");
        if (!table.HasVector && database.Texts($"SELECT name FROM pragma_table_info('{table.Name}') WHERE name = 'vector_hash'").Count == 0)
        {
            // The hash of the text and the vector that the API has, and the model; null if it has no vector.
            database.Execute($"ALTER TABLE {table.Name} ADD COLUMN vector_hash TEXT");
            database.Execute($"ALTER TABLE {table.Name} ADD COLUMN vector_model TEXT");
        }

        models?.Register(database, DisplayName);
        await database.ExecuteWhenUnlockedAsync("COMMIT", BusyTimeoutMs, cancellationToken).ConfigureAwait(false);

        _target = target;
        _retryRejected = retryRejected;
        Total = database.Scalar("SELECT count(*) FROM daily_summaries");
        _vectors = vectors is null ? null : new SqliteVectors(EmbeddingModel.Choose(SqliteModels.ReadAll(database), vectors.Model, DisplayName));
        if (_vectors is not null)
        {
            await RejectMixtureAsync(database, _vectors, cancellationToken).ConfigureAwait(false);
        }

        _pages = Pages(database);
        string key = $"INSERT INTO {table.Name} ({table.Key}, user_id, date, attempts";
        (string column, string value, string change) = table.HasVector
            ? (", vector", $", ?{VectorParameter}", $", vector = ?{VectorParameter}")
            : (", vector_hash, vector_model", $", ?{VectorParameter}, ?{VectorParameter + 1}", $", vector_hash = ?{VectorParameter}, vector_model = ?{VectorParameter + 1}");
        _delivered = database.Prepare(
            $"{key}, {table.Hash}, {table.Time}{column}) VALUES (?1, ?2, ?3, ?4, ?5, ?6{value}) ON CONFLICT DO UPDATE "
            + $"SET {table.Hash} = ?5, {table.Time} = ?6, refused_md5 = NULL, attempts = attempts + ?4, last_error = NULL{change}");
        _rejected = database.Prepare(
            $"{key}, refused_md5, last_error) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET refused_md5 = ?5, attempts = attempts + ?4, last_error = ?6");
        _failed = database.Prepare(
            $"{key}, last_error) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET refused_md5 = NULL, attempts = attempts + ?4, last_error = ?5");
        foreach (SqliteStatement statement in (SqliteStatement[])[_delivered, _rejected, _failed])
        {
            statement.Bind(1, target);
        }
    }

    public async ValueTask<bool> ReadAsync(List<PendingSummary> page, CancellationToken cancellationToken)
    {
        while (page.Count == 0 && await _pages.ReadAsync(_stored, cancellationToken).ConfigureAwait(false))
        {
            OutboxPage.Add(_stored, page);
            SummaryHash.Fill(CollectionsMarshal.AsSpan(page));
            DropUnchanged(page);
        }

        return page.Count > 0;
    }

    /// <summary>Reads a column as a hash; null when it contains no valid hash.</summary>
    internal static Guid? Hash(SqliteStatement row, int column) =>
        Utf8Parser.TryParse(row.Text(column), out Guid hash, out int bytes, 'N') && bytes == HexBytes ? hash : null;

    public async ValueTask MarkAsync(IReadOnlyList<PendingSummary> done, CancellationToken cancellationToken)
    {
        SqliteDatabase database = _database!;
        await database.ExecuteWhenUnlockedAsync("BEGIN IMMEDIATE", BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
        models?.Require(database, DisplayName);
        string now = SqliteRuns.Utc(DateTime.UtcNow);
        foreach (PendingSummary summary in done)
        {
            Mark(summary, now);
        }

        await database.ExecuteWhenUnlockedAsync("COMMIT", BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask ReadRejectedAsync(RejectionGroups groups, CancellationToken cancellationToken)
    {
        groups.Clear();
        SqliteStatement select = _database!.Prepare(
            $"SELECT user_id, date, last_error FROM {table.Name} WHERE {table.Key} = ? AND refused_md5 IS NOT NULL ORDER BY user_id, date");
        select.Bind(1, _target);
        while (select.Step())
        {
            groups.Add(Encoding.UTF8.GetString(select.Text(0)), Encoding.UTF8.GetString(select.Text(1)), Encoding.UTF8.GetString(select.Text(2)));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            _pages?.Dispose();
            _database.Dispose();
            _database = null;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Removes unchanged and rejected summaries from the page that was just read.</summary>
    private void DropUnchanged(List<PendingSummary> page)
    {
        int left = 0;
        for (int i = 0; i < page.Count; i++)
        {
            PendingSummary summary = page[i];
            bool isUnchanged = IsDelivered(i, summary);
            bool isRejected = !isUnchanged && !_retryRejected && _hashes[i].Rejected == KeyOf(summary);
            Unchanged += isUnchanged ? 1 : 0;
            StillRejected += isRejected ? 1 : 0;
            if (isUnchanged || isRejected)
            {
                summary.FreeContent();
            }
            else
            {
                if (_vectors is not null && summary.VectorHash != default)
                {
                    _vectors.Attach(i, summary);
                }

                page[left++] = summary;
            }
        }

        page.RemoveRange(left, page.Count - left);
    }

    private bool IsDelivered(int index, PendingSummary summary) =>
        _vectors is null ? _hashes[index].Delivered == summary.Hash : _vectors.Has(index, summary) && _vectors.IsDelivered(index, summary);

    /// <summary>The hash of what is sent: the text, or the text and its vector.</summary>
    private static Guid KeyOf(PendingSummary summary) => summary.VectorHash == default ? summary.Hash : summary.VectorHash;

    private SqliteSummaryPages Pages(SqliteDatabase database) => new(
        database,
        path,
        OutboxPage.Query,
        new SqliteJoin(
            $"d.{table.Hash}, d.refused_md5{(_vectors is null ? "" : ", " + SqliteVectors.Columns)}",
            $"LEFT JOIN {table.Name} d ON d.{table.Key} = ?1 AND d.user_id = s.user_id AND d.date = s.date{(_vectors is null ? "" : SqliteVectors.Clause)}",
            _target,
            (row, column, index) =>
            {
                _hashes[index] = (Hash(row, column), Hash(row, column + 1));
                _vectors?.Read(row, column + 2, index);
            })
        {
            MoreParameters = _vectors?.Parameters ?? [],
        });

    /// <summary>Checks, where the API has vectors of another model, that this run replaces all of them.</summary>
    /// <exception cref="IngestException">Vectors of two models would be in the API.</exception>
    private async ValueTask RejectMixtureAsync(SqliteDatabase database, SqliteVectors sent, CancellationToken cancellationToken)
    {
        const string Others = "FROM deliveries d WHERE d.target = ?1 AND d.vector_model <> ?2";
        using SqliteStatement other = database.Compile($"SELECT d.vector_model {Others} LIMIT 1");
        if (!other.Bind(1, _target).Bind(2, sent.Model.Describe()).Step())
        {
            return;
        }

        string earlier = Encoding.UTF8.GetString(other.Text(0));
        other.Reset();
        if (!vectors!.IsOfAll)
        {
            throw sent.Model.NeedsAll(_target, earlier);
        }

        using SqliteStatement gone = database.Compile($"SELECT count(*) {Others} AND NOT EXISTS (SELECT 1 FROM daily_summaries s WHERE s.user_id = d.user_id AND s.date = d.date)");
        long days = gone.Bind(1, _target).Bind(2, sent.Model.Describe()).Step() ? gone.Int64(0) : 0;
        gone.Reset();
        using SqliteSummaryPages pages = Pages(database);
        List<PendingSummary> page = [];
        while (await pages.ReadAsync(_stored, cancellationToken).ConfigureAwait(false))
        {
            OutboxPage.Add(_stored, page);
            SummaryHash.Fill(CollectionsMarshal.AsSpan(page));
            for (int i = 0; i < page.Count; i++)
            {
                days += sent.IsOfOtherModel(i) && !sent.Has(i, page[i]) ? 1 : 0;
                page[i].FreeContent();
            }

            page.Clear();
        }

        if (days > 0)
        {
            throw sent.Model.WouldMix(_target, earlier, days);
        }
    }

    private void Mark(PendingSummary summary, string now)
    {
        Span<byte> date = stackalloc byte[DayText.Bytes];
        DayText.Write(date, summary.Day);
        Span<byte> hex = stackalloc byte[HexBytes];
        SqliteStatement statement = summary.State switch
        {
            DeliveryState.Delivered => _delivered,
            DeliveryState.Rejected => _rejected,
            _ => _failed,
        };
        statement.Bind(2, summary.UserId).Bind(3, date).Bind(4, summary.Attempts);
        if (statement == _failed)
        {
            statement.Bind(5, summary.Error ?? "").Run();
        }
        else
        {
            if (table.HasVector && statement == _delivered)
            {
                // Little-endian, and so is every supported machine.
                statement.BindBlob(VectorParameter, MemoryMarshal.AsBytes(summary.Result.Span));
            }
            else if (_vectors is not null && statement == _delivered)
            {
                summary.VectorHash.TryFormat(hex, out _, "N");
                statement.Bind(VectorParameter, hex).Bind(VectorParameter + 1, _vectors.Model.Describe());
            }

            (statement == _delivered ? summary.Hash : KeyOf(summary)).TryFormat(hex, out _, "N");
            statement.Bind(5, hex).Bind(6, statement == _delivered ? now : summary.Error ?? "").Run();
        }
    }
}
