using System.Buffers;

namespace FastIngest.Sources;

/// <summary>Recognises content that is certainly no data of a run, such as a web page that was saved instead of the data.</summary>
internal static class ForeignContent
{
    /// <summary>The number of leading bytes that are examined.</summary>
    public const int HeadBytes = 1024;

    /// <summary>Fewer bytes than this are never called binary; a text has at most one control character in this many characters.</summary>
    private const int MinBinaryBytes = 32, MaxTextPerControl = 20;

    private static readonly (string Magic, string Name)[] Binaries =
    [
        ("%PDF", "a PDF document"), ("\u0089PNG", "an image"), ("\u00FF\u00D8\u00FF", "an image"), ("GIF8", "an image"),
        ("PK\u0003\u0004", "a zip archive or an office document"), ("PK\u0005\u0006", "an empty zip archive"),
        ("7z\u00BC\u00AF\u0027\u001C", "a 7z archive"), ("Rar!", "a rar archive"), ("\u00FD7zXZ", "an xz archive"), ("PAR1", "a Parquet file"),
        ("SQLite format 3", "an SQLite database"), ("\u00D0\u00CF\u0011\u00E0", "an office document"), ("bplist", "a property list"),
        ("\u007FELF", "a program"), ("MZ", "a program"), ("\u0000\u0005\u0016\u0007", "metadata of macOS"),
    ];

    private static readonly SearchValues<string> HtmlStarts = SearchValues.Create(["<!doctype html", "<html", "<head", "<body"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns what the content is, as in "an HTML page"; null when it may be data.</summary>
    /// <param name="head">The first bytes of the content, decompressed and in UTF-8.</param>
    public static string? Describe(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> text = (head.StartsWith("\uFEFF"u8) ? head[3..] : head).TrimStart(" \t\r\n"u8);
        if (text is [(byte)'{' or (byte)'[', ..])
        {
            return null;
        }

        foreach ((string magic, string name) in Binaries)
        {
            if (StartsWith(head, magic))
            {
                return name;
            }
        }

        if (text is [(byte)'<', (byte)'!' or (byte)'?' or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z'), ..])
        {
            string start = System.Text.Encoding.Latin1.GetString(text);
            return start.AsSpan().IndexOfAny(HtmlStarts) >= 0 ? "an HTML page" : "an XML document";
        }

        return !head.IsEmpty && head.IndexOfAnyExcept((byte)0) < 0 ? "a file of zero bytes, as a failed copy leaves it"
            : head.Length > 262 && head[257..].StartsWith("ustar"u8) ? "a tar archive"
            : IsBinary(head) ? "binary data" : null;
    }

    /// <summary>Whether content has no byte but a byte order mark and white space.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> content) =>
        (content.StartsWith("\uFEFF"u8) ? content[3..] : content).IndexOfAnyExcept(" \t\r\n"u8) < 0;

    /// <summary>Whether a text would not have so many control characters. Random bytes have 11 percent of them.</summary>
    private static bool IsBinary(ReadOnlySpan<byte> head)
    {
        int controls = 0;
        foreach (byte b in head)
        {
            controls += b is < 0x20 and not ((byte)'\t' or (byte)'\r' or (byte)'\n') or 0x7F ? 1 : 0;
        }

        return head.Length >= MinBinaryBytes && controls * MaxTextPerControl > head.Length;
    }

    private static bool StartsWith(ReadOnlySpan<byte> head, string magic)
    {
        if (head.Length < magic.Length)
        {
            return false;
        }

        for (int i = 0; i < magic.Length; i++)
        {
            if (head[i] != magic[i])
            {
                return false;
            }
        }

        return true;
    }
}
