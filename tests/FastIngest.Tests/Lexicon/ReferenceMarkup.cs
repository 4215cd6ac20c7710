using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace FastIngest.Tests.Lexicon;

/// <summary>The step <c>remove-markup</c>, written from docs/lexicon.md with strings and regular expressions.</summary>
internal static class ReferenceMarkup
{
    private const string Blank = "br hr p div li ul ol dl dt dd tr td th table blockquote center pre h1 h2 h3 h4 h5 h6";
    private const string Alone = "br hr wbr sup sub span div small big strong font center blockquote ref references nowiki noinclude includeonly onlyinclude";
    private const string WithContent = "ref script style";
    private const string Literal = "nowiki math chem ce";

    private const string Others =
        "a abbr acronym address area article aside audio b base bdi bdo body button canvas caption cite code col colgroup data datalist del details dfn dialog dir em embed "
        + "fieldset figcaption figure footer form frame gallery head header hiero html i iframe img input ins kbd label legend link main map mark menu meta meter nav noscript "
        + "object optgroup option output param picture poem progress q rb rbc rp rt rtc ruby s samp score section select source strike summary svg syntaxhighlight tbody template "
        + "templatestyles textarea tfoot thead time timeline title track tt u var video";

    private static readonly HashSet<string> Names = [.. $"{Blank} {Alone} {WithContent} {Literal} {Others}".Split(' ')];

    private static readonly Regex Tag = new(
        """\G<(?<end>/)?(?<name>[A-Za-z0-9]+)(?<attributes>(?:[ \t\n\f\r]+[A-Za-z0-9_:.-]+(?:[ \t\n\f\r]*=[ \t\n\f\r]*(?:"[^"]*"|'[^']*'|[^ \t\n\f\r"'=<>`]+))?)*)[ \t\n\f\r]*(?<empty>/)?>""",
        RegexOptions.CultureInvariant);

    private sealed record Token(int Start, int End, string Name, bool IsEnd, bool IsStart)
    {
        public bool IsRemoved { get; set; }

        public int RemovedTo { get; set; } = End;

        public bool IsMatched { get; set; }
    }

    public static string? Remove(string? text) => text is null ? null : string.Join(" | ", text.Split(" | ").Select(RemoveFromGloss));

    public static string? RemoveFromHeadword(string? text) => Remove(text) is { } removed && !string.IsNullOrWhiteSpace(removed) ? removed : text;

    private static string RemoveFromGloss(string text)
    {
        List<Token> tokens = [];
        for (int at = text.IndexOf('<', StringComparison.Ordinal); at >= 0; at = at < text.Length ? text.IndexOf('<', at) : -1)
        {
            if (text.AsSpan(at).StartsWith("<!--"))
            {
                int end = text.IndexOf("-->", at + 4, StringComparison.Ordinal);
                if (end >= 0)
                {
                    tokens.Add(new Token(at, end + 3, "", false, false) { IsRemoved = true });
                }

                at = end < 0 ? at + 1 : end + 3;
            }
            else if (TagAt(text, at) is { } tag)
            {
                at = Add(tokens, text, tag);
            }
            else
            {
                at++;
            }
        }

        StringBuilder result = new();
        int copied = 0;
        foreach (Token token in tokens.Where(t => t.IsRemoved))
        {
            if (token.Start >= copied)
            {
                result.Append(Decode(text[copied..token.Start])).Append(Blank.Split(' ').Contains(token.Name) ? " " : "");
                copied = token.RemovedTo;
            }
        }

        return result.Append(Decode(text[copied..])).ToString();
    }

    private static int Add(List<Token> tokens, string text, Token tag)
    {
        tokens.Add(tag);
        if (tag.IsEnd && tokens.LastOrDefault(t => t.IsStart && !t.IsMatched && t.Name == tag.Name) is { } start)
        {
            start.IsMatched = start.IsRemoved = true;
            start.RemovedTo = WithContent.Split(' ').Contains(tag.Name) ? tag.End : start.End;
        }

        if (!tag.IsStart || !Literal.Split(' ').Contains(tag.Name))
        {
            return tag.End;
        }

        for (int at = text.IndexOf("</", tag.End, StringComparison.Ordinal); at >= 0; at = text.IndexOf("</", at + 1, StringComparison.Ordinal))
        {
            if (TagAt(text, at) is { } end && end.Name == tag.Name)
            {
                tag.IsMatched = tag.IsRemoved = true;
                tokens.Add(end);
                return end.End;
            }
        }

        return tag.End;
    }

    /// <summary>The tag at an offset; the token is already removed if the tag is markup by itself.</summary>
    private static Token? TagAt(string text, int at)
    {
        Match match = Tag.Match(text, at);
        string name = match.Groups["name"].Value.ToLowerInvariant();
        bool isEnd = match.Groups["end"].Success, isEmpty = match.Groups["empty"].Success;
        string attributes = match.Groups["attributes"].Value;
        if (!match.Success || !Names.Contains(name) || Encoding.UTF8.GetByteCount(match.Value) > 1024 || (isEnd && (isEmpty || attributes.Length > 0)))
        {
            return null;
        }

        bool isQuoted = attributes.Contains('"', StringComparison.Ordinal) || attributes.Contains('\'', StringComparison.Ordinal);
        return new Token(at, at + match.Length, name, isEnd, !isEnd && !isEmpty) { IsRemoved = isEnd || isEmpty || isQuoted || Alone.Split(' ').Contains(name) };
    }

    private static string Decode(string text) => Regex.Replace(text, "&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z0-9]{1,8});", match =>
    {
        string name = match.Groups[1].Value;
        if (name[0] != '#')
        {
            // The runtime knows the same names.
            return WebUtility.HtmlDecode(match.Value);
        }

        int value = name[1] is 'x' or 'X' ? int.Parse(name[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : int.Parse(name[1..], CultureInfo.InvariantCulture);
        return Rune.TryCreate(value, out Rune rune) && (!Rune.IsControl(rune) || value is 9 or 10 or 13) ? rune.ToString() : match.Value;
    });
}
