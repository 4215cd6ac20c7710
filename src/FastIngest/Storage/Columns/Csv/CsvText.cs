using System.Buffers;

namespace FastIngest.Storage.Columns.Csv;

/// <summary>Texts as cells of CSV by RFC 4180.</summary>
public static class CsvText
{
    private static readonly SearchValues<byte> Special = SearchValues.Create("\",\r\n\0;\t"u8);

    public static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    /// <summary>Writes a text as a cell, in quotes where it needs them; an empty one is <c>""</c>. U+0000 becomes U+FFFD.</summary>
    /// <param name="output">Receives the cell.</param>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="isForSpreadsheets">Whether a text that a spreadsheet program would run as a formula begins with an apostrophe.</param>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> text, bool isForSpreadsheets = false)
    {
        bool isFormula = isForSpreadsheets && text is [(byte)'=' or (byte)'+' or (byte)'-' or (byte)'@' or (byte)'\t' or (byte)'\r' or (byte)'\n', ..];
        if (!isFormula && !text.IsEmpty && text.IndexOfAny(Special) < 0)
        {
            output.Write(text);
            return;
        }

        output.Write(isFormula ? "\"'"u8 : "\""u8);
        while (text.IndexOfAny((byte)'"', (byte)0) is >= 0 and var at)
        {
            output.Write(text[..at]);
            output.Write(text[at] == 0 ? "\uFFFD"u8 : "\"\""u8);
            text = text[(at + 1)..];
        }

        output.Write(text);
        output.Write("\""u8);
    }
}
