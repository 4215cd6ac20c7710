namespace FastIngest.Lexicon;

/// <summary>Validates an entry that has a headword and a language.</summary>
internal static class EntryValidator
{
    private const int MaxHeadword = 255, MaxIpa = 255, MinDefinition = 3;

    public static EntryErrors Validate(EntryTexts texts)
    {
        ReadOnlySpan<byte> definition = texts[EntryColumn.Definition];
        ReadOnlySpan<byte> ipa = texts[EntryColumn.Ipa];
        EntryErrors errors = EntryErrors.None;
        errors |= definition.IsEmpty ? EntryErrors.DefinitionMissing
            : !texts.IsRedirect && !IsLonger(definition, MinDefinition - 1) ? EntryErrors.DefinitionShort : EntryErrors.None;
        errors |= IsLonger(texts[EntryColumn.Headword], MaxHeadword) ? EntryErrors.HeadwordLong : EntryErrors.None;
        errors |= IsLonger(ipa, MaxIpa) ? EntryErrors.IpaLong : EntryErrors.None;
        errors |= ipa.IndexOfAnyInRange((byte)'0', (byte)'9') >= 0 ? EntryErrors.IpaDigits : EntryErrors.None;
        errors |= texts.IpaBracketsMatch ? EntryErrors.None : EntryErrors.IpaBrackets;
        errors |= IsLanguageCode(texts[EntryColumn.Language]) ? EntryErrors.None : EntryErrors.LanguageCode;
        return errors;
    }

    /// <summary>Whether a text has more than <paramref name="codePoints"/> code points.</summary>
    private static bool IsLonger(ReadOnlySpan<byte> text, int codePoints)
    {
        if (text.Length <= codePoints)
        {
            return false;
        }

        int count = 0;
        foreach (byte b in text)
        {
            // Each code point has exactly one byte that is not a continuation byte.
            count += (b & 0xC0) != 0x80 ? 1 : 0;
            if (count > codePoints)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a text is two or three letters, followed by any number of hyphens with two to eight letters or digits each.</summary>
    private static bool IsLanguageCode(ReadOnlySpan<byte> text)
    {
        int letters = text.IndexOfAnyExceptInRange((byte)'a', (byte)'z');
        letters = letters < 0 ? text.Length : letters;
        if (letters is not (2 or 3))
        {
            return false;
        }

        text = text[letters..];
        while (!text.IsEmpty)
        {
            int length = 1;
            while (length < text.Length && text[length] is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9'))
            {
                length++;
            }

            if (text[0] != '-' || length - 1 is < 2 or > 8)
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }
}
