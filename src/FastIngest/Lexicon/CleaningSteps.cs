using FastIngest.Lexicon.Cleaners;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon;

/// <summary>One step in the cleaning of a column.</summary>
/// <param name="Name">The cleaner's name.</param>
/// <param name="Version">The cleaner's version.</param>
/// <param name="Clean">The cleaner, <see cref="ICleaner.Clean"/>.</param>
internal sealed record CleaningStep(string Name, int Version, Func<ReadOnlySpan<byte>, TextBuffer, bool> Clean)
{
    public static CleaningStep Of<T>()
        where T : ICleaner => new(T.Name, T.Version, T.Clean);
}

/// <summary>The cleaners of each column, in the order of their application.</summary>
internal static class CleaningSteps
{
    private static readonly CleaningStep[][] Table =
    [
        .. Enum.GetValues<EntryColumn>().Select(CleaningStep[] (column) => column switch
        {
            EntryColumn.Headword => [CleaningStep.Of<RemoveHeadwordMarkup>(), CleaningStep.Of<Normalize>(), CleaningStep.Of<CollapseWhiteSpace>()],
            EntryColumn.HeadwordKey => [CleaningStep.Of<Lowercase>()],
            EntryColumn.Language => [CleaningStep.Of<Trim>(), CleaningStep.Of<Lowercase>(), CleaningStep.Of<LanguageNames>()],
            EntryColumn.Pos => [CleaningStep.Of<Trim>()],
            EntryColumn.Ipa => [CleaningStep.Of<RemoveIpaDelimiters>(), CleaningStep.Of<Normalize>(), CleaningStep.Of<CollapseWhiteSpace>()],
            _ => [CleaningStep.Of<RemoveReferences>(), CleaningStep.Of<RemoveMarkup>(), CleaningStep.Of<Normalize>(), CleaningStep.Of<CollapseWhiteSpace>()],
        }),
    ];

    public static ReadOnlySpan<CleaningStep> Of(EntryColumn column) => Table[(int)column];
}
