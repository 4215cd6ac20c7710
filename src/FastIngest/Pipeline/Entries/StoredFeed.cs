using FastIngest.Lexicon;
using FastIngest.Sinks;

namespace FastIngest.Pipeline.Entries;

/// <summary>Stored records, each with its entry as it stands.</summary>
/// <param name="records">The records.</param>
/// <param name="index">The source's place among those of the run.</param>
/// <param name="cleanBatch">Records for one batch, at most.</param>
internal sealed class StoredFeed(IStoredRecords records, int index, int cleanBatch) : IRecordFeed
{
    private bool _isEnded, _hasNext;
    private long _lastId;

    public bool Fill(EntryBatch batch, LargeRecords large, CancellationToken cancellationToken)
    {
        int filled = 0;
        batch.FileIndex = index;
        while (batch.RowCount < cleanBatch && HasNext())
        {
            ReadOnlySpan<byte> next = records.Current;
            if (filled > 0 && filled + next.Length > LargeRecords.PieceBytes)
            {
                break;
            }

            if (batch.Input.Length < filled + next.Length)
            {
                large.Grow(batch, filled + next.Length, cancellationToken);
            }

            next.CopyTo(batch.Input[filled..]);
            _hasNext = false;
            (int start, int length) = records.Raw.GetOffsetAndLength(next.Length);
            ref EntryRow row = ref batch.AddRow(filled + start, length);
            row.RawId = records.Id;
            if (records.Entry is { } entry)
            {
                (start, length) = entry.GetOffsetAndLength(next.Length);
                row.Stored = new TextRef(filled + start, length);
            }

            filled += next.Length;
        }

        if (batch.RowCount == 0)
        {
            return false;
        }

        // How far it is, in ids; see LexiconReprocess.
        batch.FileBytes = batch.Rows[^1].RawId - _lastId;
        _lastId = batch.Rows[^1].RawId;
        return true;
    }

    public void Dispose() => records.Dispose();

    /// <summary>A record for which there was no room waits where it is.</summary>
    private bool HasNext()
    {
        if (!_hasNext && !_isEnded)
        {
            _hasNext = records.MoveNext();
            _isEnded = !_hasNext;
        }

        return _hasNext;
    }
}
