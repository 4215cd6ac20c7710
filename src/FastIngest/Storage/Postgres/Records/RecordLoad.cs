using FastIngest.Sinks.Records;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Records.Repeats;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Records;

/// <summary>
/// Stores the records of one run in their tables, within the transaction of the run.
/// <code>
/// the table or the months were empty    tuples ══COPY══► the table
/// otherwise                             tuples ══COPY══► staged_… ──► for each staged day that differs: delete, insert
/// </code>
/// Records of which repeats are looked for, such as those of a category in several files, are collected in a <see cref="RecordUnion"/> first.
/// Thus the records of one user, day and category are either replaced as a whole or left unchanged. A connection can run only one
/// COPY at a time. A COPY should be long, because beginning and ending it costs the server as much as storing a thousand rows.
/// The categories arrive one after another, in the order in which their files are read.
/// </summary>
internal sealed class RecordLoad : IDisposable
{
    private const int UnionPieceBytes = 256 << 10;

    private readonly NpgsqlConnection _connection;
    private readonly PostgresNames _names;
    private readonly HashSet<string> _partitions;
    private readonly bool _keepsDays;
    private readonly string _tempDirectory;
    private readonly TableState[] _tables = [.. RecordTable.All.Select(t => new TableState(t))];

    private CopyStatement? _statement;
    private string? _target;
    private RecordUnion? _union;

    private RecordLoad(NpgsqlConnection connection, PostgresNames names, HashSet<string> partitions, bool keepsDays, string tempDirectory)
    {
        _tempDirectory = tempDirectory;
        _keepsDays = keepsDays;
        _connection = connection;
        _names = names;
        _partitions = partitions;
    }

    /// <summary>The number of characters U+0000 that were removed from the records.</summary>
    public long RemovedNuls { get; private set; }

    /// <summary>Determines which tables are empty. The transaction of the run must have locked them.</summary>
    /// <param name="connection">The connection of the run.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="keepsDays">Whether the stored records of some days may stay; which ones is known only at the end.</param>
    /// <param name="tempDirectory">The folder of temporary files.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<RecordLoad> BeginAsync(NpgsqlConnection connection, PostgresNames names, bool keepsDays, string tempDirectory, CancellationToken cancellationToken)
    {
        object? partitions = await connection.ScalarAsync(
            $"""
            SELECT string_agg(c.relname, ',') FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
            JOIN pg_catalog.pg_class p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace
            WHERE n.nspname = $1 AND p.relname IN ({string.Join(", ", RecordTable.All.Where(t => t.IsByMonth).Select(t => PostgresNames.Literal(t.Name)))}) AND c.relnamespace = n.oid
            """,
            cancellationToken,
            new NpgsqlParameter<string> { TypedValue = names.Schema }).ConfigureAwait(false);
        RecordLoad load = new(connection, names, [.. (partitions as string ?? "").Split(',')], keepsDays, tempDirectory);
        foreach (TableState table in load._tables.Where(t => !t.Table.IsByMonth))
        {
            table.IsEmpty = await load.IsEmptyAsync(names.Records(table.Table.Name), cancellationToken).ConfigureAwait(false);
        }

        return load;
    }

    /// <exception cref="IngestException">A user's id is too long.</exception>
    public async ValueTask WriteAsync(CopyRecordBatch batch, CancellationToken cancellationToken)
    {
        UserIdLimit.Check(batch.LongestUserId);
        RemovedNuls += batch.RemovedNuls;
        if (batch.FileIndex == RecordBatch.NoFile)
        {
            await SendAsync(batch, cancellationToken).ConfigureAwait(false);
            return;
        }

        _union ??= new RecordUnion(_tempDirectory);
        foreach (CopyBuffer piece in batch.Pieces)
        {
            _union.Add(batch.Category, piece.WrittenSpan, cancellationToken);
        }
    }

