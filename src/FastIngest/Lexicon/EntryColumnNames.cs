namespace FastIngest.Lexicon;

/// <summary>The names of the columns in storage.</summary>
public static class EntryColumnNames
{
    private static readonly string[] Names = ["headword", "headword_key", "language", "pos", "ipa", "definition", "etymology"];

    public static string Name(this EntryColumn column) => Names[(int)column];
}
