using System.Net;

namespace FastIngest.Net.S3;

/// <summary>Finds elements in the responses of S3, whose form is fixed: no attribute, comment or section of theirs holds an element.</summary>
internal static class S3Xml
{
    /// <summary>Returns the text of the first element of a name; null without one.</summary>
    public static string? TextOf(ReadOnlySpan<char> xml, string name)
    {
        int position = 0;
        return TryFind(xml, name, ref position, out ReadOnlySpan<char> content) ? WebUtility.HtmlDecode(content.ToString()) : null;
    }

    /// <summary>Finds the next element of a name from a position on, which moves behind it.</summary>
    public static bool TryFind(ReadOnlySpan<char> xml, string name, ref int position, out ReadOnlySpan<char> content)
    {
        string open = $"<{name}>", close = $"</{name}>";
        int start = xml[position..].IndexOf(open);
        int from = position + start + open.Length;
        int length = start < 0 ? -1 : xml[from..].IndexOf(close);
        content = length < 0 ? default : xml.Slice(from, length);
        position = length < 0 ? position : from + length + close.Length;
        return length >= 0;
    }
}
