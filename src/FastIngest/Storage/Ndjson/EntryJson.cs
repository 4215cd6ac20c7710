using System.Buffers;
using System.Buffers.Text;
using System.Text;
using FastIngest.Json;
using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;

namespace FastIngest.Storage.Ndjson;

/// <summary>Writes an entry as one JSON object, formatted like Python's <c>json.dumps(ensure_ascii=False)</c>.</summary>
internal sealed class EntryJson
{
    private const int UuidBytes = 36;

    private static readonly byte[][] ColumnKeys =
        [.. Enum.GetValues<EntryColumn>().Select(c => Encoding.UTF8.GetBytes($", \"{c.Name()}\": "))];

    private readonly byte[] _source;

    /// <param name="source">The id of the source, which every line contains.</param>
    public EntryJson(string source)
    {
        ArrayBufferWriter<byte> text = new();
        text.Write("\", \"source_id\": "u8);
        JsonText.Write(text, Encoding.UTF8.GetBytes(source));
        _source = text.WrittenSpan.ToArray();
    }

    /// <summary>Writes one object and a line feed.</summary>
    public void WriteLine(IBufferWriter<byte> output, EntryBatch batch, in EntryRow row)
    {
        output.Write("{\"id\": \""u8);
        Utf8Formatter.TryFormat(row.Id, output.GetSpan(UuidBytes), out int idBytes);
        output.Advance(idBytes);
        output.Write(_source);
        for (int column = 0; column < EntryTextRefs.Count; column++)
        {
            output.Write(ColumnKeys[column]);
            if (row.Texts[column].IsNull)
            {
                output.Write("null"u8);
            }
            else
            {
                JsonText.Write(output, batch.Text(row, (EntryColumn)column));
            }
        }

        output.Write(", \"quality\": "u8);
        output.Advance(DoubleText.Write(output.GetSpan(DoubleText.MaxBytes), row.QualityHundredths / 100.0));
        output.Write(", \"errors\": "u8);
        output.Write(EntryErrorJson.Of(row.Errors));
        output.Write(", \"line_number\": "u8);
        row.LineNumber.TryFormat(output.GetSpan(20), out int lineBytes);
        output.Advance(lineBytes);
        output.Write("}\n"u8);
    }
}
