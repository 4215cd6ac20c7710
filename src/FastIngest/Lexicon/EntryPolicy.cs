namespace FastIngest.Lexicon;

/// <summary>Which of the valid entries are written.</summary>
/// <param name="MinQualityHundredths">Entries of less quality are not.</param>
/// <param name="AllowsDuplicates">Whether entries are that have language, headword, pos and definition of another one of their source.</param>
public sealed record EntryPolicy(int MinQualityHundredths = 50, bool AllowsDuplicates = false);
