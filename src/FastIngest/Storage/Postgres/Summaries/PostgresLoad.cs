using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>
/// One run as one transaction: until it commits, readers see the tables as before, and whatever ends it, here or on the
/// server, leaves them so.
/// <code>
/// empty tables    rows ══COPY══► daily_summaries                                     in key order, one COPY
/// otherwise       keys ══COPY══► stored rows ══► SummaryMerge ─┬ new ──COPY══► daily_summaries
///                                                              └ changed ═COPY═► changed_rows ──► upsert at the end
/// both            profiles ══COPY══► users_of_run ──► upsert at the end, and openings of other days
/// </code>
/// The tables are locked against other writers, so that what was looked up stays true and a new row can go straight in.
/// </summary>
internal sealed class PostgresLoad
{
    private readonly NpgsqlConnection _connection;
    private readonly PostgresNames _names;
    private readonly CopyWriter _new, _changed, _profiles;
    private readonly CopyWriter[] _lanes;
    private readonly StoredRows _stored;
    private readonly NulRemover _nuls = new();
    private readonly SummaryBatch _merged = new();
    private bool _isEmpty;
    private bool _hasDoubleKeys;
    private int _profileCount;
    private long _rows, _updated, _upserted;

    private PostgresLoad(NpgsqlConnection connection, PostgresNames names, string displayName, bool isEmpty, bool hasProfiles)
    {
        _connection = connection;
        _names = names;
        _isEmpty = isEmpty;
        _new = new CopyWriter(connection, names.Summaries, PostgresNames.SummaryColumnList);
        _changed = new CopyWriter(connection, "pg_temp.changed_rows", PostgresNames.SummaryColumnList);
        _profiles = new CopyWriter(connection, "pg_temp.users_of_run", $"n, {ProfileTuples.Columns}, sentence");
        _lanes = [_profiles, _new, _changed];
        _stored = new StoredRows(connection, names, displayName, hasProfiles);
    }

    /// <summary>Begins the transaction, after any other run into the same schema.</summary>
    public static async ValueTask<PostgresLoad> BeginAsync(
        NpgsqlConnection connection, PostgresNames names, string displayName, bool takesRecords, CancellationToken cancellationToken)
    {
        await connection.RunAsync(LoadStatements.Begin(names, takesRecords), cancellationToken).ConfigureAwait(false);
        bool hasRows = await AnyAsync(connection, names.Summaries, cancellationToken).ConfigureAwait(false);
        bool hasProfiles = await AnyAsync(connection, names.Users, cancellationToken).ConfigureAwait(false);
        return new PostgresLoad(connection, names, displayName, !hasRows && !hasProfiles, hasProfiles);
    }

    public async ValueTask WriteAsync(SummaryBatch given, CancellationToken cancellationToken)
    {
        SummaryBatch batch = _nuls.Clean(given);
        if (_nuls.ChangedIds.Count > 0 && !_hasDoubleKeys)
        {
            // From now on a key may come twice, so every row must see those before it.
            await EndCopiesAsync(cancellationToken).ConfigureAwait(false);
            _isEmpty = false;
            _hasDoubleKeys = true;
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

    /// <summary>Brings everything to its table and records the run, after <see cref="EndCopiesAsync"/>; what is left is to commit.</summary>
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
        return new SinkResult(_rows, inserted, _updated, _rows - inserted - _updated, refreshed, _nuls.Removed) { Tables = tables };
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
            // The lookups that follow ask whether the run has a profile of its own. No other lane is open between batches.
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
            CopyWriter? lane = MergeRow(batch, start + n, n);
            if (lane is { IsFull: true })
            {
                // To its end, since the next lookup needs the connection.
                await lane.EndAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        if (_hasDoubleKeys)
        {
            await EndCopiesAsync(cancellationToken).ConfigureAwait(false);
            await UpsertChangedAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes a row that is new or differs from the stored one, and says where.</summary>
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
        bool differs = isStored
            ? SummaryMerge.Merge(_stored.Texts, _stored.Texts.Rows[storedRow], batch, row, profileSentence, _merged)
            : SummaryMerge.Merge(batch, row, batch, row, profileSentence, _merged);
        if (isStored && !differs)
        {
            return null;
        }

        CopyWriter lane = isStored ? _changed : _new;
        SummaryTuples.Write(lane.Buffer, _merged, _merged.Rows[0]);
        lane.CountRow();
        return lane;
    }

    private async ValueTask SendAsync(CopyWriter lane, CancellationToken cancellationToken)
    {
        if (!lane.IsOpen)
        {
            await CloseAsync(cancellationToken).ConfigureAwait(false);
        }

        await lane.SendAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the COPY of the one lane that may have one open, so that the connection is free.</summary>
    private async ValueTask CloseAsync(CancellationToken cancellationToken)
    {
        foreach (CopyWriter lane in _lanes)
        {
            if (lane.IsOpen)
            {
                await lane.EndAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends all that waits in buffers, so that the connection is free.</summary>
    public async ValueTask EndCopiesAsync(CancellationToken cancellationToken)
    {
        await CloseAsync(cancellationToken).ConfigureAwait(false);
        foreach (CopyWriter lane in _lanes)
        {
            await lane.EndAsync(cancellationToken).ConfigureAwait(false);
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
    /// Stores the run's profiles and brings the days that the run did not read to those that changed; returns how many days.
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
