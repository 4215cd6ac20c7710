using FastIngest.Health;
using FastIngest.Pipeline.Map;

namespace FastIngest.Pipeline.HealthData;

/// <summary>A file all of whose records were rejected.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Category">The category of its records.</param>
/// <param name="Records">The number of its records, at least 1.</param>
/// <param name="Reason">The most frequent reason.</param>
public sealed record RejectedFile(string Path, Category Category, long Records, RejectReason Reason)
{
    /// <summary>Returns the files all of whose records were rejected, in reading order.</summary>
    internal static IReadOnlyList<RejectedFile> Of(FieldLog log, IReadOnlyList<string> paths, IReadOnlyList<Category> categories) =>
    [
        .. paths.Select((path, i) => (Path: path, Category: categories[i], Outcome: log.OutcomeOf(i)))
            .Where(f => f.Outcome.Records > 0 && f.Outcome.RejectedByReason.Sum() == f.Outcome.Records)
            .Select(f => new RejectedFile(
                f.Path, f.Category, f.Outcome.Records, (RejectReason)Array.IndexOf(f.Outcome.RejectedByReason, f.Outcome.RejectedByReason.Max()))),
    ];
}
