using FastIngest.Json;

namespace FastIngest.Lexicon;

/// <summary>
/// Recognises records that point to another entry. wiktextract writes <c>{"title": "a", "redirect": "b"}</c> for a redirect of
/// the wiki (hard), and a word with <c>"redirects": ["b"]</c> for an entry that only says where to look (soft).
/// </summary>
internal static class RedirectRule
{
    /// <summary>The language of a redirect that names none: ISO 639-2 for undetermined.</summary>
    public static ReadOnlySpan<byte> UnknownLanguage => "und"u8;

    private static ReadOnlySpan<byte> Hard => "hard-redirect"u8;

    private static ReadOnlySpan<byte> Soft => "soft-redirect"u8;

    /// <summary>Whether a record is a redirect: it has a target, and either says so or lacks what makes an ordinary entry.</summary>
    public static bool IsRedirect(ReadOnlySpan<byte> record, EntryFields fields)
    {
        if (fields[EntryFields.Redirect].Length == 0 && fields.RedirectTargets.Count == 0)
        {
            return false;
        }

        Field pos = PosOf(fields);
        bool hasText = fields.GlossCount > 0 || fields[EntryFields.Definition].Kind != FieldKind.Missing;
        bool hasWord = fields[EntryFields.Word].Kind != FieldKind.Missing || fields[EntryFields.Headword].Kind != FieldKind.Missing;
        return IsKind(record.Slice(pos.Start, pos.Length)) || (!hasText && (pos.Kind == FieldKind.Missing || !hasWord));
    }

    /// <summary>The kind of a redirect, for the column <c>pos</c>.</summary>
    public static ReadOnlySpan<byte> KindOf(ReadOnlySpan<byte> record, EntryFields fields)
    {
        Field pos = PosOf(fields);
        ReadOnlySpan<byte> own = record.Slice(pos.Start, pos.Length);
        return IsKind(own) ? own : fields[EntryFields.Redirect].Length > 0 ? Hard : Soft;
    }

    private static bool IsKind(ReadOnlySpan<byte> pos) => pos.SequenceEqual(Hard) || pos.SequenceEqual(Soft);

    private static Field PosOf(EntryFields fields) =>
        fields[EntryFields.Pos].Kind != FieldKind.Missing ? fields[EntryFields.Pos] : fields[EntryFields.PosTag];
}
