namespace FastIngest.Lexicon;

/// <summary>The texts of a cleaned entry, in the order in which they are written.</summary>
public enum EntryColumn
{
    Headword,
    HeadwordKey,
    Language,
    Pos,
    Ipa,
    Definition,
    Etymology,
}
