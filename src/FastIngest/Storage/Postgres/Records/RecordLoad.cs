using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Records;

/// <summary>
/// The records of one run on their way into their tables, within the run's transaction.
/// <code>
/// table, or months, that were empty    tuples ══COPY══► there
/// otherwise                            tuples ══COPY══► staged_… ──► of the days that are staged and differ: delete, insert
/// </code>
/// A user's day of one category is so replaced as a whole, or left alone. One connection has one COPY at a time, which is long: to begin
/// and end one costs the server as much as storing a thousand rows. The categories come one after another, as their
/// files are read.
/// </summary>
internal sealed class RecordLoad
{
    private readonly NpgsqlConnection _connection;
    private readonly PostgresNames _names;
    private readonly HashSet<string> _partitions;
    private readonly TableState[] _tables = [.. RecordTable.All.Select(t => new TableState(t))];

    // By month; null until the run has records of it.
    private readonly bool?[] _monthWasEmpty = new bool?[Month.Count];
    private CopyStatement? _statement;
    private string? _target;

    private RecordLoad(NpgsqlConnection connection, PostgresNames names, HashSet<string> partitions)
    {
        _connection = connection;
        _names = names;
        _partitions = partitions;
    }

    /// <summary>Characters U+0000 taken out of what was written.</summary>
    public long RemovedNuls { get; private set; }

    /// <summary>Looks at the tables, which the run's transaction has locked.</summary>
    public static async ValueTask<RecordLoad> BeginAsync(NpgsqlConnection connection, PostgresNames names, CancellationToken cancellationToken)
    {
        object? partitions = await connection.ScalarAsync(
            """
            SELECT string_agg(c.relname, ',') FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
            JOIN pg_catalog.pg_class p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace
            WHERE n.nspname = $1 AND p.relname = 'heart_rate' AND c.relnamespace = n.oid
            """,
            cancellationToken,
            new NpgsqlParameter<string> { TypedValue = names.Schema }).ConfigureAwait(false);
        RecordLoad load = new(connection, names, [.. (partitions as string ?? "").Split(',')]);
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
        TableState table = _tables.Single(t => t.Table.Category == batch.Category);
        bool isEmpty = table.Table.IsByMonth ? await AreMonthsEmptyAsync(batch, cancellationToken).ConfigureAwait(false) : table.IsEmpty;
        string target = isEmpty ? _names.Records(table.Table.Name) : await StagingAsync(table, cancellationToken).ConfigureAwait(false);
        table.StagedRows += isEmpty ? 0 : batch.Rows;
        foreach (CopyBuffer piece in batch.Pieces)
        {
            await SendAsync(table, target, piece, cancellationToken).ConfigureAwait(false);
        }

        table.Rows += batch.Rows;
        RemovedNuls += batch.RemovedNuls;
    }

    /// <summary>Ends the COPY that is open, so that the connection is free.</summary>
    public async ValueTask EndCopyAsync(CancellationToken cancellationToken)
    {
        if (_statement is { } statement)
        {
            _statement = null;
            await statement.EndAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Replaces the staged days that differ from what is stored, and says what became of each table.</summary>
    public async ValueTask<IReadOnlyList<RecordTableResult>> FinishAsync(CancellationToken cancellationToken)
    {
        await EndCopyAsync(cancellationToken).ConfigureAwait(false);
        foreach (TableState table in _tables.Where(t => t.StagedRows > 0))
        {
            await _connection.RunAsync(RecordStatements.CollectDays(table.Table), cancellationToken).ConfigureAwait(false);
            await MoveStagedAsync(table, cancellationToken).ConfigureAwait(false);
            await _connection.RunAsync(RecordStatements.DropStaging(table.Table), cancellationToken).ConfigureAwait(false);
        }

        return [.. _tables.Select(t => new RecordTableResult(t.Table.Name, t.Table.Category, t.Rows, t.Replaced, t.Unchanged, t.Bytes))];
    }

    /// <summary>Brings staged rows to their table, but for those of days that it has just so.</summary>
    private async ValueTask MoveStagedAsync(TableState table, CancellationToken cancellationToken)
    {
        List<string> targets = [];
        foreach (string target in Stored(table.Table))
        {
            if (await _connection.ScalarAsync(RecordStatements.HasDays(table.Table, target), cancellationToken).ConfigureAwait(false) is true)
            {
                targets.Add(target);
            }
        }

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

    /// <summary>The tables that held rows when the run began and that it has rows for.</summary>
    private IEnumerable<string> Stored(RecordTable table) => table.IsByMonth
        ? Enumerable.Range(0, Month.Count).Where(m => _monthWasEmpty[m] == false).Select(m => _names.Records(Month.Partition(m)))
        : [_names.Records(table.Name)];

    /// <summary>Whether all months of a batch were empty when the run began; new ones are made.</summary>
    private async ValueTask<bool> AreMonthsEmptyAsync(CopyRecordBatch batch, CancellationToken cancellationToken)
    {
        bool areEmpty = true;
        foreach (int month in batch.Months)
        {
            areEmpty &= _monthWasEmpty[month] ??= await EnsureMonthAsync(month, cancellationToken).ConfigureAwait(false);
        }

        return areEmpty;
    }

    /// <summary>Makes a month's partition if there is none, and says whether it is empty.</summary>
    private async ValueTask<bool> EnsureMonthAsync(int month, CancellationToken cancellationToken)
    {
        await EndCopyAsync(cancellationToken).ConfigureAwait(false);
        string partition = Month.Partition(month);
        if (!_partitions.Contains(partition))
        {
            await _connection.RunAsync(RecordStatements.AddMonth(_names, month), cancellationToken).ConfigureAwait(false);
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
        _statement ??= await CopyStatement.BeginAsync(_connection, target, table.Table.Columns, cancellationToken).ConfigureAwait(false);
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

        public bool HasStaging { get; set; }

        public long Rows { get; set; }

        public long StagedRows { get; set; }

        public long Replaced { get; set; }

        public long Unchanged { get; set; }

        public long Bytes { get; set; }
    }
}
