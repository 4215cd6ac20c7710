using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Runs;
using FastIngest.Storage.Sqlite.Schema;
using SQLitePCL;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>Writes summaries into a new database. The rows arrive in key order.</summary>
internal sealed class SqliteBuild : ISqliteLoad
{
    private const int RowsPerCancellationCheck = 256;

    private readonly SqliteTransaction _transaction;
    private readonly SqliteStatement _insert;
    private readonly SqliteUsers _users;
    private readonly SqliteRuns _runs;
    private long _rows;

    /// <param name="transaction">The transaction on the new file; disposed with this object.</param>
    /// <param name="run">The run, recorded in <c>ingest_runs</c>.</param>
    public SqliteBuild(SqliteTransaction transaction, SinkRun run)
    {
        _transaction = transaction;
        _insert = transaction.Database.Prepare(SummarySchema.InsertSummary);
        _users = new SqliteUsers(transaction.Database);
        _runs = new SqliteRuns(transaction.Database);
        _runs.Begin(run);
    }

    public void Write(SummaryBatch batch, CancellationToken cancellationToken)
    {
        foreach (ref readonly UserProfile user in batch.Users)
        {
            _users.Store(batch, user);
        }

        ReadOnlySpan<DailySummary> rows = batch.Rows;
        ReadOnlySpan<byte> text = batch.Text(new TextRef(0, batch.TextLength));
        for (int i = 0; i < rows.Length; i++)
        {
            if (i % RowsPerCancellationCheck == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            int result = SqliteNative.InsertSummary(_insert.Pointer, text, rows[i]);
            if (result != raw.SQLITE_DONE)
            {
                _transaction.Database.Fail(result);
            }
        }

        _rows += rows.Length;
        _transaction.CountWritten(text.Length);
    }

    public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        if (figures.Aggregated == 0)
        {
            // The file is not published.
            return new SinkResult(0, 0, 0, 0) { IsAbsent = true };
        }

        _runs.Finish(figures);
        await _transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return new SinkResult(_rows, _rows, 0, 0);
    }

    public void Dispose() => _transaction.Dispose();
}
