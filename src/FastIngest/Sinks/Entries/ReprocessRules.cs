using System.Globalization;
using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>What every store holds to when its entries are brought to today's rules.</summary>
internal static class ReprocessRules
{
    /// <summary>Records between two notes of how far a source is done.</summary>
    public const long RecordsPerNote = 200_000;

    /// <summary>Bytes of changes that are held until they are merged.</summary>
    public const int HeldBytes = 4 << 20;

    /// <summary>The rules by which a source is gone through; an unfinished run by others is none to go on with.</summary>
    public static string Text(EntryPolicy policy) =>
        string.Create(CultureInfo.InvariantCulture, $"{PipelineVersion.Current} {policy.MinQualityHundredths} {policy.AllowsDuplicates}");

    /// <summary>One source, if it is among those that there are, or all.</summary>
    /// <exception cref="IngestException">There is no such source.</exception>
    public static IReadOnlyList<string> Choose(string displayName, IReadOnlyList<string> sources, string? source) =>
        source is null ? sources
        : sources.Contains(source) ? [source]
        : throw new IngestException(
            $"{displayName} has no source {source}.", sources.Count > 0 ? $"It has {string.Join(", ", sources)}." : "Load one with ingest --source ID --file PATH.");

    /// <summary>Holds a run to the balance, and to the entries that there are in the end.</summary>
    /// <exception cref="IngestException">It does not add up.</exception>
    public static void Check(string source, EntryResult result, long entries)
    {
        if (!result.Balances(new EntryFigures(result.Loaded, 0)) || entries != result.Written + result.Unchanged)
        {
            throw new IngestException(
                $"The balance of {source} does not add up: {entries} entries are stored; {result}.",
                "Check that no other program changed the tables meanwhile, then run again; otherwise please report it.");
        }
    }
}
