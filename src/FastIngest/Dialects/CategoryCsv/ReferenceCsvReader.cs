using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FastIngest.Dialects.Contract;
using FastIngest.Health;

namespace FastIngest.Dialects.CategoryCsv;

/// <summary>Reads a CSV file for the reference implementation. It implements docs/reading.md one byte at a time.</summary>
internal sealed class ReferenceCsvReader(byte[] file, int maxRecordBytes)
{
    private int _at;

    /// <summary>The records after the header, each as an object of strings; an empty cell is null.</summary>
    public IEnumerable<ReferenceRecord> Records()
    {
        _at = file.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        SkipBlankLines();
        string headerLine = Encoding.UTF8.GetString(file.AsSpan(_at..EndOfLine(_at)));
        byte delimiter = (byte)",;\t".MaxBy(d => headerLine.Count(c => c == d));
        string[] names = [.. ReadCells(delimiter, file.Length)!.Select(n => Encoding.UTF8.GetString(n).Trim())];
        for (SkipBlankLines(); _at < file.Length; SkipBlankLines())
        {
            int start = _at;
            List<byte[]>? cells = ReadCells(delimiter, names.Length);
            int length = LengthOf(start);
            if (cells is null || length > maxRecordBytes)
            {
                // After an unclosed quote there may be good records: only the first line is rejected.
                (cells, _at) = (null, EndOfLine(start));
                length = LengthOf(start);
            }

            RejectReason? reason = length > maxRecordBytes ? RejectReason.TooLarge
                : cells is null || cells.Count != names.Length ? RejectReason.InvalidCsv
                : Utf8.IsValid(file.AsSpan(start, length)) ? null : RejectReason.InvalidText;
            yield return new(start, length, reason, reason is null ? Value(names, cells!) : default);
        }
    }

    /// <summary>Reads the cells up to the end of the record; null when a quote is misplaced or never closed. It keeps one cell more than <paramref name="most"/>.</summary>
    private List<byte[]>? ReadCells(byte delimiter, int most)
    {
        List<byte[]> cells = [];
        while (true)
        {
            List<byte> cell = [];
            int quote = _at;
            while (quote < file.Length && file[quote] is (byte)' ' or (byte)'\t' && file[quote] != delimiter)
            {
                quote++;
            }

            bool isQuoted = quote < file.Length && file[quote] == '"';
            if (isQuoted)
            {
                for (_at = quote + 1; _at < file.Length && (file[_at] != '"' || (_at + 1 < file.Length && file[_at + 1] == '"')); _at++)
                {
                    cell.Add(file[_at]);
                    _at += file[_at] == '"' ? 1 : 0;
                }

                if (_at >= file.Length)
                {
                    return null;
                }

                _at++;
            }

            int from = _at;
            while (_at < file.Length && file[_at] != delimiter && file[_at] != '\n')
            {
                _at++;
            }

            ReadOnlySpan<byte> rest = file.AsSpan(from.._at).Trim(" \t\r"u8);
            if (isQuoted && !rest.IsEmpty)
            {
                return null;
            }

            if (cells.Count <= most)
            {
                cells.Add(isQuoted ? [.. cell] : rest.ToArray());
            }

            if (_at >= file.Length || file[_at++] == '\n')
            {
                return cells;
            }
        }
    }

    private void SkipBlankLines()
    {
        while (_at < file.Length && file[_at] is (byte)'\r' or (byte)'\n')
        {
            _at++;
        }
    }

    /// <summary>Returns the number of bytes from <paramref name="start"/> to the current position, without one line end.</summary>
    private int LengthOf(int start)
    {
        int end = _at > start && file[_at - 1] == '\n' ? _at - 1 : _at;
        return (end > start && file[end - 1] == '\r' ? end - 1 : end) - start;
    }

    private int EndOfLine(int from) => Array.IndexOf(file, (byte)'\n', from) is >= 0 and int feed ? feed : file.Length;

    private static ReadOnlyMemory<byte> Value(string[] names, List<byte[]> cells)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            foreach ((string name, byte[] cell) in names.Zip(cells))
            {
                json.WritePropertyName(name);
                if (cell.Length == 0)
                {
                    json.WriteNullValue();
                }
                else
                {
                    json.WriteStringValue(cell);
                }
            }

            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }
}
