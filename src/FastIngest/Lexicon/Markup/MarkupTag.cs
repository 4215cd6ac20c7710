using System.Buffers;

namespace FastIngest.Lexicon.Markup;

/// <summary>A well-formed tag of a known element.</summary>
/// <param name="Name">The index of its name in <see cref="HtmlElements"/>.</param>
/// <param name="Length">The length in bytes, with <c>&lt;</c> and <c>&gt;</c>.</param>
/// <param name="IsEnd">Whether it is an end tag such as <c>&lt;/b&gt;</c>.</param>
/// <param name="IsComplete">Whether it is markup by itself: an end tag, an empty element, a quoted attribute or an unmistakable name.</param>
/// <param name="IsEmpty">Whether it ends with <c>/&gt;</c>.</param>
internal readonly record struct MarkupTag(int Name, int Length, bool IsEnd, bool IsComplete, bool IsEmpty)
{
    /// <summary>Longer tags are text. The limit bounds the time to look for the end of a tag.</summary>
    private const int MaxBytes = 1024;

    private static readonly SearchValues<byte> UnquotedEnds = SearchValues.Create(" \t\n\f\r\"'=<>`"u8);

    /// <summary>Reads the tag at the start of a text, which begins with <c>&lt;</c>; false if that is not a tag.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out MarkupTag tag)
    {
        tag = default;
        text = text[..Math.Min(text.Length, MaxBytes)];
        bool isEnd = text.Length > 1 && text[1] == '/';
        int start = isEnd ? 2 : 1;
        int at = start;
        while (at < text.Length && IsLetterOrDigit(text[at]))
        {
            at++;
        }

        int name = HtmlElements.Find(text[start..at]);
        if (name < 0)
        {
            return false;
        }

        bool isQuoted = false;
        while (true)
        {
            int gap = SkipWhiteSpace(text, at);
            if (At(text, gap) == '>' || (!isEnd && At(text, gap) == '/' && At(text, gap + 1) == '>'))
            {
                bool isEmpty = text[gap] == '/';
                tag = new MarkupTag(name, gap + (isEmpty ? 2 : 1), isEnd, isEnd || isEmpty || isQuoted || HtmlElements.IsUnmistakable(name), isEmpty);
                return true;
            }

            // An attribute follows white space; an end tag has none.
            if (isEnd || gap == at || !TryReadAttribute(text, gap, out at, ref isQuoted))
            {
                return false;
            }
        }
    }

    private static bool TryReadAttribute(ReadOnlySpan<byte> text, int start, out int end, ref bool isQuoted)
    {
        end = start;
        while (IsLetterOrDigit(At(text, end)) || At(text, end) is '_' or ':' or '-' or '.')
        {
            end++;
        }

        if (end == start)
        {
            return false;
        }

        int sign = SkipWhiteSpace(text, end);
        if (At(text, sign) != '=')
        {
            return true;
        }

        int value = SkipWhiteSpace(text, sign + 1);
        if (At(text, value) is '"' or '\'')
        {
            int length = text[(value + 1)..].IndexOf(text[value]);
            end = value + length + 2;
            isQuoted = true;
            return length >= 0;
        }

        int unquoted = value < text.Length ? text[value..].IndexOfAny(UnquotedEnds) : -1;
        end = value + unquoted;
        return unquoted > 0;
    }

    private static int At(ReadOnlySpan<byte> text, int at) => at < text.Length ? text[at] : -1;

    private static bool IsLetterOrDigit(int value) => value >= 0 && char.IsAsciiLetterOrDigit((char)value);

    private static int SkipWhiteSpace(ReadOnlySpan<byte> text, int at)
    {
        while (At(text, at) is ' ' or '\t' or '\n' or '\f' or '\r')
        {
            at++;
        }

        return at;
    }
}
