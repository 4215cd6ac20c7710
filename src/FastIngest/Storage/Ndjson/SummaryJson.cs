using System.Buffers;
using System.Text;
using FastIngest.Health;
using FastIngest.Json;

namespace FastIngest.Storage.Ndjson;

/// <summary>
/// Writes a row as one JSON object with the keys of <see cref="SummaryColumn.All"/> in order, formatted like Python's
/// <c>json.dumps(ensure_ascii=False)</c>: <c>{"user_id": "u1", "date": "2024-02-29", …}</c>.
/// </summary>
public static class SummaryJson
{
    private static readonly Field[] Fields = [.. SummaryColumn.All.Select((column, i) => new Field(
        Encoding.UTF8.GetBytes($"{(i == 0 ? "{" : ", ")}\"{column.Name}\": "), column.Kind, column.Slot, column is { Kind: ColumnKind.Json, Slot: TextSlot.Metrics }))];

    /// <summary>Writes one object and a line feed.</summary>
    public static void WriteLine(IBufferWriter<byte> output, SummaryBatch batch, in DailySummary row)
    {
        foreach (Field field in Fields)
        {
            if (field.IsOptional && row.Texts[field.Slot].IsNull)
            {
                continue;
            }

            output.Write(field.Key);
            switch (field.Kind)
            {
                case ColumnKind.Date:
                    Span<byte> date = output.GetSpan(DayText.Bytes + 2);
                    date[0] = (byte)'"';
                    DayText.Write(date[1..], row.Day);
                    date[DayText.Bytes + 1] = (byte)'"';
                    output.Advance(DayText.Bytes + 2);
                    break;

                case ColumnKind.Count:
                    long count = (long)row.Numbers[field.Slot];
                    count.TryFormat(output.GetSpan(20), out int countBytes);
                    output.Advance(countBytes);
                    break;

                case ColumnKind.Number when !double.IsNaN(row.Numbers[field.Slot]):
                    output.Advance(DoubleText.Write(output.GetSpan(DoubleText.MaxBytes), row.Numbers[field.Slot]));
                    break;

                case ColumnKind.Text when !row.Texts[field.Slot].IsNull:
                    JsonText.Write(output, batch.Text(row.Texts[field.Slot]));
                    break;

                case ColumnKind.Json when !row.Texts[field.Slot].IsNull:
                    output.Write(batch.Text(row.Texts[field.Slot]));
                    break;

                default:
                    output.Write("null"u8);
                    break;
            }
        }

        output.Write("}\n"u8);
    }

    /// <param name="IsOptional">Whether the key is left out instead of null: days without samples look as they did before there were samples.</param>
    private readonly record struct Field(byte[] Key, ColumnKind Kind, int Slot, bool IsOptional);
}
