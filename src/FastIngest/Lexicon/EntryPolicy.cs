namespace FastIngest.Lexicon;

/// <summary>Selects the valid entries that are written.</summary>
/// <param name="MinQualityHundredths">Entries with a lower quality are not written.</param>
/// <param name="AllowsDuplicates">
/// Whether entries are written that equal another entry of the source in language, headword, pos and definition.
/// </param>
public sealed record EntryPolicy(int MinQualityHundredths = 50, bool AllowsDuplicates = false);
