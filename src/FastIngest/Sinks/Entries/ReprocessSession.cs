using System.Globalization;
using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>
/// Updates the entries of a store to the current rules. Changes are buffered and merged in transactions. Each transaction
/// also records the position in the source, so that the next run continues there after an interruption.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="policy">Which entries are written.</param>
/// <param name="mergeRows">The number of changes in one merge.</param>
internal sealed class ReprocessSession(IEntryStore store, EntryPolicy policy, int mergeRows) : IReprocess
{
    /// <summary>The number of records between two recorded positions.</summary>
    private const long RecordsPerNote = 200_000;

    /// <summary>The maximum size in bytes of the buffered texts.</summary>
    private const int HeldBytes = 4 << 20;

    private const string Remedy = "Check that no other program changed the tables during the run, then rerun it; otherwise please report the problem.";

    /// <summary>Identifies the rules of this run; an interrupted run with other rules is not continued.</summary>
    private readonly string _rules =
        string.Create(CultureInfo.InvariantCulture, $"{PipelineVersion.Current} {policy.MinQualityHundredths} {policy.AllowsDuplicates}");

    private readonly EntryBatch _changed = new(0);
    private readonly List<long> _failed = [];
    private readonly EntryOutcomeCounter _pending = new();
    private readonly HashSet<long> _removedAhead = [];
    private string _source = "";
    private long _startPosition, _position, _notedPosition, _recordsSinceNote, _pendingRemoved;
    private long? _committing;
    private EntryResult _noted = EntryResult.Zero;

    public EntryResult SoFar
    {
        get
        {
            EntryResult counted = _noted.Plus(_pending.Result);
            return counted with { Loaded = counted.Loaded + _changed.RowCount };
        }
    }

    public long Removed { get; private set; }

    /// <summary>Begins with a source, or continues after the position of an interrupted run with the same rules.</summary>
    public async ValueTask<IStoredRecords> BeginAsync(string source, CancellationToken cancellationToken)
    {
        long noted = await store.BeginAsync(source, _rules, cancellationToken).ConfigureAwait(false);
        if (source != _source)
        {
            _source = source;
            _startPosition = _notedPosition = noted;
            _noted = EntryResult.Zero;
            Removed = 0;
        }
        else if (noted == _committing)
        {
            // The transaction was committed, although the confirmation was lost.
            Confirm();
        }

        // The store has no position for a finished source.
        _position = _notedPosition = Math.Max(noted, _notedPosition);
        _removedAhead.Clear();
        Clear();
        return await store.ReadAsync(source, _position, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken)
    {
        for (int i = 0; i < batch.RowCount; i++)
        {
            Take(batch, batch.Rows[i]);
            if (_changed.TextLength >= HeldBytes || _changed.RowCount + _failed.Count >= mergeRows || _recordsSinceNote >= RecordsPerNote)
            {
                await MergeAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Merges the remaining changes and verifies the balance of the source, also against the stored entries.</summary>
    public async ValueTask<EntryResult> FinishAsync(CancellationToken cancellationToken)
    {
        await MergeAsync(cancellationToken).ConfigureAwait(false);
        (long duplicates, long entries) = await store.FinishAsync(_startPosition, policy.AllowsDuplicates, cancellationToken).ConfigureAwait(false);
        _pending.Add(EntryOutcome.Unchanged, -duplicates);
        _pending.Add(EntryOutcome.Duplicate, duplicates);
        EntryResult result = SoFar;
        result.Balance(_source).Check(Remedy);
        new RunBalance(_source, entries, "entries stored", (result.Written, "written"), (result.Redirects, "redirects"), (result.Unchanged, "unchanged")).Check(Remedy);
        await CommitAsync(null, cancellationToken).ConfigureAwait(false);
        return result;
    }

    private void Take(EntryBatch batch, in EntryRow row)
    {
        _position = row.RawId;
        _recordsSinceNote++;
        EntryOutcome outcome = EntryClassifier.ClassifyStored(row, policy);
        if (outcome is EntryOutcome.Invalid or EntryOutcome.BelowQuality)
        {
            if (!row.Stored.IsNull)
            {
                _failed.Add(row.RawId);
            }

            _pending.Add(outcome);
            return;
        }

        // An earlier record may have removed this entry after the feed read it.
        bool wasRemoved = _removedAhead.Remove(row.RawId);
        if (EntryClassifier.IsWritten(outcome))
        {
            _changed.AddCopy(batch, row);
        }
        else
        {
            _pending.Add(wasRemoved ? EntryOutcome.Duplicate : outcome);
        }
    }

    private async ValueTask MergeAsync(CancellationToken cancellationToken)
    {
        if (_position == _notedPosition)
        {
            return;
        }

        EntryMerge merge = await store.MergeAsync(_changed, _failed, policy.AllowsDuplicates, cancellationToken).ConfigureAwait(false);
        long[] ahead = [.. merge.Later.Where(id => id > _position)];
        _removedAhead.UnionWith(ahead);
        long taken = merge.Later.Count - ahead.Length;
        _pending.Add(EntryOutcome.Written, merge.Written - merge.Redirects);
        _pending.Add(EntryOutcome.Redirect, merge.Redirects);
        _pending.Add(EntryOutcome.Unchanged, -taken);
        _pending.Add(EntryOutcome.Duplicate, _changed.RowCount - merge.Written + taken);
        _pendingRemoved = merge.Removed;
        await CommitAsync(_position, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask CommitAsync(long? position, CancellationToken cancellationToken)
    {
        _committing = position ?? 0;
        await store.CommitAsync(position, cancellationToken).ConfigureAwait(false);
        Confirm();
        Clear();
    }

    private void Confirm()
    {
        _noted = _noted.Plus(_pending.Result);
        Removed += _pendingRemoved;
        _notedPosition = _position;
    }

    private void Clear()
    {
        _pending.Clear();
        _changed.Reset();
        _failed.Clear();
        _pendingRemoved = _recordsSinceNote = 0;
        _committing = null;
    }
}
