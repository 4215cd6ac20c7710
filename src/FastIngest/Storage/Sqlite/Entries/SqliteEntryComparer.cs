using System.Buffers.Binary;
using System.Text;
using FastIngest.Lexicon;
using FastIngest.Lexicon.Texts;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Sqlite.Connection;

namespace FastIngest.Storage.Sqlite.Entries;

/// <summary>
/// Detects entries that the current rules would store unchanged. It compares the encoded columns of a stored entry with the
/// encoded columns of the new entry. A text is encoded as its length (Int32) and its bytes. Each worker has its own instance.
/// </summary>
internal sealed class SqliteEntryComparer(string source) : IStoredComparer
{
    /// <summary>The columns that <see cref="WriteStored"/> reads, in this order.</summary>
    public const string Columns =
        "e.id, e.source_id, e.headword, e.headword_key, e.language, e.pos, e.ipa, e.definition, e.etymology, e.quality, e.errors, e.duplicate_key";

    private const int ColumnCount = 12, QualityColumn = 9;
    private const int UuidBytes = 36, KeyBytes = 16;

    private readonly byte[] _source = Encoding.UTF8.GetBytes(source);
    private readonly TextBuffer _now = new();

    /// <summary>Encodes a stored entry.</summary>
    /// <param name="to">Receives the encoded columns.</param>
    /// <param name="row">A statement that is positioned on a row.</param>
    /// <param name="first">The 0-based index of the first of the <see cref="Columns"/> in the row.</param>
    public static void WriteStored(TextBuffer to, SqliteStatement row, int first)
    {
        for (int i = 0; i < ColumnCount; i++)
        {
            if (i == QualityColumn)
            {
                Field(to, row.Double(first + i));
            }
            else
            {
                Field(to, row.Text(first + i), row.IsNull(first + i));
            }
        }
    }

    public void Compare(EntryBatch batch)
    {
        foreach (ref EntryRow row in batch.Rows)
        {
            ReadOnlySpan<byte> stored = batch.Stored(row);
            if (row.Status == CleaningStatus.Valid && !stored.IsEmpty)
            {
                _now.Clear();
                WriteNow(batch, row);
                row.IsStoredSame = stored.SequenceEqual(_now.Text);
            }
        }
    }

    private void WriteNow(EntryBatch batch, in EntryRow row)
    {
        Span<byte> id = stackalloc byte[UuidBytes];
        row.Id.TryFormat(id, out _);
        Span<byte> key = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt128BigEndian(key, row.Key);
        Field(_now, id, false);
        Field(_now, _source, false);
        for (int column = 0; column < EntryTextRefs.Count; column++)
        {
            Field(_now, batch.Text(row, (EntryColumn)column), row.Texts[column].IsNull);
        }

        Field(_now, row.QualityHundredths / 100.0);
        Field(_now, EntryErrorJson.Of(row.Errors), false);
        Field(_now, key, false);
    }

    private static void Field(TextBuffer to, double number)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(to.GetSpan(sizeof(double)), number);
        to.Advance(sizeof(double));
    }

    private static void Field(TextBuffer to, ReadOnlySpan<byte> text, bool isNull)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to.GetSpan(sizeof(int)), isNull ? -1 : text.Length);
        to.Advance(sizeof(int));
        to.Append(text);
    }
}
