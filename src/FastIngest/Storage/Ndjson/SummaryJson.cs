using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using FastIngest.Health;
using FastIngest.Json;

namespace FastIngest.Storage.Ndjson;

/// <summary>
/// Writes a row as one JSON object with the keys of <see cref="SummaryColumn.All"/> in order, formatted like Python's
/// <c>json.dumps(ensure_ascii=False)</c>: <c>{"user_id": "u1", "date": "2024-02-29", …}</c>.
/// <para>
/// A day has records of few categories, so most columns have the value of a day without records: 0 for a count, else null. The object of such a
/// day is therefore kept as text, and a line consists of pieces of it with the other values between them:
/// </para>
/// <code>
/// {"user_id": null, "date": null, "activity_count": 0, "activity_minutes": null, …, "sleep_count": 0, …
/// └────────┘ value └───────┘ value └──────────────────────────────────────────────────────────┘ value …
/// </code>
/// </summary>
public static class SummaryJson
{
    private const int CountBytes = 20;

    /// <summary>The object of a day without records, up to the bracket at its end, and then the key of the column that is left out when it is null.</summary>
    private static readonly byte[] Empty;

    /// <summary>The columns in order.</summary>
    private static readonly Field[] Fields;

    /// <summary>The bits of the columns of number slots, of text slots, and of the day, of which bit 0 is the first column.</summary>
    private static readonly uint[] NumberColumns = new uint[NumberSlot.Length], TextColumns = new uint[TextSlot.Length];
    private static readonly uint DateColumn;

    /// <summary>The bits of the numbers of a day without records.</summary>
    private static readonly long[] EmptyNumbers = new long[NumberSlot.Length];

    /// <summary>The length of the part of <see cref="Empty"/> that every line has, and the greatest length of all that is not a text of the row.</summary>
    private static readonly int EmptyLength, FixedBytes;

    static SummaryJson()
    {
        StringBuilder empty = new();
        List<Field> fields = [];
        foreach (SummaryColumn column in SummaryColumn.All)
        {
            empty.Append(CultureInfo.InvariantCulture, $"{(empty.Length == 0 ? "{" : ", ")}\"{column.Name}\": ");
            int value = empty.Length;

            // Days without samples look as they did before there were samples.
            if (column is not { Kind: ColumnKind.Json, Slot: TextSlot.Metrics })
            {
                empty.Append(column.Kind == ColumnKind.Count ? "0" : "null");
                EmptyLength = empty.Length;
            }

            uint bit = 1u << fields.Count;
            fields.Add(new Field(value, empty.Length, column.Kind, column.Slot));
            switch (column.Kind)
            {
                case ColumnKind.Date:
                    DateColumn = bit;
                    break;
                case ColumnKind.Text or ColumnKind.Json:
                    TextColumns[column.Slot] = bit;
                    break;
                default:
                    NumberColumns[column.Slot] = bit;
                    EmptyNumbers[column.Slot] = BitConverter.DoubleToInt64Bits(column.Kind == ColumnKind.Count ? 0 : double.NaN);
                    break;
            }
        }

        Empty = Encoding.UTF8.GetBytes(empty.ToString());
        Fields = [.. fields];
        FixedBytes = Empty.Length + (NumberSlot.Length * Math.Max(DoubleText.MaxBytes, CountBytes)) + DayText.Bytes + (2 * Fields.Length) + "}\n"u8.Length;
    }

    /// <summary>Writes one object and a line feed.</summary>
    public static void WriteLine(IBufferWriter<byte> output, SummaryBatch batch, in DailySummary row)
    {
        Span<byte> line = output.GetSpan(FixedBytes);
        int length = 0;

        // All of the empty object before this is written, or replaced by values.
        int copied = 0;
        for (uint columns = ColumnsOf(row); columns != 0; columns &= columns - 1)
        {
            ref readonly Field field = ref Fields[BitOperations.TrailingZeroCount(columns)];
            if (field.Kind == ColumnKind.Number && double.IsNaN(row.Numbers[field.Slot]))
            {
                continue;
            }

            Empty.AsSpan(copied, field.Value - copied).CopyTo(line[length..]);
            length += field.Value - copied;
            copied = field.End;
            switch (field.Kind)
            {
                case ColumnKind.Number:
                    length += DoubleText.Write(line[length..], row.Numbers[field.Slot]);
                    break;

                case ColumnKind.Count:
                    Utf8Formatter.TryFormat((long)row.Numbers[field.Slot], line[length..], out int countBytes);
                    length += countBytes;
                    break;

                case ColumnKind.Date:
                    line[length] = (byte)'"';
                    DayText.Write(line[(length + 1)..], row.Day);
                    line[length + 1 + DayText.Bytes] = (byte)'"';
                    length += DayText.Bytes + 2;
                    break;

                default:
                    output.Advance(length);
                    WriteText(output, field.Kind, batch.Text(row.Texts[field.Slot]));
                    line = output.GetSpan(FixedBytes);
                    length = 0;
                    break;
            }
        }

        if (copied < EmptyLength)
        {
            Empty.AsSpan(copied, EmptyLength - copied).CopyTo(line[length..]);
            length += EmptyLength - copied;
        }

        line[length] = (byte)'}';
        line[length + 1] = (byte)'\n';
        output.Advance(length + 2);
    }

    /// <summary>The columns whose value may differ from that of a day without records.</summary>
    private static uint ColumnsOf(in DailySummary row)
    {
        uint columns = DateColumn;
        ReadOnlySpan<double> numbers = row.Numbers;
        ReadOnlySpan<long> empty = EmptyNumbers;
        ReadOnlySpan<uint> bits = NumberColumns;
        for (int slot = 0; slot < numbers.Length && slot < empty.Length && slot < bits.Length; slot++)
        {
            columns |= BitConverter.DoubleToInt64Bits(numbers[slot]) == empty[slot] ? 0 : bits[slot];
        }

        ReadOnlySpan<TextRef> texts = row.Texts;
        bits = TextColumns;
        for (int slot = 0; slot < texts.Length && slot < bits.Length; slot++)
        {
            columns |= texts[slot].IsNull ? 0 : bits[slot];
        }

        return columns;
    }

    private static void WriteText(IBufferWriter<byte> output, ColumnKind kind, ReadOnlySpan<byte> text)
    {
        if (kind == ColumnKind.Json)
        {
            output.Write(text);
        }
        else
        {
            JsonText.Write(output, text);
        }
    }

    /// <summary>A column and its place in <see cref="Empty"/>.</summary>
    /// <param name="Value">Where the value begins, after the key.</param>
    /// <param name="End">Where the value ends.</param>
    /// <param name="Kind">The kind of its values.</param>
    /// <param name="Slot">The slot of its value in the row.</param>
    private readonly record struct Field(int Value, int End, ColumnKind Kind, int Slot);
}