    /// <summary>Sends the collected records without repeats. Called after the last batch of the run.</summary>
    /// <exception cref="IngestException">A temporary file cannot be written.</exception>
    public async ValueTask UniteAsync(CancellationToken cancellationToken)
    {
        if (_union is not { } union)
        {
            return;
        }

        DistinctRecords records = union.Finish(cancellationToken);
        CopyRecordBatch batch = new([], UnionPieceBytes);
        for (int table = 0; table < _tables.Length; table++)
        {
            batch.Category = _tables[table].Table.Category;
            while (records.Next(table))
            {
                batch.AddDistinct(table, records.Tuple);
                if (batch.Pieces.Count > 1)
                {
                    await SendAsync(batch, cancellationToken).ConfigureAwait(false);
                    batch.Clear();
                }
            }

            await SendAsync(batch, cancellationToken).ConfigureAwait(false);
            batch.Clear();
        }

        Dispose();
    }

    public void Dispose()
    {
        _union?.Dispose();
        _union = null;
    }

    private async ValueTask SendAsync(CopyRecordBatch batch, CancellationToken cancellationToken)
    {
        TableState table = _tables[RecordTable.IndexOf(batch.Category)];
        bool isEmpty = table.Table.IsByMonth ? await AreMonthsEmptyAsync(table, batch, cancellationToken).ConfigureAwait(false) : table.IsEmpty;
        isEmpty &= !_keepsDays;
        string target = isEmpty ? _names.Records(table.Table.Name) : await StagingAsync(table, cancellationToken).ConfigureAwait(false);
        table.StagedRows += isEmpty ? 0 : batch.Rows;
        foreach (CopyBuffer piece in batch.Pieces)
        {
            await SendAsync(table, target, piece, cancellationToken).ConfigureAwait(false);
        }

        table.Rows += batch.Rows;
    }

