using System.Buffers.Binary;
using FastIngest.Lexicon;

namespace FastIngest.Sinks.Sqlite;

/// <summary>Puts records and entries of one source into their tables. What all rows have in common is bound once.</summary>
internal sealed class SqliteEntryRows
{
    private const int UuidBytes = 36;
    private const int KeyBytes = 16;

    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _raw, _entry, _alike;

    public SqliteEntryRows(SqliteDatabase database, string source)
    {
        _database = database;
        string now = SqliteRuns.Utc(DateTime.UtcNow);
        _raw = database.Prepare(SqliteEntrySchema.InsertRaw).Bind(2, source).Bind(6, now);
        _entry = database.Prepare(SqliteEntrySchema.InsertEntry).Bind(2, source).Bind(13, PipelineVersion.Current).Bind(15, now);
        _alike = database.Prepare("SELECT 1 FROM entries WHERE duplicate_key = ?1 AND source_id = ?2 AND raw_id < ?3 LIMIT 1").Bind(2, source);
    }

    /// <summary>The file that the records to come are of.</summary>
    public void SetFile(string path) => _raw.Bind(4, path);

    /// <summary>Adds a record; false where its bytes are there already.</summary>
    public bool AddRaw(long id, EntryBatch batch, in EntryRow row)
    {
        _raw.Bind(1, id).BindBlob(3, row.Checksum).Bind(5, row.LineNumber).RunWith(7, batch.Raw(row));
        return _database.Changes > 0;
    }

    /// <summary>Adds an entry; false where one of that record or id is there already.</summary>
    public bool AddEntry(long rawId, EntryBatch batch, in EntryRow row)
    {
        Span<byte> id = stackalloc byte[UuidBytes];
        row.Id.TryFormat(id, out _);
        Span<byte> key = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt128BigEndian(key, row.Key);
        _entry.Bind(1, id).Bind(3, rawId).Bind(11, row.QualityHundredths / 100.0).Bind(12, EntryErrorJson.Of(row.Errors)).BindBlob(14, key);
        for (int column = 0; column < EntryTextRefs.Count; column++)
        {
            _ = row.Texts[column].IsNull ? _entry.BindNull(4 + column) : _entry.Bind(4 + column, batch.Text(row, (EntryColumn)column));
        }

        _entry.Run();
        return _database.Changes > 0;
    }

    /// <summary>Whether there is an entry like this one of an earlier record.</summary>
    public bool HasAlike(long rawId, in EntryRow row)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt128BigEndian(key, row.Key);
        bool has = _alike.BindBlob(1, key).Bind(3, rawId).Step();
        _alike.Reset();
        return has;
    }
}
