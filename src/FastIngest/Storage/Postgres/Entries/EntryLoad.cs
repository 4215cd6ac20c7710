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
/// One run over a dictionary as one transaction: whatever ends it early leaves the tables as they were.
/// <code>
/// new source     records ══COPY══► raw_entries        which of them repeat is known here, by their digests
///                entries ══COPY══► entries
/// otherwise      records ══COPY══► staged_raw     ─── merge ──► raw_entries     every so many records; the server
///                entries ══COPY══► staged_entries ─── merge ──► entries         knows which of them it has
/// </code>
/// The tables are locked against other writers, so that ids can be given here: they count on in input order.
/// </summary>
internal sealed class EntryLoad
{
    /// <summary>Digests that are remembered, in some 25 bytes each, before the run goes over to staging.</summary>
    internal const long MaxRemembered = 4_000_000;

    /// <summary>Entries are sent in pieces of this size, between the records.</summary>
    private const int EntryBytes = 2 << 20;

    /// <summary>Records larger than this go to the server from where they lie.</summary>
    private const int LargeBytes = 128 << 10;

    private readonly NpgsqlConnection _connection;
    private readonly PostgresNames _names;
    private readonly EntryRun _run;
    private readonly EntryTuples _tuples;
    private readonly EntryClassifier _screen;
    private readonly int _mergeRows;
    private readonly long _maxRemembered;
    private CopyLane _raw, _entries;
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
        _screen = new EntryClassifier(run.Policy);
        _raw = new CopyLane(connection, names.RawEntries, EntryTuples.RawColumns);
        _entries = new CopyLane(connection, names.Entries, EntryTuples.EntryColumns);
    }

    /// <summary>What became of the records so far; those that wait in staging are not among them.</summary>
    public EntryResult SoFar => _screen.Result.Plus(_merged);

    /// <summary>Begins the transaction, after any other run into the same schema.</summary>
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
            _screen.Expect(batch.Rows);
        }

        for (int i = 0; i < batch.RowCount; i++)
        {
            EntryOutcome outcome = _isStaged ? EntryClassifier.Classify(batch.Rows[i], _run.Policy) : _screen.Next(batch.Rows[i]);
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
                _entries.Wrote();
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

        if (!_isStaged && _screen.Remembered >= _maxRemembered)
        {
            await EndAsync(cancellationToken).ConfigureAwait(false);
            await StageAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Brings everything to its table and records the run; what is left is to commit.</summary>
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
            _raw.Wrote();
            return;
        }

        _raw.Buffer.Raw(batch.Raw(batch.Rows[row]));
        _raw.Wrote();
        if (_raw.IsFull)
        {
            await _raw.SendAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends all that waits; the connection, which has one COPY at a time, is then free.</summary>
    private async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        await _raw.EndAsync(cancellationToken).ConfigureAwait(false);
        await _entries.EndAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask StageAsync(CancellationToken cancellationToken)
    {
        await _connection.RunAsync(EntryStatements.Staging(_names), cancellationToken).ConfigureAwait(false);
        _isStaged = true;
        _raw = new CopyLane(_connection, "pg_temp.staged_raw", "outcome, " + EntryTuples.RawColumns);
        _entries = new CopyLane(_connection, "pg_temp.staged_entries", EntryTuples.EntryColumns);
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
