using FastIngest.Lexicon.Texts;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Sqlite.Connection;

namespace FastIngest.Storage.Sqlite.Entries;

/// <summary>The raw entries of a source, each with its entry, by a statement that stays open between them.</summary>
internal sealed class SqliteStoredRecords : IStoredRecords
{
    private const int FirstEntryColumn = 2;

    private readonly SqliteStatement _select;
    private readonly SemaphoreSlim _gate;
    private readonly TextBuffer _entry = new();

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
            SELECT r.id, r.raw_data, {SqliteEntryComparer.Columns} FROM raw_entries r NOT INDEXED LEFT JOIN entries e NOT INDEXED ON e.raw_id = r.id
            WHERE r.source_id = ?1 AND r.id > ?2 ORDER BY r.id
            """).Bind(1, source).Bind(2, position);
    }

    public long Id { get; private set; }

    /// <summary>It lies where SQLite has put it, which stays until the statement goes on, whatever else the connection does.</summary>
    public ReadOnlySpan<byte> Record
    {
        get
        {
            _gate.Wait();
            try
            {
                return _select.Text(1);
            }
            finally
            {
                _gate.Release();
            }
        }
    }

    public ReadOnlySpan<byte> Entry => _entry.Text;

    public bool MoveNext()
    {
        _gate.Wait();
        try
        {
            _entry.Clear();
            if (!_select.Step())
            {
                return false;
            }

            Id = _select.Int64(0);
            if (!_select.IsNull(FirstEntryColumn))
            {
                SqliteEntryComparer.WriteStored(_entry, _select, FirstEntryColumn);
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
