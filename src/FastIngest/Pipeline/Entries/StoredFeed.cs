using FastIngest.Lexicon;
using FastIngest.Sinks.Postgres;

namespace FastIngest.Pipeline.Entries;

/// <summary>Stored records, each with its entry as it stands.</summary>
internal sealed class StoredFeed(StoredRecords records, int cleanBatch) : IRecordFeed
{
    private bool _isEnded, _hasNext;

    public bool Fill(EntryBatch batch, LargeRecords large, CancellationToken cancellationToken)
    {
        int filled = 0;
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

        return batch.RowCount > 0;
    }

    public void Dispose() => records.Dispose();

    /// <summary>A record for which there was no room waits where it is.</summary>
    private bool HasNext()
    {
        if (!_hasNext && !_isEnded)
        {
            _hasNext = records.Next();
            _isEnded = !_hasNext;
        }

        return _hasNext;
    }
}
