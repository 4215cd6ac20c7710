using System.Text.RegularExpressions;
using FastIngest.Health;

namespace FastIngest.Pipeline.HealthData;

/// <summary>Finds the field that an unknown name probably means.</summary>
internal static partial class FieldSuggestion
{
    /// <summary>Returns the known field of a category whose name is near, or is a part of the unknown name; null when there is none.</summary>
    public static string? For(Category category, string name)
    {
        RecordSchema schema = RecordSchema.Of(category);
        string[] known = [.. Enumerable.Range(0, schema.Names.Count).Select(schema.Names.NameAt)];

        // heartRateAvg, Heart-Rate-Avg and "heart rate avg" mean heart_rate_avg.
        string words = Separator().Replace(WordStart().Replace(name, "$1_$2"), "_").ToLowerInvariant();
        return known.FirstOrDefault(k => k == words)
            ?? known.Where(k => $"_{words}_".Contains($"_{k}_", StringComparison.Ordinal)).MaxBy(k => k.Length)
            ?? Suggestion.For(words, known);
    }

    [GeneratedRegex("([a-z0-9])([A-Z])")]
    private static partial Regex WordStart();

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex Separator();
}
