using System.Text;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Pipeline.Map;

namespace FastIngest.Pipeline.HealthData;

/// <summary>What is unusual about a field.</summary>
public enum FindingKind
{
    /// <summary>The field is not read.</summary>
    Unknown,

    /// <summary>The field should hold a number and holds something else, so that it counts as absent.</summary>
    Unreadable,

    /// <summary>The value is outside of the range of <see cref="PlausibleRanges"/>.</summary>
    Implausible,
}

/// <summary>Something unusual about a field of a category, and how many records have it.</summary>
/// <param name="Kind">What is unusual.</param>
/// <param name="Category">The category of the records.</param>
/// <param name="Field">The name of the field; null for all names beyond <see cref="NameCounts.MaxNames"/> together.</param>
/// <param name="Records">The number of records; for names that are counted together, the number of their fields.</param>
/// <param name="IsAllowed">Whether the user expects it.</param>
public sealed record FieldFinding(FindingKind Kind, Category Category, string? Field, long Records, bool IsAllowed)
{
    /// <summary>The known field that the user probably meant by an unknown one; null when none is near.</summary>
    public string? Suggestion { get; init; }

    /// <summary>The first value in file order, as written, cut if it is long; null for an unknown field.</summary>
    public string? Example { get; init; }

    /// <summary>The path of the file with the example.</summary>
    public string? File { get; init; }

    /// <summary>The offset of the record with the example in its file, in bytes.</summary>
    public long Offset { get; init; }

    /// <summary>Whether the finding makes a strict run fail.</summary>
    public bool IsFault => Kind != FindingKind.Implausible && !IsAllowed;

    /// <summary>Returns the findings of a run: by category, then by kind, the most frequent field first.</summary>
    internal static IReadOnlyList<FieldFinding> Of(FieldLog log, IReadOnlyList<string> paths, AllowedFields allowed) =>
    [
        .. Enum.GetValues<Category>().SelectMany(c => (IEnumerable<FieldFinding>)
        [
            .. Of(FindingKind.Unknown, c, log.Of(c).Unknown, paths, allowed),
            .. Of(FindingKind.Unreadable, c, log.Of(c).Unreadable, paths, allowed),
            .. Of(FindingKind.Implausible, c, log.Of(c).Implausible, paths, allowed),
        ]),
    ];

    private static IEnumerable<FieldFinding> Of(FindingKind kind, Category category, NameCounts counts, IReadOnlyList<string> paths, AllowedFields allowed)
    {
        foreach (NameCount count in counts.Sorted().OrderByDescending(n => n.Count))
        {
            string field = Encoding.UTF8.GetString(count.Name);
            yield return new FieldFinding(kind, category, field, count.Count, kind == FindingKind.Unknown ? allowed.MayBeUnknown(category, field) : allowed.Names(category, field))
            {
                Suggestion = kind == FindingKind.Unknown ? FieldSuggestion.For(category, field) : null,
                Example = kind == FindingKind.Unknown ? null : Encoding.UTF8.GetString(count.Example),
                File = kind == FindingKind.Unknown ? null : paths[count.File],
                Offset = kind == FindingKind.Unknown ? 0 : count.Offset,
            };
        }

        if (counts.Others > 0)
        {
            yield return new FieldFinding(kind, category, null, counts.Others, kind == FindingKind.Unknown && allowed.MayBeUnknown(category, null));
        }
    }
}
