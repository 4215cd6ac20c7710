using System.Text;
using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>
/// Writes the records and entries of one dictionary run in one transaction. If the run fails, the tables stay unchanged.
/// <code>
/// new source     records ══COPY══► raw_entries        the program detects repeated records by their digests
///                entries ══COPY══► entries
/// otherwise      records ══COPY══► staged_raw     ─── merge ──► raw_entries     after a number of records;
///                entries ══COPY══► staged_entries ─── merge ──► entries         the server detects repeated records
/// </code>
/// The tables are locked against other writers, so that the program can assign the ids. They continue from the highest id, in
/// input order.
/// </summary>
internal sealed class EntryLoad
{
    /// <summary>The maximum number of digests in memory, about 25 bytes each. Beyond it the run uses staging tables.</summary>
    internal const long MaxRemembered = 4_000_000;

    /// <summary>The number of bytes after which buffered entries are sent.</summary>
    private const int EntryBytes = 2 << 20;

    /// <summary>Records of at least this many bytes are sent without a copy to the buffer.</summary>
    private const int LargeBytes = 128 << 10;

    private readonly NpgsqlConnection _connection;
    private readonly PostgresNames _names;
    private readonly EntryRun _run;
    private readonly EntryTuples _tuples;
    private readonly EntryClassifier _classifier;
    private readonly int _mergeRows;
    private readonly long _maxRemembered;
    private CopyWriter _raw, _entries;
    private bool _isStaged;
    private long _lastId, _stagedRows, _stagedBytes;
    private EntryResult _merged = EntryResult.Zero;

    private EntryLoad(NpgsqlConnection connection, PostgresNames names, EntryRun run, int mergeRows, long lastId, long maxRemembered)
    {
        _connection = connection;
        _names = names;
        _run = run;
        _mergeRows = mergeRows;
        _lastId = lastId;
        _maxRemembered = maxRemembered;
        _tuples = new EntryTuples(run.Source);
        _classifier = new EntryClassifier(run.Policy);
        _raw = new CopyWriter(connection, names.RawEntries, EntryTuples.RawColumns);
        _entries = new CopyWriter(connection, names.Entries, EntryTuples.EntryColumns);
    }

    /// <summary>The outcomes of the records so far, without those in the staging tables.</summary>
    public EntryResult SoFar => _classifier.Result.Plus(_merged);

    /// <summary>Begins the transaction; waits for the end of other dictionary runs into the same schema.</summary>
    public static async ValueTask<EntryLoad> BeginAsync(
        NpgsqlConnection connection, PostgresNames names, EntryRun run, int mergeRows, long maxRemembered, CancellationToken cancellationToken)
    {
        await connection.RunAsync(EntryStatements.Begin(names), cancellationToken).ConfigureAwait(false);
        await PostgresSources.RegisterAsync(connection, names, run.Source, run.Catalog, cancellationToken).ConfigureAwait(false);
        long lastId = (long)(await connection.ScalarAsync($"SELECT coalesce(max(id), 0) FROM {names.RawEntries}", cancellationToken).ConfigureAwait(false))!;
        bool isKnown = await connection.ScalarAsync(
            $"SELECT EXISTS (SELECT FROM {names.RawEntries} WHERE source_id = $1) OR EXISTS (SELECT FROM {names.Entries} WHERE source_id = $1)",
            cancellationToken,
            PostgresSources.Text(run.Source)).ConfigureAwait(false) is true;
        EntryLoad load = new(connection, names, run, mergeRows, lastId, maxRemembered);
        if (isKnown)
        {
            await load.StageAsync(cancellationToken).ConfigureAwait(false);
        }

        return load;
    }

