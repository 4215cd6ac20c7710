using System.Buffers.Binary;
using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Runs;
using FastIngest.Storage.Sqlite.Schema;

namespace FastIngest.Storage.Sqlite.Entries;

/// <summary>Inserts the records and entries of one source. Values that all rows share are bound only once.</summary>
internal sealed class SqliteEntryRows
{
    private const int UuidBytes = 36;
    private const int KeyBytes = 16;

    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _raw, _entry, _earlier, _later;

    /// <param name="database">The database.</param>
    /// <param name="source">The id of the source.</param>
    /// <param name="replaces">Whether a new entry replaces an existing one of the same record or id; otherwise the existing entry stays.</param>
    public SqliteEntryRows(SqliteDatabase database, string source, bool replaces)
    {
        _database = database;
        string now = SqliteRuns.Utc(DateTime.UtcNow);
        _raw = database.Prepare(SqliteEntrySchema.InsertRaw).Bind(2, source).Bind(6, now);
        _entry = database.Prepare(replaces ? SqliteEntrySchema.ReplaceEntry : SqliteEntrySchema.InsertEntry).Bind(2, source).Bind(13, PipelineVersion.Current).Bind(15, now);
        _earlier = Duplicates("<");
        _later = Duplicates(">");

        SqliteStatement Duplicates(string where) =>
            database.Prepare($"SELECT raw_id FROM entries WHERE duplicate_key = ?1 AND source_id = ?2 AND raw_id {where} ?3").Bind(2, source);
    }

    /// <summary>Sets the file of the following records.</summary>
    public void SetFile(string path) => _raw.Bind(4, path);

    /// <summary>Adds a record; false if a record with the same bytes is already stored.</summary>
    public bool AddRaw(long id, EntryBatch batch, in EntryRow row)
    {
        _raw.Bind(1, id).BindBlob(3, row.Checksum).Bind(5, row.LineNumber).RunWith(7, batch.Raw(row));
        return _database.Changes > 0;
    }

    /// <summary>Adds an entry; false if an entry of the same record or id is already stored.</summary>
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

    /// <summary>Whether an earlier record has an entry with the same duplicate key.</summary>
    public bool HasEarlierDuplicate(long rawId, in EntryRow row)
    {
        bool has = BindDuplicates(_earlier, rawId, row).Step();
        _earlier.Reset();
        return has;
    }

    /// <summary>Returns the ids of later records that have an entry with the same duplicate key.</summary>
    public IReadOnlyList<long> FindLaterDuplicates(long rawId, in EntryRow row)
    {
        List<long>? found = null;
        BindDuplicates(_later, rawId, row);
        while (_later.Step())
        {
            (found ??= []).Add(_later.Int64(0));
        }

        return found ?? (IReadOnlyList<long>)[];
    }

    private static SqliteStatement BindDuplicates(SqliteStatement statement, long rawId, in EntryRow row)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt128BigEndian(key, row.Key);
        return statement.BindBlob(1, key).Bind(3, rawId);
    }
}
