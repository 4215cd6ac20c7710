using System.Text;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>
/// Writes the summaries of one run in one transaction. Readers see no change before the commit, and none at all if the run fails.
/// <code>
/// empty tables    rows ══COPY══► daily_summaries                                     in key order, one COPY
/// otherwise       keys ══COPY══► stored rows ══► SummaryMerge ─┬ new ──COPY══► daily_summaries
///                                                              └ changed ═COPY═► changed_rows ──► upsert at the end
/// both            profiles ══COPY══► users_of_run ──► upsert at the end, and profile sentences of other days
/// </code>
/// The tables are locked against other writers. Therefore the rows that were read stay valid, and new rows can be copied directly.
/// </summary>
internal sealed class PostgresLoad
{
    private readonly NpgsqlConnection _connection;
    private readonly PostgresNames _names;
    private readonly CopyWriter _new, _changed, _profiles;
    private readonly CopyWriter[] _writers;
    private readonly StoredRows _stored;
    private readonly NulRemover _nuls = new();
    private readonly SummaryBatch _merged = new();
    private readonly PoorerDays _poorer;
    private readonly List<KeptDay> _keptDays = [];
    private readonly bool _unites;
    private bool _notesKeptDays;
    private bool _isEmpty;
    private bool _mayRepeatKeys;
    private int _profileCount;
    private long _rows, _updated, _upserted;

    private PostgresLoad(NpgsqlConnection connection, PostgresNames names, string displayName, bool isEmpty, bool hasProfiles, OnFewer onFewer)
    {
        _connection = connection;
        _poorer = new PoorerDays(onFewer, displayName);
        _unites = onFewer == OnFewer.Union;
        _names = names;
        _isEmpty = isEmpty;
        _new = new CopyWriter(connection, names.Summaries, PostgresNames.SummaryColumnList);
        _changed = new CopyWriter(connection, "pg_temp.changed_rows", PostgresNames.SummaryColumnList);
        _profiles = new CopyWriter(connection, "pg_temp.users_of_run", $"n, {ProfileTuples.Columns}, sentence");
        _writers = [_profiles, _new, _changed];
        _stored = new StoredRows(connection, names, displayName, hasProfiles);
    }

    /// <summary>The days whose stored records stay, if the run stores records.</summary>
    public IReadOnlyList<KeptDay> KeptDays => _keptDays;

    /// <summary>Begins the transaction; waits for the end of other runs into the same schema.</summary>
    public static async ValueTask<PostgresLoad> BeginAsync(
        NpgsqlConnection connection, PostgresNames names, string displayName, bool takesRecords, OnFewer onFewer, CancellationToken cancellationToken)
    {
        await connection.RunAsync(LoadStatements.Begin(names, takesRecords), cancellationToken).ConfigureAwait(false);
        bool hasRows = await AnyAsync(connection, names.Summaries, cancellationToken).ConfigureAwait(false);
        bool hasProfiles = await AnyAsync(connection, names.Users, cancellationToken).ConfigureAwait(false);
        return new PostgresLoad(connection, names, displayName, !hasRows && !hasProfiles, hasProfiles, onFewer) { _notesKeptDays = takesRecords };
    }

    public async ValueTask WriteAsync(SummaryBatch given, CancellationToken cancellationToken)
    {
        SummaryBatch batch = _nuls.Clean(given);
        if (_unites && _nuls.ChangedIds is [var first, ..])
        {
            // The stored records of the user have another id than those of the run, so that they would not be united in one day.
            throw new IngestException(
                $"The id of the user {Encoding.UTF8.GetString(batch.Text(batch.Rows[first].Texts[TextSlot.UserId]))} holds the character U+0000, which PostgreSQL cannot store; nothing was written.",
                "Remove U+0000 from the id, or use another --on-fewer.");
        }

        if (_nuls.ChangedIds.Count > 0 && !_mayRepeatKeys)
        {
            // From now on a key may occur twice, so each lookup must find the rows that were written before it.
            await EndCopiesAsync(cancellationToken).ConfigureAwait(false);
            _isEmpty = false;
            _mayRepeatKeys = true;
        }

        await WriteProfilesAsync(batch, cancellationToken).ConfigureAwait(false);
        if (_isEmpty)
        {
            await WriteNewAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            int start = 0;
            foreach (int row in _nuls.ChangedIds)
            {
                await MergeAsync(batch, start, row - start, cancellationToken).ConfigureAwait(false);
                await MergeAsync(batch, row, 1, cancellationToken).ConfigureAwait(false);
                start = row + 1;
            }

            await MergeAsync(batch, start, batch.RowCount - start, cancellationToken).ConfigureAwait(false);
        }

        _rows += batch.RowCount;
    }

    /// <summary>Moves all rows to their final tables and records the run. Call it after <see cref="EndCopiesAsync"/>; the caller commits afterwards.</summary>
    public async ValueTask<SinkResult> FinishAsync(
        SinkRun run, RunFigures figures, IReadOnlyList<RecordTableResult> tables, CancellationToken cancellationToken)
    {
        await UpsertChangedAsync(cancellationToken).ConfigureAwait(false);
        long refreshed = await UpsertProfilesAsync(cancellationToken).ConfigureAwait(false);
        await PostgresRuns.RecordAsync(
            _connection,
            _names,
            run,
            figures,
            [
                .. _new.Chunks.Select(c => ("new", c.Rows, c.Bytes)),
                .. _changed.Chunks.Select(c => ("changed", c.Rows, c.Bytes)),
                .. tables.Where(t => t.Rows > 0).Select(t => (t.Table, t.Rows, t.Bytes)),
            ],
            cancellationToken).ConfigureAwait(false);
        long inserted = _new.Rows;
        return new SinkResult(_rows, inserted, _updated, _rows - inserted - _updated, refreshed, _nuls.Removed) { Tables = tables, PoorerDays = _poorer.Days };
    }

