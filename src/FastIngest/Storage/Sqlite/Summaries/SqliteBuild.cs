using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Runs;
using FastIngest.Storage.Sqlite.Schema;
using FastIngest.Storage.Sqlite.Trees;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>
/// Writes summaries into a new database. SQLite makes the file and its tables, and records the run. The rows arrive in key order,
/// so that their pages can be made one after the other without SQLite, which would search the place of each row and split pages.
/// </summary>
internal sealed class SqliteBuild : ISqliteLoad
{
    private const int RowsPerCancellationCheck = 256;

    private readonly SqliteTransaction _transaction;
    private readonly SqliteRuns _runs;
    private readonly SummaryRecord _summaryRecord;
    private readonly UserRecord _userRecord;
    private readonly TreeWriter _summaries, _users;
    private readonly KeyOrder _summaryOrder = new(SummarySchema.SummariesName), _userOrder = new(SummarySchema.UsersName);
    private long _rows;

    /// <param name="transaction">The transaction on the new file; disposed with this object.</param>
    /// <param name="displayPath">The database as the user named it.</param>
    /// <param name="run">The run, recorded in <c>ingest_runs</c>.</param>
    public SqliteBuild(SqliteTransaction transaction, string displayPath, SinkRun run)
    {
        _transaction = transaction;
        _summaryRecord = new SummaryRecord(displayPath);
        _userRecord = new UserRecord(displayPath);
        _runs = new SqliteRuns(transaction);
        _runs.Begin(run);
        uint summaries = transaction.RootPage(SummarySchema.SummariesName), users = transaction.RootPage(SummarySchema.UsersName);
        PageWriter pages = transaction.OpenPages();
        _summaries = new TreeWriter(pages, summaries);
        _users = new TreeWriter(pages, users);
    }

    public void Write(SummaryBatch batch, CancellationToken cancellationToken)
    {
        foreach (ref readonly UserProfile user in batch.Users)
        {
            _userOrder.Check(batch.Text(user.UserId));
            _users.Add(_userRecord.Make(batch, user));
        }

        ReadOnlySpan<DailySummary> rows = batch.Rows;
        for (int i = 0; i < rows.Length; i++)
        {
            if (i % RowsPerCancellationCheck == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            _summaryOrder.Check(batch.Text(rows[i].Texts[TextSlot.UserId]), rows[i].Day);
            _summaries.Add(_summaryRecord.Make(batch, rows[i]));
        }

        _rows += rows.Length;
    }

    public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        if (figures.Aggregated == 0)
        {
            // The file is not published.
            return new SinkResult(0, 0, 0, 0) { IsAbsent = true };
        }

        _summaries.Finish();
        _users.Finish();
        _transaction.ClosePages();
        _runs.Finish(figures);
        await _transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return new SinkResult(_rows, _rows, 0, 0);
    }

    public void Dispose() => _transaction.Dispose();
}
