using System.Buffers;
using System.Buffers.Text;
using FastIngest.Json;
using FastIngest.Storage.Files;

namespace FastIngest.Storage.Columns.Csv;

/// <summary>
/// CSV by RFC 4180 in UTF-8: a header line, CRLF, and quotes around texts that need them. A missing value is an empty cell, an empty text
/// is <c>""</c>. U+0000, which no reader of CSV takes, becomes U+FFFD.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="output">The file.</param>
/// <param name="isForSpreadsheets">
/// Whether a spreadsheet program opens the file: then it begins with a byte order mark, by which Excel knows UTF-8, and a text that such a
/// program would run as a formula begins with an apostrophe.
/// </param>
internal sealed class CsvColumnWriter(OutputTable table, FileOutput output, bool isForSpreadsheets) : ColumnWriter(output)
{
    private const int FlushBytes = 64 << 10;

    private readonly ArrayBufferWriter<byte> _lines = new(2 * FlushBytes);

    public static ColumnFormat Format { get; } = new("csv", (table, output) => new CsvColumnWriter(table, output, isForSpreadsheets: false));

    public static ColumnFormat SpreadsheetFormat { get; } = new("csv", (table, output) => new CsvColumnWriter(table, output, isForSpreadsheets: true));

    public override ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        if (isForSpreadsheets)
        {
            _lines.Write("\uFEFF"u8);
        }

        for (int i = 0; i < table.Columns.Count; i++)
        {
            Separate(i);
            WriteText(System.Text.Encoding.UTF8.GetBytes(table.Columns[i].Name));
        }

        _lines.Write(CsvText.LineEnd);
        return FlushAsync(cancellationToken);
    }

    public override async ValueTask WriteAsync(ColumnGroup group, CancellationToken cancellationToken)
    {
        for (int row = 0; row < group.RowCount; row++)
        {
            WriteRow(group, row);
            if (_lines.WrittenCount >= FlushBytes)
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask EndAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(_lines.WrittenMemory, cancellationToken).ConfigureAwait(false);
        _lines.ResetWrittenCount();
    }

    private void WriteRow(ColumnGroup group, int row)
    {
        ReadOnlySpan<ColumnValues> columns = group.Columns;
        for (int i = 0; i < columns.Length; i++)
        {
            Separate(i);
            if (!columns[i].IsNull(row))
            {
                WriteValue(columns[i], row);
            }
        }

        _lines.Write(CsvText.LineEnd);
    }

    private void WriteValue(ColumnValues values, int row)
    {
        switch (values.Column.Type)
        {
            case ColumnType.Text:
                WriteText(values.Text(row));
                break;

            case ColumnType.Date:
                DayText.Write(_lines.GetSpan(DayText.Bytes), UnixTime.Day(values.Int32(row)));
                _lines.Advance(DayText.Bytes);
                break;

            case ColumnType.Time:
                _lines.Advance(UnixTime.Write(_lines.GetSpan(UnixTime.MaxBytes), values.Int64(row)));
                break;

            case ColumnType.Number:
                _lines.Advance(DoubleText.Write(_lines.GetSpan(DoubleText.MaxBytes), values.Double(row)));
                break;

            default:
                Utf8Formatter.TryFormat(values.Int64(row), _lines.GetSpan(20), out int bytes);
                _lines.Advance(bytes);
                break;
        }
    }

    private void WriteText(ReadOnlySpan<byte> text) => CsvText.Write(_lines, text, isForSpreadsheets);

    private void Separate(int column)
    {
        if (column > 0)
        {
            _lines.Write(","u8);
        }
    }
}
