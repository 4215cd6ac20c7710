using System.Buffers;
using System.Text;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Storage.Ndjson;

namespace FastIngest.Reports;

/// <summary>Writes stored days as lines for other programs: JSON, one object a line, or CSV by RFC 4180.</summary>
public static class DayLines
{
    private static readonly SearchValues<byte> NeedsQuotes = SearchValues.Create("\",\r\n"u8);

    /// <summary>Writes the names of the columns as the first line of a CSV file.</summary>
    public static void WriteCsvHeader(IBufferWriter<byte> output) =>
        output.Write(Encoding.UTF8.GetBytes(string.Join(',', SummaryColumn.All.Select(c => c.Name)) + "\n"));

    /// <summary>Writes all columns of a day as a line of CSV. A value that is missing is empty.</summary>
    public static void WriteCsv(IBufferWriter<byte> output, SummaryBatch page, in DailySummary row)
    {
        bool isFirst = true;
        foreach (SummaryColumn column in SummaryColumn.All)
        {
            if (!isFirst)
            {
                output.Write(","u8);
            }

            isFirst = false;
            switch (column.Kind)
            {
                case ColumnKind.Date:
                    DayText.Write(output.GetSpan(DayText.Bytes), row.Day);
                    output.Advance(DayText.Bytes);
                    break;
                case ColumnKind.Count:
                    long count = (long)row.Numbers[column.Slot];
                    count.TryFormat(output.GetSpan(20), out int countBytes);
                    output.Advance(countBytes);
                    break;
                case ColumnKind.Number when !double.IsNaN(row.Numbers[column.Slot]):
                    output.Advance(DoubleText.Write(output.GetSpan(DoubleText.MaxBytes), row.Numbers[column.Slot]));
                    break;
                case ColumnKind.Text or ColumnKind.Json:
                    WriteText(output, page.Text(row.Texts[column.Slot]));
                    break;
                default:
                    break;
            }
        }

        output.Write("\n"u8);
    }

    /// <summary>Writes all columns of a day as a JSON object, as the target <c>ndjson:</c> does.</summary>
    public static void WriteJson(IBufferWriter<byte> output, SummaryBatch page, in DailySummary row) => SummaryJson.WriteLine(output, page, row);

    /// <summary>Writes a text as a cell of CSV.</summary>
    public static void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAny(NeedsQuotes) < 0)
        {
            output.Write(text);
            return;
        }

        output.Write("\""u8);
        while (text.IndexOf((byte)'"') is >= 0 and int quote)
        {
            output.Write(text[..(quote + 1)]);
            output.Write("\""u8);
            text = text[(quote + 1)..];
        }

        output.Write(text);
        output.Write("\""u8);
    }
}
