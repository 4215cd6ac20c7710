namespace FastIngest.Storage.Postgres.Records.Repeats;

/// <summary>
/// Passes on sorted records without those that repeat a record of another file: of each distinct record, as many as the file has that has the
/// most of them.
/// </summary>
/// <param name="records">The records.</param>
internal sealed class DistinctRecords(RecordRun records)
{
    private byte[] _entry = new byte[1024];
    private int _length;
    private int _copies;
    private bool _hasNext = records.Next();

    /// <summary>The tuple of the record, perhaps with its origin at the end.</summary>
    public ReadOnlySpan<byte> Tuple => _entry.AsSpan(RecordEntry.TupleAt.._length);

    /// <summary>Moves to the next record of a table; false where the next record is of another table.</summary>
    /// <param name="table">The index of the table. Tables are asked for in order.</param>
    public bool Next(int table)
    {
        if (_copies > 0)
        {
            _copies--;
            return true;
        }

        if (!_hasNext || records.Current[0] != table)
        {
            return false;
        }

        Keep(records.Current);
        if (RecordEntry.OriginFieldsOf(table, Tuple) > 0)
        {
            _copies = CountCopies() - 1;
        }
        else
        {
            _hasNext = records.Next();
        }

        return true;
    }

    private ReadOnlySpan<byte> Entry => _entry.AsSpan(0, _length);

    /// <summary>Passes over the equal records of all files, and returns the largest number of them in one file.</summary>
    private int CountCopies()
    {
        int most = 0, count = 0, last = 0;
        while (_hasNext && RecordOrder.AreEqual(Entry, records.Current, out int file))
        {
            count = count > 0 && file == last ? count + 1 : 1;
            last = file;
            most = Math.Max(most, count);
            _hasNext = records.Next();
        }

        return most;
    }

    private void Keep(ReadOnlySpan<byte> entry)
    {
        if (_entry.Length < entry.Length)
        {
            _entry = new byte[entry.Length * 2];
        }

        entry.CopyTo(_entry);
        _length = entry.Length;
    }
}
