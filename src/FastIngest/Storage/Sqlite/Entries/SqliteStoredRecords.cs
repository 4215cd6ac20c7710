using FastIngest.Lexicon.Texts;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Sqlite.Connection;

namespace FastIngest.Storage.Sqlite.Entries;

/// <summary>Reads the raw entries of a source, each with its entry, with one statement that stays active.</summary>
internal sealed class SqliteStoredRecords : IStoredRecords
{
    private const int FirstEntryColumn = 2;

    private readonly SqliteStatement _select;
    private readonly SemaphoreSlim _gate;
    private readonly TextBuffer _entry = new();

    /// <param name="database">The connection.</param>
    /// <param name="gate">Every user of the connection must hold it, because the records are read on a separate thread.</param>
    /// <param name="source">The id of the source.</param>
    /// <param name="position">Only records with a higher id are read.</param>
    public SqliteStoredRecords(SqliteDatabase database, SemaphoreSlim gate, string source, long position)
    {
        _gate = gate;

        // Both tables are scanned in storage order; an index would make the access random.
        _select = database.Prepare(
            $"""
            SELECT r.id, r.raw_data, {SqliteEntryComparer.Columns} FROM raw_entries r NOT INDEXED LEFT JOIN entries e NOT INDEXED ON e.raw_id = r.id
            WHERE r.source_id = ?1 AND r.id > ?2 ORDER BY r.id
            """).Bind(1, source).Bind(2, position);
    }

    public long Id { get; private set; }

    /// <summary>The record in SQLite's memory; valid until <see cref="MoveNext"/>, even if the connection runs other statements.</summary>
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
