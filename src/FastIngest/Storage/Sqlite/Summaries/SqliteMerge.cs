using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Runs;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>
/// Merges summaries into an existing database by the rules of <see cref="SummaryMerge"/>. Every summary begins with the
/// profile sentence of the newest profile of its user, no matter which run read it. Therefore the content does not depend on
/// the order in which files are ingested.
/// </summary>
internal sealed class SqliteMerge : ISqliteLoad
{
    private const int RowsPerCancellationCheck = 64;

    private readonly SqliteTransaction _transaction;
    private readonly SqliteDatabase _database;
    private readonly PoorerDays _poorer;
    private readonly SqliteRuns _runs;
    private readonly SqliteUsers _users;
    private readonly SqliteSummaries _summaries;
    private readonly SqliteStatement _noteProfile;
    private readonly SqliteStatement _isProfileOfRun;

    private readonly SummaryBatch _stored = new();
    private readonly SummaryBatch _merged = new();

    // The user of the current rows, and whether the profile sentence comes from a stored profile or from the run's rows.
    private readonly SummaryBatch _userTexts = new();
    private UserProfile _user;
    private bool _isUserFromStore;

    private long _rows, _inserted, _updated;

    /// <param name="transaction">The transaction on the existing file; disposed with this object.</param>
    /// <param name="displayPath">The database as the user named it.</param>
    /// <param name="run">The run, recorded in <c>ingest_runs</c>.</param>
    /// <param name="onFewer">What happens to days that the run would make poorer.</param>
    public SqliteMerge(SqliteTransaction transaction, string displayPath, SinkRun run, OnFewer onFewer)
    {
        _poorer = new PoorerDays(onFewer, "sqlite:" + displayPath);
        _transaction = transaction;
        SqliteDatabase database = _database = transaction.Database;
        _runs = new SqliteRuns(transaction);
        _users = new SqliteUsers(database);
        _summaries = new SqliteSummaries(database, displayPath);
        database.Execute("CREATE TEMP TABLE profiles_of_run (user_id TEXT NOT NULL PRIMARY KEY, changed INTEGER NOT NULL) WITHOUT ROWID");
        _noteProfile = database.Prepare("INSERT OR REPLACE INTO temp.profiles_of_run VALUES (?, ?)");
        _isProfileOfRun = database.Prepare("SELECT 1 FROM temp.profiles_of_run WHERE user_id = ?");
        _runs.Begin(run);
    }

    public void Write(SummaryBatch batch, CancellationToken cancellationToken)
    {
        foreach (ref readonly UserProfile user in batch.Users)
        {
            StoreProfile(batch, user);
        }

        ReadOnlySpan<DailySummary> rows = batch.Rows;
        for (int i = 0; i < rows.Length; i++)
        {
            if (i % RowsPerCancellationCheck == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            MergeRow(batch, rows[i]);
        }

        _rows += rows.Length;
    }

    public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        long refreshed = RefreshProfileSentences(cancellationToken);
        _runs.Finish(figures);
        await _transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return new SinkResult(_rows, _inserted, _updated, _rows - _inserted - _updated, refreshed) { PoorerDays = _poorer.Days };
    }

    public void Dispose() => _transaction.Dispose();

    private void StoreProfile(SummaryBatch batch, in UserProfile user)
    {
        ReadOnlySpan<byte> userId = batch.Text(user.UserId);
        _stored.Reset();
        bool changed = !_users.TryLoad(userId, _stored, out UserProfile stored) || !SqliteUsers.AreEqual(batch, user, _stored, stored);
        if (changed)
        {
            _users.Store(batch, user);
        }

        _noteProfile.Bind(1, userId).Bind(2, changed ? 1 : 0).Run();
    }

    private void MergeRow(SummaryBatch batch, in DailySummary row)
    {
        ReadOnlySpan<byte> userId = batch.Text(row.Texts[TextSlot.UserId]);
        if (_userTexts.TextLength == 0 || !userId.SequenceEqual(_userTexts.Text(_user.UserId)))
        {
            EnterUser(userId);
        }

        _stored.Reset();
        _merged.Reset();
        ReadOnlySpan<byte> profileSentence = batch.Text(row.Texts[TextSlot.Summary])[..row.Parts[(int)Category.Users]];
        if (_isUserFromStore)
        {
            ProfileSentence.Write(_merged, new ProfileView(_userTexts, _user), row.Day);
            profileSentence = _merged.Text(_merged.TextSince(0));
        }

        bool isStored = _summaries.TryLoad(userId, row.Day, _stored);
        bool differs = isStored
            ? SummaryMerge.Merge(_stored, _stored.Rows[0], batch, row, profileSentence, _merged, _poorer.Examine(_stored, _stored.Rows[0], batch, row))
            : SummaryMerge.Merge(batch, row, batch, row, profileSentence, _merged);
        if (differs || !isStored)
        {
            _summaries.Store(_merged, _merged.Rows[0]);
            _inserted += isStored ? 0 : 1;
            _updated += isStored ? 1 : 0;
        }
    }

    private void EnterUser(ReadOnlySpan<byte> userId)
    {
        _userTexts.Reset();
        bool isFromRun = _isProfileOfRun.Bind(1, userId).Step();
        _isProfileOfRun.Reset();
        _isUserFromStore = !isFromRun && _users.TryLoad(userId, _userTexts, out _user);
        if (!_isUserFromStore)
        {
            _user.UserId = _userTexts.AddText(userId);
        }
    }

    /// <summary>Updates the profile sentence in all stored rows of the users whose profile this run changed.</summary>
    /// <returns>The number of updated rows.</returns>
    private long RefreshProfileSentences(CancellationToken cancellationToken)
    {
        SqliteStatement changed = _database.Prepare("SELECT user_id FROM temp.profiles_of_run WHERE changed");
        long refreshed = 0;
        while (changed.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            _userTexts.Reset();
            if (_users.TryLoad(changed.Text(0), _userTexts, out UserProfile user))
            {
                refreshed += _summaries.Refresh(_userTexts, user, _merged, cancellationToken);
            }
        }

        return refreshed;
    }
}
