namespace FastIngest.Lexicon;

/// <summary>The text columns of a cleaned entry, in storage order.</summary>
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
