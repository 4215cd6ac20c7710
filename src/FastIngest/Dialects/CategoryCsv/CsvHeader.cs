using System.Text;
using FastIngest.Health;
using FastIngest.Json;

namespace FastIngest.Dialects.CategoryCsv;

/// <summary>The header line of a CSV file: the delimiter, and which column holds which field.</summary>
internal sealed class CsvHeader
{
    /// <summary>The supported delimiters, in order of preference.</summary>
    private static ReadOnlySpan<byte> Delimiters => ",;\t"u8;

    private static readonly string[] Days = ["date", "date_time", "timestamp"];

    private CsvHeader(byte delimiter, IReadOnlyList<string> names)
    {
        Delimiter = delimiter;
        Names = names;
    }

    /// <summary>The byte between two cells.</summary>
    public byte Delimiter { get; }

    /// <summary>The names of the columns, without surrounding white space.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Returns the number of bytes before the header: a byte order mark and blank lines.</summary>
    public static int StartOf(ReadOnlySpan<byte> head)
    {
        int start = head.StartsWith("\uFEFF"u8) ? 3 : 0;
        int blank = head[start..].IndexOfAnyExcept("\r\n"u8);
        return blank < 0 ? head.Length : start + blank;
    }

    /// <summary>Whether the first line has a carriage return outside of quotes that does not end it.</summary>
    /// <param name="head">The bytes from the start of the header on.</param>
    public static bool HasLoneReturn(ReadOnlySpan<byte> head)
    {
        int feed = head.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = (feed < 0 ? head : head[..feed]).TrimEnd(" \t\r"u8);
        bool isQuoted = false;
        foreach (byte b in line)
        {
            isQuoted ^= b == '"';
            if (b == '\r' && !isQuoted)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Reads a header. A header names <c>user_id</c> or a day, and at least one more column; null when the bytes begin with no header.
    /// </summary>
    /// <param name="head">The bytes from the start of the header on.</param>
    /// <param name="length">The length of the header in bytes, including its line end.</param>
    public static CsvHeader? Read(ReadOnlySpan<byte> head, out int length)
    {
        int feed = head.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = feed < 0 ? head : head[..feed];
        length = feed < 0 ? head.Length : feed + 1;
        byte delimiter = Delimiters[0];
        foreach (byte candidate in Delimiters)
        {
            delimiter = line.Count(candidate) > line.Count(delimiter) ? candidate : delimiter;
        }

        CsvCells cells = new();
        if (cells.Scan(head[..length], delimiter, most: int.MaxValue - 1, isFinal: true, out int read) != CsvScan.Record || read != length)
        {
            return null;
        }

        List<string> names = [];
        for (int i = 0; i < cells.Count; i++)
        {
            names.Add(Encoding.UTF8.GetString(cells.Text(head, i)).Trim());
        }

        return names.Count > 1 && names.Any(n => n == "user_id" || Days.Contains(n)) ? new CsvHeader(delimiter, names) : null;
    }

    /// <summary>Whether a column names the user, or a value of a category. In measurements each column may be a value.</summary>
    public bool HasFieldsOf(Category category)
    {
        FieldNames fields = RecordSchema.Of(category).Names;
        return category == Category.Measurements || Names.Any(n => !Days.Contains(n) && Enumerable.Range(0, fields.Count).Any(i => fields.NameAt(i) == n));
    }

    /// <summary>Returns the column of each field of a category, or -1 without one. Of columns with the same name the last one counts.</summary>
    public int[] ColumnsOf(RecordSchema schema)
    {
        int[] columns = new int[schema.Names.Count];
        Array.Fill(columns, -1);
        for (int field = 0; field < columns.Length; field++)
        {
            string name = schema.Names.NameAt(field);
            for (int column = 0; column < Names.Count; column++)
            {
                columns[field] = Names[column] == name ? column : columns[field];
            }
        }

        return columns;
    }
}