    /// <summary>Ends the open COPY, if there is one, so that the connection can run other statements.</summary>
    public async ValueTask EndCopyAsync(CancellationToken cancellationToken)
    {
        if (_statement is { } statement)
        {
            _statement = null;
            await statement.EndAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Adds the stored records of the staged days to the staged ones, as far as these lack them, and passes them on. Records are
    /// compared as the tables hold them: the time of most categories is not stored.
    /// </summary>
    /// <param name="displayName">The target, for messages.</param>
    /// <param name="receive">Receives the added records.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask TakeStoredAsync(string displayName, StoredRecordReceiver receive, CancellationToken cancellationToken)
    {
        await EndCopyAsync(cancellationToken).ConfigureAwait(false);
        foreach (TableState table in _tables.Where(t => t.StagedRows > 0))
        {
            await _connection.RunAsync(RecordStatements.JoinWhole, cancellationToken).ConfigureAwait(false);
            await _connection.RunAsync(RecordStatements.CollectDays(table.Table), cancellationToken).ConfigureAwait(false);
            List<string> targets = await FindStagedDaysAsync(table, cancellationToken).ConfigureAwait(false);
            if (targets.Count > 0)
            {
                await _connection.RunAsync(RecordStatements.CollectMissing(_names, table.Table, targets), cancellationToken).ConfigureAwait(false);
                await ReadMissingAsync(table.Table, displayName, receive, cancellationToken).ConfigureAwait(false);
                int added = await _connection.RunAsync(RecordStatements.StageMissing(table.Table), cancellationToken).ConfigureAwait(false);
                table.Rows += added;
                table.StagedRows += added;
                await _connection.RunAsync(RecordStatements.DropMissing, cancellationToken).ConfigureAwait(false);
            }

            await _connection.RunAsync(RecordStatements.DropDays, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask ReadMissingAsync(RecordTable table, string displayName, StoredRecordReceiver receive, CancellationToken cancellationToken)
    {
        NpgsqlRawCopyStream stream = await _connection.BeginRawBinaryCopyAsync(RecordStatements.ReadMissing(table), cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            CopyRecordDecoder decoder = new(table.Category, receive);
            using CopyReader reader = new(64 << 10);
            reader.Begin(stream);
            while (await reader.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                if (!decoder.TryRead(reader.Current))
                {
                    throw new IngestException(
                        $"{displayName} was changed by another program: table {table.Name} holds a record that no run stores.", "Delete that record, then run again.");
                }
            }
        }
    }

    /// <summary>Replaces the stored days that differ from the staged ones; returns the result for each table.</summary>
    /// <param name="kept">The days whose stored records stay.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IReadOnlyList<RecordTableResult>> FinishAsync(IReadOnlyList<KeptDay> kept, CancellationToken cancellationToken)
    {
        await UniteAsync(cancellationToken).ConfigureAwait(false);
        await EndCopyAsync(cancellationToken).ConfigureAwait(false);
        await SendKeptAsync(kept, cancellationToken).ConfigureAwait(false);
        foreach (TableState table in _tables.Where(t => t.StagedRows > 0))
        {
            await _connection.RunAsync(RecordStatements.JoinWhole, cancellationToken).ConfigureAwait(false);
            if (kept.Any(k => k.Has(table.Table.Category)))
            {
                table.Kept = await _connection.RunAsync(RecordStatements.DropKept(table.Table), cancellationToken).ConfigureAwait(false);
                table.StagedRows -= table.Kept;
            }

            await _connection.RunAsync(RecordStatements.CollectDays(table.Table), cancellationToken).ConfigureAwait(false);
            await MoveStagedAsync(table, cancellationToken).ConfigureAwait(false);
            await _connection.RunAsync(RecordStatements.DropStaging(table.Table), cancellationToken).ConfigureAwait(false);
        }

        return [.. _tables.Where(t => t.Table != RecordTable.Samples || t.Rows > 0).Select(t => new RecordTableResult(t.Table.Name, t.Table.Category, t.Rows, t.Replaced, t.Unchanged, t.Bytes) { Kept = t.Kept })];
    }

    private async ValueTask SendKeptAsync(IReadOnlyList<KeptDay> kept, CancellationToken cancellationToken)
    {
        if (kept.Count == 0)
        {
            return;
        }

        await _connection.RunAsync(RecordStatements.CreateKeptDays, cancellationToken).ConfigureAwait(false);
        CopyWriter writer = new(_connection, RecordStatements.KeptDays, "category, user_id, date");
        foreach ((KeptDay day, RecordTable table) in kept.SelectMany(d => RecordTable.All.Where(t => d.Has(t.Category)).Select(t => (d, t))))
        {
            writer.Buffer.BeginTuple(3);
            writer.Buffer.Int4((int)table.Category);
            writer.Buffer.Text(day.UserId);
            writer.Buffer.Date(day.Day);
            writer.CountRow();
            if (writer.IsFull)
            {
                await writer.SendAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        await writer.EndAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Moves staged rows to their table, except for days that are stored unchanged.</summary>
    private async ValueTask MoveStagedAsync(TableState table, CancellationToken cancellationToken)
    {
        List<string> targets = await FindStagedDaysAsync(table, cancellationToken).ConfigureAwait(false);
        if (targets.Count == 0)
        {
            await _connection.RunAsync(RecordStatements.InsertStaged(_names, table.Table), cancellationToken).ConfigureAwait(false);
            return;
        }

        await _connection.RunAsync(RecordStatements.CollectChanges(table.Table, targets), cancellationToken).ConfigureAwait(false);
        foreach (string target in targets)
        {
            table.Replaced += await _connection.RunAsync(RecordStatements.DeleteChanged(table.Table, target), cancellationToken).ConfigureAwait(false);
        }

        table.Unchanged = table.StagedRows
            - await _connection.RunAsync(RecordStatements.InsertChanged(_names, table.Table), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the table, or those of its partitions, that hold any of the staged days.</summary>
    private async ValueTask<List<string>> FindStagedDaysAsync(TableState table, CancellationToken cancellationToken)
    {
        List<string> targets = [];
        foreach (string target in StoredTargets(table))
        {
            if (await _connection.ScalarAsync(RecordStatements.HasDays(table.Table, target), cancellationToken).ConfigureAwait(false) is true)
            {
                targets.Add(target);
            }
        }

        return targets;
    }

    /// <summary>The table, or those of its partitions that were not empty when the run began and for which the run has records.</summary>
    private IEnumerable<string> StoredTargets(TableState table) => table.Table.IsByMonth
        ? Enumerable.Range(0, Month.Count).Where(m => table.MonthWasEmpty[m] == false).Select(m => _names.Records(Month.Partition(table.Table.Name, m)))
        : [_names.Records(table.Table.Name)];

    /// <summary>Whether all months of a batch were empty when the run began. Missing partitions are created.</summary>
    private async ValueTask<bool> AreMonthsEmptyAsync(TableState table, CopyRecordBatch batch, CancellationToken cancellationToken)
    {
        bool areEmpty = true;
        foreach (int month in batch.Months)
        {
            areEmpty &= table.MonthWasEmpty[month] ??= await EnsureMonthAsync(table.Table, month, cancellationToken).ConfigureAwait(false);
        }

        return areEmpty;
    }

    /// <summary>Creates the partition of a month if it is missing; returns whether the partition is empty.</summary>
    private async ValueTask<bool> EnsureMonthAsync(RecordTable table, int month, CancellationToken cancellationToken)
    {
        await EndCopyAsync(cancellationToken).ConfigureAwait(false);
        string partition = Month.Partition(table.Name, month);
        if (!_partitions.Contains(partition))
        {
            await _connection.RunAsync(RecordStatements.AddMonth(_names, table, month), cancellationToken).ConfigureAwait(false);
            return true;
        }

        return await IsEmptyAsync(_names.Records(partition), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<string> StagingAsync(TableState table, CancellationToken cancellationToken)
    {
        if (!table.HasStaging)
        {
            await EndCopyAsync(cancellationToken).ConfigureAwait(false);
            await _connection.RunAsync(RecordStatements.CreateStaging(_names, table.Table), cancellationToken).ConfigureAwait(false);
            table.HasStaging = true;
        }

        return RecordStatements.Staging(table.Table);
    }

    private async ValueTask SendAsync(TableState table, string target, CopyBuffer piece, CancellationToken cancellationToken)
    {
        if (_statement is { } open && (_target != target || open.IsFull))
        {
            await EndCopyAsync(cancellationToken).ConfigureAwait(false);
        }

        _target = target;
        _statement ??= await CopyStatement.BeginAsync(
            _connection, target, table.Table.Columns, cancellationToken).ConfigureAwait(false);
        await _statement.WriteAsync(piece.Written, cancellationToken).ConfigureAwait(false);
        table.Bytes += piece.Length;
    }

    private async ValueTask<bool> IsEmptyAsync(string table, CancellationToken cancellationToken) =>
        await _connection.ScalarAsync($"SELECT NOT EXISTS (SELECT FROM {table})", cancellationToken).ConfigureAwait(false) is true;

    private sealed class TableState(RecordTable table)
    {
        public RecordTable Table => table;

        /// <summary>Whether the table had no rows when the run began.</summary>
        public bool IsEmpty { get; set; }

        /// <summary>For a table with monthly partitions, whether each month was empty; null until the run has records of the month.</summary>
        public bool?[] MonthWasEmpty { get; } = table.IsByMonth ? new bool?[Month.Count] : [];

        public bool HasStaging { get; set; }

        /// <summary>Staged rows of days whose stored records stay.</summary>
        public long Kept { get; set; }

        public long Rows { get; set; }

        public long StagedRows { get; set; }

        public long Replaced { get; set; }

        public long Unchanged { get; set; }

        public long Bytes { get; set; }
    }
}
