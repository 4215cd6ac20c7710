namespace FastIngest.Reports;

/// <summary>Names and words of a profile, which may be of any length, as a page shows them.</summary>
internal static class ShownText
{
    private const int MaxCharacters = 200;

    /// <summary>Returns the text, cut off after 200 characters.</summary>
    public static string Of(string text)
    {
        if (text.Length <= MaxCharacters)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[MaxCharacters - 1]) ? MaxCharacters - 1 : MaxCharacters;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
