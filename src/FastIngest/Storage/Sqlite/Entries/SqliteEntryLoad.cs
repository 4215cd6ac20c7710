using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Runs;
using FastIngest.Storage.Sqlite.Schema;

namespace FastIngest.Storage.Sqlite.Entries;

/// <summary>
/// One run over a dictionary, within a transaction.
/// <code>
/// empty tables   records ──► raw_entries     which of them repeat is known here, by their digests;
///                entries ──► entries         the indexes are made when all rows are there
/// otherwise      records ──► raw_entries     the indexes know which of them are there
///                entries ──► entries
/// </code>
/// The database is locked against other writers, so that ids can be given here: they count on in input order.
/// </summary>
internal sealed class SqliteEntryLoad
{
    /// <summary>Digests that are remembered, in some 25 bytes each, before the run makes the indexes and goes on by them.</summary>
    public const long MaxRemembered = 4_000_000;

    /// <summary>Digests between two collections of what their tables leave behind as they grow: tens of MB that would wait.</summary>
    private const long DigestsPerCollection = 1_000_000;

    private const int RowsPerCancellationCheck = 64;

    private readonly SqliteTransaction _transaction;
    private readonly EntryRun _run;
    private readonly long _maxRemembered;
    private readonly SqliteRuns _runs;
    private readonly SqliteEntryRows _rows;
    private readonly EntryOutcomeCounter _lookedUp = new();
    private EntryClassifier? _screen;
    private EntryResult _screened = EntryResult.Zero;
    private long _lastId, _nextCollection = DigestsPerCollection;

    /// <param name="transaction">It has the tables.</param>
    /// <param name="run">Recorded in <c>ingest_runs</c>.</param>
    /// <param name="maxRemembered">Digests.</param>
    public SqliteEntryLoad(SqliteTransaction transaction, EntryRun run, long maxRemembered)
    {
        _transaction = transaction;
        _run = run;
        _maxRemembered = maxRemembered;
        SqliteDatabase database = transaction.Database;
        _runs = new SqliteRuns(database);
        _runs.Begin(run);
        SqliteSources.Register(database, run.Source, run.Catalog);
        _lastId = database.Scalar("SELECT max(id) FROM raw_entries");
        if (database.Scalar("SELECT EXISTS (SELECT 1 FROM raw_entries) OR EXISTS (SELECT 1 FROM entries)") != 0)
        {
            MakeIndexes();
        }
        else
        {
            Execute(SqliteEntrySchema.DropIndexes);
            _screen = new EntryClassifier(run.Policy);
        }

        _rows = new SqliteEntryRows(database, run.Source, replaces: false);
    }

    /// <summary>What became of the records so far.</summary>
    public EntryResult SoFar => (_screen?.Result ?? _screened).Plus(_lookedUp.Result);

    public void Write(EntryBatch batch, CancellationToken cancellationToken)
    {
        _rows.SetFile(batch.File);
        _screen?.Expect(batch.Rows);
        long bytes = 0;
        for (int i = 0; i < batch.RowCount; i++)
        {
            if (i % RowsPerCancellationCheck == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            Add(batch, batch.Rows[i]);
            bytes += batch.Rows[i].Raw.Length;
        }

        _transaction.Wrote(bytes);
        if (_screen?.Remembered >= _maxRemembered)
        {
            MakeIndexes();
        }
        else if (_screen?.Remembered >= _nextCollection)
        {
            _nextCollection += DigestsPerCollection;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }
    }

    /// <summary>Holds the run to its balance and records it; what is left is to commit.</summary>
    public EntryResult Finish(EntryFigures figures)
    {
        EntryResult result = SoFar;
        result.Check(figures);
        if (_screen is not null)
        {
            MakeIndexes();
        }

        _runs.Finish(new RunFigures(figures.Read, result.Loaded + result.Repeated, figures.Rejected, result.Written + result.Redirects));
        return result;
    }

    private void Add(EntryBatch batch, in EntryRow row)
    {
        EntryOutcome outcome = _screen?.Next(row) ?? EntryClassifier.Classify(row, _run.Policy);
        if (outcome is EntryOutcome.Rejected or EntryOutcome.Repeated)
        {
            return;
        }

        if (!_rows.AddRaw(_lastId + 1, batch, row))
        {
            outcome = EntryOutcome.Repeated;
        }
        else
        {
            _lastId++;
            bool isWritten = EntryClassifier.IsWritten(outcome)
                && !(_screen is null && !_run.Policy.AllowsDuplicates && _rows.HasEarlierAlike(_lastId, row))
                && _rows.AddEntry(_lastId, batch, row);
            outcome = EntryClassifier.IsWritten(outcome) && !isWritten ? EntryOutcome.Duplicate : outcome;
        }

        if (_screen is null)
        {
            _lookedUp.Add(outcome);
        }
    }

    /// <summary>Goes over from what is remembered, which is forgotten, to indexes.</summary>
    private void MakeIndexes()
    {
        if (_screen is not null)
        {
            // It holds up to 100 MB, in whose place the cache comes.
            _screened = _screen.Result;
            _screen = null;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }

        Execute(SqliteEntrySchema.CreateIndexes);
        _transaction.WidenCache();
    }

    private void Execute(IEnumerable<string> statements)
    {
        foreach (string statement in statements)
        {
            _transaction.Database.Execute(statement);
        }
    }
}
