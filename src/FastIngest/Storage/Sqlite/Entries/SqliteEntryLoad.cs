using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Runs;
using FastIngest.Storage.Sqlite.Schema;

namespace FastIngest.Storage.Sqlite.Entries;

/// <summary>
/// Writes the records and entries of one dictionary run, within one transaction.
/// <code>
/// empty tables   records ──► raw_entries     the program detects repeated records by their digests;
///                entries ──► entries         the indexes are created after all rows
/// otherwise      records ──► raw_entries     the indexes detect repeated records
///                entries ──► entries
/// </code>
/// The database is locked against other writers, so that the program can assign the ids. They continue from the highest id, in
/// input order.
/// </summary>
internal sealed class SqliteEntryLoad
{
    /// <summary>The maximum number of digests in memory, about 25 bytes each. Beyond it the run creates the indexes and uses them instead.</summary>
    public const long MaxRemembered = 4_000_000;

    /// <summary>The number of digests between two garbage collections. They free tens of MB of hash tables that were replaced by larger ones.</summary>
    private const long DigestsPerCollection = 1_000_000;

    private const int RowsPerCancellationCheck = 64;

    private readonly SqliteTransaction _transaction;
    private readonly EntryRun _run;
    private readonly long _maxRemembered;
    private readonly SqliteRuns _runs;
    private readonly SqliteEntryRows _rows;
    private readonly EntryOutcomeCounter _lookedUp = new();
    private EntryClassifier? _classifier;
    private EntryResult _classified = EntryResult.Zero;
    private long _lastId, _nextCollection = DigestsPerCollection;

    /// <param name="transaction">A transaction on a database with the dictionary tables.</param>
    /// <param name="run">The run, recorded in <c>ingest_runs</c>.</param>
    /// <param name="maxRemembered">The maximum number of digests in memory.</param>
    public SqliteEntryLoad(SqliteTransaction transaction, EntryRun run, long maxRemembered)
    {
        _transaction = transaction;
        _run = run;
        _maxRemembered = maxRemembered;
        SqliteDatabase database = transaction.Database;
        _runs = new SqliteRuns(transaction);
        _runs.Begin(run);
        SqliteSources.Register(database, run.Source, run.Catalog);
        _lastId = database.Scalar("SELECT max(id) FROM raw_entries");
        if (database.Scalar("SELECT EXISTS (SELECT 1 FROM raw_entries) OR EXISTS (SELECT 1 FROM entries)") != 0)
        {
            CreateIndexes();
        }
        else
        {
            Execute(SqliteEntrySchema.DropIndexes);
            _classifier = new EntryClassifier(run.Policy);
        }

        _rows = new SqliteEntryRows(database, run.Source, replaces: false);
    }

    /// <summary>The outcomes of the records so far.</summary>
    public EntryResult SoFar => (_classifier?.Result ?? _classified).Plus(_lookedUp.Result);

    public void Write(EntryBatch batch, CancellationToken cancellationToken)
    {
        _rows.SetFile(batch.File);
        _classifier?.Expect(batch.Rows);
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

        _transaction.CountWritten(bytes);
        if (_classifier?.Remembered >= _maxRemembered)
        {
            CreateIndexes();
        }
        else if (_classifier?.Remembered >= _nextCollection)
        {
            _nextCollection += DigestsPerCollection;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }
    }

    /// <summary>Checks that the counts of the run add up, and records the run. The caller commits afterwards.</summary>
    public EntryResult Finish(EntryFigures figures)
    {
        EntryResult result = SoFar;
        result.Check(figures);
        if (_classifier is not null)
        {
            CreateIndexes();
        }

        _runs.Finish(new RunFigures(figures.Read, result.Loaded + result.Repeated, figures.Rejected, result.Written + result.Redirects));
        return result;
    }

    private void Add(EntryBatch batch, in EntryRow row)
    {
        EntryOutcome outcome = _classifier?.Next(row) ?? EntryClassifier.Classify(row, _run.Policy);
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
                && !(_classifier is null && !_run.Policy.AllowsDuplicates && _rows.HasEarlierDuplicate(_lastId, row))
                && _rows.AddEntry(_lastId, batch, row);
            outcome = EntryClassifier.IsWritten(outcome) && !isWritten ? EntryOutcome.Duplicate : outcome;
        }

        if (_classifier is null)
        {
            _lookedUp.Add(outcome);
        }
    }

    /// <summary>Creates the indexes, which replace the digests in memory.</summary>
    private void CreateIndexes()
    {
        if (_classifier is not null)
        {
            // The digests use up to 100 MB. Free them before the page cache grows.
            _classified = _classifier.Result;
            _classifier = null;
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
