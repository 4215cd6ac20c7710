using System.Runtime.InteropServices;

namespace FastIngest.Dialects.CategoryCsv;

/// <summary>The result of scanning one record of a CSV file.</summary>
internal enum CsvScan
{
    /// <summary>The record is complete.</summary>
    Record,

    /// <summary>The bytes end inside the record.</summary>
    Incomplete,

    /// <summary>A closing quote is followed by something other than a delimiter, or a quote is never closed.</summary>
    Invalid,
}

/// <summary>
/// The cells of one record, as defined by RFC 4180: a cell in double quotes may contain delimiters, line ends and doubled
/// quotes. A quote inside an unquoted cell is an ordinary character. White space around a cell is not part of the cell.
/// </summary>
internal sealed class CsvCells
{
    private readonly List<Cell> _cells = [];
    private byte[] _scratch = new byte[256];
    private int _scratchLength;

    /// <summary>The number of cells in the record; of more than the scan was to keep, one more than that.</summary>
    public int Count { get; private set; }

    /// <summary>Finds the cells of the record that starts at the first byte.</summary>
    /// <param name="bytes">The bytes from the start of the record on.</param>
    /// <param name="delimiter">The byte that separates cells.</param>
    /// <param name="most">The number of cells to keep, so that a line of nothing but delimiters needs no memory.</param>
    /// <param name="isFinal">Whether nothing follows <paramref name="bytes"/>.</param>
    /// <param name="length">The length of the record in bytes, including its line end.</param>
    public CsvScan Scan(ReadOnlySpan<byte> bytes, byte delimiter, int most, bool isFinal, out int length)
    {
        _cells.Clear();
        Count = 0;
        _scratchLength = 0;
        length = 0;
        int at = 0;
        while (true)
        {
            int blanks = bytes[at..].IndexOfAnyExcept((byte)' ', (byte)'\t');
            int start = at + Math.Max(blanks, 0);
            bool isQuoted = blanks >= 0 && bytes[start] == '"' && !bytes[at..start].Contains(delimiter);
            bool isEscaped = false;
            int contentEnd;
            if (isQuoted)
            {
                start++;
                contentEnd = ClosingQuote(bytes, start, out isEscaped);
                if (contentEnd < 0)
                {
                    return isFinal ? CsvScan.Invalid : CsvScan.Incomplete;
                }

                at = contentEnd + 1;
            }

            int stop = bytes[at..].IndexOfAny(delimiter, (byte)'\n');
            if (stop < 0 && !isFinal)
            {
                return CsvScan.Incomplete;
            }

            int end = stop < 0 ? bytes.Length : at + stop;
            ReadOnlySpan<byte> rest = bytes[at..end];
            if (isQuoted)
            {
                contentEnd = at - 1;
                if (rest.IndexOfAnyExcept(" \t\r"u8) >= 0)
                {
                    return CsvScan.Invalid;
                }
            }
            else
            {
                int leading = rest.IndexOfAnyExcept(" \t\r"u8);
                start = at + Math.Max(leading, 0);
                contentEnd = leading < 0 ? at : at + rest.LastIndexOfAnyExcept(" \t\r"u8) + 1;
            }

            if (Count < most)
            {
                _cells.Add(new Cell(start, contentEnd - start, isEscaped));
            }

            Count = Math.Min(Count, most) + 1;
            if (stop < 0 || bytes[end] == '\n')
            {
                length = stop < 0 ? end : end + 1;
                return CsvScan.Record;
            }

            at = end + 1;
        }
    }

    /// <summary>Returns the text of a cell of the scanned record; valid until the next record.</summary>
    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> bytes, int index)
    {
        Cell cell = CollectionsMarshal.AsSpan(_cells)[index];
        ReadOnlySpan<byte> raw = bytes.Slice(cell.Start, cell.Length);
        if (!cell.IsEscaped)
        {
            return raw;
        }

        if (_scratch.Length - _scratchLength < raw.Length)
        {
            // Texts that were decoded before keep the old buffer alive.
            _scratch = new byte[Math.Max(_scratch.Length, raw.Length) * 2];
            _scratchLength = 0;
        }

        int from = _scratchLength;
        for (int i = 0; i < raw.Length; i++)
        {
            _scratch[_scratchLength++] = raw[i];
            i += raw[i] == '"' ? 1 : 0;
        }

        return _scratch.AsSpan(from, _scratchLength - from);
    }

    private static int ClosingQuote(ReadOnlySpan<byte> bytes, int from, out bool isEscaped)
    {
        isEscaped = false;
        while (true)
        {
            int quote = bytes[from..].IndexOf((byte)'"');
            if (quote < 0)
            {
                return -1;
            }

            quote += from;
            if (quote + 1 == bytes.Length || bytes[quote + 1] != '"')
            {
                return quote;
            }

            isEscaped = true;
            from = quote + 2;
        }
    }

    private readonly record struct Cell(int Start, int Length, bool IsEscaped);
}
