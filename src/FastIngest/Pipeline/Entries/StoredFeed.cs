using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;

namespace FastIngest.Pipeline.Entries;

/// <summary>Supplies stored records, each with its stored entry.</summary>
/// <param name="records">The records.</param>
/// <param name="index">The 0-based index of the source in the run.</param>
/// <param name="cleanBatch">The maximum number of records in a batch.</param>
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
            ReadOnlySpan<byte> record = records.Record, entry = records.Entry;
            int length = record.Length + entry.Length;
            if (filled > 0 && filled + length > LargeRecords.PieceBytes)
            {
                break;
            }

            if (batch.Input.Length < filled + length)
            {
                large.Grow(batch, filled + length, cancellationToken);
            }

            record.CopyTo(batch.Input[filled..]);
            entry.CopyTo(batch.Input[(filled + record.Length)..]);
            _hasNext = false;
            ref EntryRow row = ref batch.AddRow(filled, record.Length);
            row.RawId = records.Id;
            row.Stored = entry.IsEmpty ? TextRef.Null : new TextRef(filled + record.Length, entry.Length);
            filled += length;
        }

        if (batch.RowCount == 0)
        {
            return false;
        }

        // Progress is measured in ids; see LexiconReprocess.Kind.
        batch.FileBytes = batch.Rows[^1].RawId - _lastId;
        _lastId = batch.Rows[^1].RawId;
        return true;
    }

    public void Dispose() => records.Dispose();

    /// <summary>Whether there is a next record. A record that did not fit into the previous batch is still the current one.</summary>
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
