using FastIngest.Pipeline.HealthData;
using HealthIngestion.Formatting;

namespace HealthIngestion.Report;

/// <summary>Says why a strict run ends with the exit code of rejects.</summary>
internal static class StrictWords
{
    /// <summary>Returns a phrase for each kind of finding that <c>--strict</c> does not accept; empty when the run is clean.</summary>
    public static IEnumerable<string> Of(IngestReport report)
    {
        if (report.Rejected > 0)
        {
            yield return $"{Figures.Count(report.Rejected, "record")} {WereOrWas(report.Rejected)} rejected";
        }

        long unread = report.Unread.Count(u => u.IsExpected);
        if (unread > 0)
        {
            yield return $"{Figures.Count(unread, "file or part of a file", "files or parts of files")} {WereOrWas(unread)} not read";
        }

        long unknown = report.Fields.Count(f => f is { IsFault: true, Kind: FindingKind.Unknown });
        if (unknown > 0)
        {
            yield return $"{Figures.Count(unknown, "field")} {WereOrWas(unknown)} not read";
        }

        long unreadable = report.Fields.Count(f => f is { IsFault: true, Kind: FindingKind.Unreadable });
        if (unreadable > 0)
        {
            yield return $"{Figures.Count(unreadable, "field")} had values that are not numbers";
        }
    }

    private static string WereOrWas(long count) => count == 1 ? "was" : "were";
}