    public async ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken)
    {
        byte[] file = Encoding.UTF8.GetBytes(batch.File);
        if (!_isStaged)
        {
            _classifier.Expect(batch.Rows);
        }

        for (int i = 0; i < batch.RowCount; i++)
        {
            EntryOutcome outcome = _isStaged ? EntryClassifier.Classify(batch.Rows[i], _run.Policy) : _classifier.Next(batch.Rows[i]);
            if (outcome is EntryOutcome.Rejected or EntryOutcome.Repeated)
            {
                continue;
            }

            _lastId++;
            _tuples.BeginRaw(_raw.Buffer, _lastId, batch.Rows[i], file, _isStaged ? outcome : null);
            await SendRawAsync(batch, i, cancellationToken).ConfigureAwait(false);
            if (EntryClassifier.IsWritten(outcome))
            {
                _tuples.WriteEntry(_entries.Buffer, _lastId, batch, batch.Rows[i]);
                _entries.CountRow();
                if (_entries.Buffer.Length >= EntryBytes)
                {
                    await EndAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            if (_isStaged)
            {
                _stagedRows++;
                _stagedBytes += batch.Rows[i].Raw.Length;
                if (_stagedRows >= _mergeRows || _stagedBytes >= 64 << 20)
                {
                    await MergeAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }

        if (!_isStaged && _classifier.Remembered >= _maxRemembered)
        {
            await EndAsync(cancellationToken).ConfigureAwait(false);
            await StageAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Moves all rows to their final tables and records the run. The caller commits afterwards.</summary>
    public async ValueTask<EntryResult> FinishAsync(EntryFigures figures, CancellationToken cancellationToken)
    {
        await EndAsync(cancellationToken).ConfigureAwait(false);
        if (_isStaged)
        {
            await MergeAsync(cancellationToken).ConfigureAwait(false);
        }

        EntryResult result = SoFar;
        result.Check(figures);
        await PostgresRuns.RecordAsync(
            _connection,
            _names,
            _run,
            new RunFigures(figures.Read, result.Loaded + result.Repeated, figures.Rejected, result.Written + result.Redirects),
            [.. _raw.Chunks.Select(c => ("raw_entries", c.Rows, c.Bytes)), .. _entries.Chunks.Select(c => ("entries", c.Rows, c.Bytes))],
            cancellationToken).ConfigureAwait(false);
        return result;
    }

    private async ValueTask SendRawAsync(EntryBatch batch, int row, CancellationToken cancellationToken)
    {
        if (batch.Rows[row].Raw.Length >= LargeBytes)
        {
            await _raw.SendAsync(batch.RawMemory(batch.Rows[row]), cancellationToken).ConfigureAwait(false);
            _raw.CountRow();
            return;
        }

        _raw.Buffer.Raw(batch.Raw(batch.Rows[row]));
        _raw.CountRow();
        if (_raw.IsFull)
        {
            await _raw.SendAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends all buffered rows and ends the open COPY, so that the connection can run other statements.</summary>
    private async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        await _raw.EndAsync(cancellationToken).ConfigureAwait(false);
        await _entries.EndAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask StageAsync(CancellationToken cancellationToken)
    {
        await _connection.RunAsync(EntryStatements.Staging(_names), cancellationToken).ConfigureAwait(false);
        _isStaged = true;
        _raw = new CopyWriter(_connection, "pg_temp.staged_raw", "outcome, " + EntryTuples.RawColumns);
        _entries = new CopyWriter(_connection, "pg_temp.staged_entries", EntryTuples.EntryColumns);
    }

    private async ValueTask MergeAsync(CancellationToken cancellationToken)
    {
        await EndAsync(cancellationToken).ConfigureAwait(false);
        if (_stagedRows == 0)
        {
            return;
        }

        long loaded = await _connection.RunAsync(EntryStatements.InsertRaw(_names), cancellationToken).ConfigureAwait(false);
        (long candidates, long belowQuality, long invalid, bool hasRedirects) = await CountFreshAsync(cancellationToken).ConfigureAwait(false);
        long written = candidates == 0
            ? 0
            : await _connection.RunAsync(EntryStatements.InsertEntries(_names, _run.Policy.AllowsDuplicates), cancellationToken).ConfigureAwait(false);
        long redirects = hasRedirects
            ? (long)(await _connection.ScalarAsync(EntryStatements.CountRedirects(_names), cancellationToken).ConfigureAwait(false))!
            : 0;
        await _connection.RunAsync(EntryStatements.ClearStaging, cancellationToken).ConfigureAwait(false);
        _merged = _merged.Plus(new EntryResult(loaded, _stagedRows - loaded, written - redirects, 0, candidates - written, belowQuality, invalid, redirects));
        _stagedRows = _stagedBytes = 0;
    }

    private async ValueTask<(long Candidates, long BelowQuality, long Invalid, bool HasRedirects)> CountFreshAsync(CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(EntryStatements.CountFresh, _connection);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3) > 0);
            }
        }
    }
}
