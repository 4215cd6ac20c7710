using System.Text;
using System.Text.Json;
using FastIngest.Json;
using FastIngest.Pipeline.HealthData;
using HealthIngestion.Formatting;

namespace HealthIngestion.Report;

/// <summary>The closing sentences and figures about the exports of other programs.</summary>
internal static class ExportWords
{
    /// <summary>The most files and kinds that are shown; <c>--stats-json</c> has all of them.</summary>
    private const int MaxShown = 10;

    public static IEnumerable<string> Sentences(IngestReport report)
    {
        foreach (ExportFile file in report.Exports.Take(MaxShown))
        {
            yield return $"read {file.Path}: {file.Dialect}, {Figures.Bytes(file.Bytes)}";
        }

        if (report.Exports.Count > MaxShown)
        {
            string more = string.Join(", ", report.Exports.Skip(MaxShown).GroupBy(f => f.Dialect, StringComparer.Ordinal).Select(g => $"{Figures.Count(g.Count())} {g.Key}"));
            yield return $"read {Figures.Count(report.Exports.Count - MaxShown, "more file")} of exports: {more}";
        }

        if (report.PassedOver.Count > 0)
        {
            string kinds = string.Join(", ", report.PassedOver.OrderByDescending(k => k.Count).Take(MaxShown).Select(k => $"{Encoding.UTF8.GetString(k.Name)} {Figures.Count(k.Count)}"));
            yield return $"passed over, because a day has no place for it: {kinds}" + (report.PassedOver.Count > MaxShown ? $", and {Figures.Count(report.PassedOver.Count - MaxShown, "more kind")}" : "");
        }

        if (report.LeftOut > 0)
        {
            yield return $"left out: {Figures.Count(report.LeftOut, "sample")} of sources that report what another source of the same day reports; see --sources";
        }
    }

    public static void Write(Utf8JsonWriter json, IngestReport report)
    {
        if (report.Exports.Count == 0)
        {
            return;
        }

        StatsFile.WriteObjects(json, "exports", report.Exports, file =>
        {
            json.WriteString("path", file.Path);
            json.WriteString("dialect", file.Dialect);
            json.WriteNumber("bytes", file.Bytes);
        });
        StatsFile.WriteObjects(json, "passed_over", report.PassedOver, (NameCount kind) =>
        {
            json.WriteString("kind", Encoding.UTF8.GetString(kind.Name));
            json.WriteNumber("records", kind.Count);
        });
        json.WriteNumber("left_out", report.LeftOut);
    }
}
