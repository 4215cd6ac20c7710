using FastIngest.Lexicon;

namespace FastIngest.Sinks.Sqlite;

/// <summary>The raw entries of a source, each with its entry, by a statement that stays open between them.</summary>
internal sealed class SqliteStoredRecords : IStoredRecords
{
    private const int FirstEntryColumn = 2;
    private const int EntryRoomBytes = 64 << 10;

    private readonly SqliteStatement _select;
    private readonly SemaphoreSlim _gate;
    private readonly TextBuffer _current = new();

    /// <param name="database">The connection.</param>
    /// <param name="gate">Whoever uses the connection holds it meanwhile: the records are read on a thread of their own.</param>
    /// <param name="source">The source's id.</param>
    /// <param name="position">The first record is behind this id.</param>
    public SqliteStoredRecords(SqliteDatabase database, SemaphoreSlim gate, string source, long position)
    {
        _gate = gate;

        // Both tables are gone through in the order in which they lie; an index would only lead away from it.
        _select = database.Prepare(
            $"""
            SELECT r.id, r.raw_data, {SqliteEntryForm.Columns} FROM raw_entries r NOT INDEXED LEFT JOIN entries e NOT INDEXED ON e.raw_id = r.id
            WHERE r.source_id = ?1 AND r.id > ?2 ORDER BY r.id
            """).Bind(1, source).Bind(2, position);
    }

    public long Id { get; private set; }

    public ReadOnlySpan<byte> Current => _current.Text;

    public Range Raw { get; private set; }

    public Range? Entry { get; private set; }

    public bool MoveNext()
    {
        _gate.Wait();
        try
        {
            if (!_select.Step())
            {
                return false;
            }

            // A change of the tables, on the same connection, may move what SQLite points at: so it is copied. The room for
            // a large record is kept for the next one, and has a little more, so that it does not double for the entry.
            ReadOnlySpan<byte> record = _select.Text(1);
            _current.Truncate(0);
            _current.ExpectedLength = record.Length + EntryRoomBytes;
            if (_current.GetSpan().Length < _current.ExpectedLength)
            {
                _current.Clear();
            }

            _current.Append(record);
            Id = _select.Int64(0);
            Raw = ..record.Length;
            Entry = null;
            if (!_select.IsNull(FirstEntryColumn))
            {
                int start = _current.Length;
                SqliteEntryForm.WriteStored(_current, _select, FirstEntryColumn);
                Entry = start.._current.Length;
            }

            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _select.Dispose();
}
