using FastIngest.Dialects.Contract;
using FastIngest.Sources;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>The beginning of an XML document: the declaration, comments, the document type and the tag of the root element.</summary>
internal static class Prolog
{
    /// <summary>White space longer than this is not learned.</summary>
    private const int MaxGapBytes = 64;

    /// <summary>The start tag of the root element, without the bracket.</summary>
    public static ReadOnlySpan<byte> Root => "<HealthData"u8;

    /// <summary>Whether a document's type or root element is <c>HealthData</c>.</summary>
    public static bool IsHealthData(ReadOnlySpan<byte> head)
    {
        head = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        while (true)
        {
            head = head.TrimStart(" \t\r\n"u8);
            ReadOnlySpan<byte> end = head.StartsWith("<?"u8) ? "?>"u8 : head.StartsWith("<!--"u8) ? "-->"u8 : default;
            if (end.IsEmpty)
            {
                break;
            }

            int place = head.IndexOf(end);
            head = place < 0 ? default : head[(place + end.Length)..];
        }

        if (head.StartsWith("<!DOCTYPE"u8))
        {
            head = head["<!DOCTYPE"u8.Length..].TrimStart(" \t\r\n"u8);
            return StartsWithName(head, Root[1..]);
        }

        return StartsWithName(head, Root);
    }

    /// <summary>Whether a text begins with a name that no further letter follows.</summary>
    public static bool StartsWithName(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name) =>
        text.StartsWith(name) && (text.Length == name.Length || text[name.Length] is <= (byte)' ' or (byte)'>' or (byte)'/' or (byte)'[');

    /// <summary>Returns the white space between the tag of the root element and its first child.</summary>
    public static byte[] LearnGap(SourceFile file)
    {
        file.Reach(Dialect.HeadBytes);
        byte[] bytes = new byte[(int)Math.Min(file.Length, Dialect.HeadBytes)];
        file.Read(bytes, 0);
        ReadOnlySpan<byte> head = bytes;
        int root = head.IndexOf(Root);
        head = root < 0 ? default : head[root..];
        int end = head.IndexOf((byte)'>');
        head = end < 0 ? default : head[(end + 1)..];
        int child = head.IndexOf((byte)'<');
        ReadOnlySpan<byte> gap = child is < 0 or > MaxGapBytes ? default : head[..child];
        return gap.ContainsAnyExcept(" \t\r\n"u8) ? [] : gap.ToArray();
    }
}