    private static async ValueTask<bool> AnyAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken) =>
        await connection.ScalarAsync($"SELECT EXISTS (SELECT FROM {table})", cancellationToken).ConfigureAwait(false) is true;

    private async ValueTask WriteProfilesAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        for (int i = 0; i < batch.UserCount; i++)
        {
            WriteProfile(batch, batch.Users[i]);
            if (_profiles.IsFull)
            {
                await SendAsync(_profiles, cancellationToken).ConfigureAwait(false);
            }
        }

        if (!_isEmpty)
        {
            // The following lookups need the profiles of the run. No other COPY is open between batches.
            await _profiles.EndAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void WriteProfile(SummaryBatch batch, in UserProfile user)
    {
        _merged.Reset();
        ProfileSentence.WriteUser(_merged, new ProfileView(batch, user));
        ProfileTuples.Write(_profiles.Buffer, _profileCount++, batch, user, _merged.Text(new TextRef(0, _merged.TextLength - ProfileSentence.OnBytes)));
        _profiles.CountRow();
    }

    private async ValueTask WriteNewAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        for (int i = 0; i < batch.RowCount; i++)
        {
            SummaryTuples.Write(_new.Buffer, batch, batch.Rows[i]);
            _new.CountRow();
            if (_new.IsFull)
            {
                await SendAsync(_new, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask MergeAsync(SummaryBatch batch, int start, int count, CancellationToken cancellationToken)
    {
        if (count == 0)
        {
            return;
        }

        await _stored.FetchAsync(batch, start, count, cancellationToken).ConfigureAwait(false);
        for (int n = 0; n < count; n++)
        {
            CopyWriter? writer = MergeRow(batch, start + n, n);
            if (writer is { IsFull: true })
            {
                // End the COPY, because the next lookup needs the connection.
                await writer.EndAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        if (_mayRepeatKeys)
        {
            await EndCopiesAsync(cancellationToken).ConfigureAwait(false);
            await UpsertChangedAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes a row that is new or differs from the stored one; returns the writer, or null for an unchanged row.</summary>
    private CopyWriter? MergeRow(SummaryBatch batch, int index, int n)
    {
        ref readonly DailySummary row = ref batch.Rows[index];
        int storedRow = _stored.RowOf(n);
        int profile = _stored.ProfileOf(n);
        _merged.Reset();
        ReadOnlySpan<byte> profileSentence = batch.Text(row.Texts[TextSlot.Summary])[..row.Parts[(int)Category.Users]];
        if (profile >= 0)
        {
            ProfileSentence.Write(_merged, new ProfileView(_stored.Texts, _stored.Texts.Users[profile]), row.Day);
            profileSentence = _merged.Text(_merged.TextSince(0));
        }

        bool isStored = storedRow >= 0;
        byte kept = isStored ? _poorer.Examine(_stored.Texts, _stored.Texts.Rows[storedRow], batch, row) : (byte)0;
        if (kept != 0 && _notesKeptDays)
        {
            _keptDays.Add(new KeptDay(batch.Text(row.Texts[TextSlot.UserId]).ToArray(), row.Day, kept));
        }

        bool differs = isStored
            ? SummaryMerge.Merge(_stored.Texts, _stored.Texts.Rows[storedRow], batch, row, profileSentence, _merged, kept)
            : SummaryMerge.Merge(batch, row, batch, row, profileSentence, _merged);
        if (isStored && !differs)
        {
            return null;
        }

        CopyWriter writer = isStored ? _changed : _new;
        SummaryTuples.Write(writer.Buffer, _merged, _merged.Rows[0]);
        writer.CountRow();
        return writer;
    }

    private async ValueTask SendAsync(CopyWriter writer, CancellationToken cancellationToken)
    {
        if (!writer.IsOpen)
        {
            await EndOpenCopyAsync(cancellationToken).ConfigureAwait(false);
        }

        await writer.SendAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the open COPY, if there is one, so that the connection can run other statements.</summary>
    private async ValueTask EndOpenCopyAsync(CancellationToken cancellationToken)
    {
        foreach (CopyWriter writer in _writers)
        {
            if (writer.IsOpen)
            {
                await writer.EndAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends all buffered rows and ends the open COPY, so that the connection can run other statements.</summary>
    public async ValueTask EndCopiesAsync(CancellationToken cancellationToken)
    {
        await EndOpenCopyAsync(cancellationToken).ConfigureAwait(false);
        foreach (CopyWriter writer in _writers)
        {
            await writer.EndAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask UpsertChangedAsync(CancellationToken cancellationToken)
    {
        if (_changed.Rows == _upserted)
        {
            return;
        }

        _upserted = _changed.Rows;
        _updated += await _connection.RunAsync(LoadStatements.UpsertChanged(_names), cancellationToken).ConfigureAwait(false);
        await _connection.RunAsync("TRUNCATE pg_temp.changed_rows", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Stores the profiles of the run, and updates the profile sentences of stored summaries; returns the number of updated summaries.
    /// </summary>
    private async ValueTask<long> UpsertProfilesAsync(CancellationToken cancellationToken)
    {
        if (_profileCount == 0)
        {
            return 0;
        }

        await _connection.RunAsync(LoadStatements.DropOldProfiles(_names), cancellationToken).ConfigureAwait(false);
        int changed = await _connection.RunAsync(LoadStatements.UpsertProfiles(_names), cancellationToken).ConfigureAwait(false);
        return changed == 0 || _isEmpty
            ? 0
            : await _connection.RunAsync(LoadStatements.RefreshProfileSentences(_names), cancellationToken).ConfigureAwait(false);
    }
}
