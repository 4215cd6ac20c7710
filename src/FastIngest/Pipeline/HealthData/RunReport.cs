using FastIngest.Health;
using FastIngest.Net;
using FastIngest.Pipeline.Map;
using FastIngest.Pipeline.Runs;
using FastIngest.Sinks;
using FastIngest.Sinks.Summaries;
using FastIngest.Sources;

namespace FastIngest.Pipeline.HealthData;

/// <summary>What a report says of the input files of a run.</summary>
/// <param name="Infos">Each file, in reading order.</param>
/// <param name="Categories">The category of each file.</param>
/// <param name="Exports">The files that are exports of other programs.</param>
/// <param name="Unread">The files under the given paths that are not read.</param>
internal sealed record InputFacts(
    IReadOnlyList<InputFileInfo> Infos, IReadOnlyList<Category> Categories, IReadOnlyList<ExportFile> Exports, IReadOnlyList<UnreadFile> Unread)
{
    /// <summary>Whether any file is an export of another program.</summary>
    public bool HasExports => Exports.Count > 0;
}

/// <summary>What a run has counted, whether one process or many tasks counted it.</summary>
internal sealed record RunTotals
{
    public required IReadOnlyList<CategoryReport> Categories { get; init; }

    public required long Rows { get; init; }

    /// <summary>The number of samples that do not count, because another source counts for their metric and day.</summary>
    public required long LeftOut { get; init; }

    /// <summary>The preferred sources among which no day had to choose; empty when it is not known, because other processes chose.</summary>
    public IReadOnlyList<string> SourcesNotFound { get; init; } = [];

    /// <summary>The number of stamps whose day is that of UTC, because no time zone was chosen.</summary>
    public required long UtcStamps { get; init; }

    /// <summary>Whether records of exports got the user of the run.</summary>
    public required bool HasUnnamedUser { get; init; }

    public required FieldLog Fields { get; init; }

    /// <summary>The values in files that are not read.</summary>
    public required IReadOnlyList<UnreadFile> Unread { get; init; }

    /// <summary>The paths of the files that are cut off.</summary>
    public required IReadOnlyList<string> CutOff { get; init; }

    /// <summary>What the user should know about the rejects file; null for nothing.</summary>
    public required string? RejectsWarning { get; init; }
}

/// <summary>Makes the report of a run from what it counted.</summary>
internal static class RunReport
{
    public static IngestReport Of(
        Guid runId, IngestOptions options, InputFacts input, RunTotals totals, IReadOnlyList<SinkReport<SinkResult>> sinks, TimeSpan elapsed, IEnumerable<string> warnings) => new()
        {
            RunId = runId,
            Categories = totals.Categories,
            Sinks = sinks,
            Filtered = options.Selection is null ? null : totals.Categories.Sum(c => c.Filtered),
            Rows = totals.Rows,
            Elapsed = elapsed,
            LeftOut = totals.LeftOut,
            Exports = input.Exports,
            PassedOver = totals.Fields.Of(Category.Samples).PassedOver.Sorted(),
            Warnings =
            [
                .. input.HasExports ? [] : MissingCategories(options, totals.Categories),
                .. ExportWarnings(options, input, totals),
                .. warnings,
                .. totals.RejectsWarning is { } rejects ? [rejects] : Array.Empty<string>(),
            ],
            Unread = [.. input.Unread, .. totals.Unread],
            Fields = FieldFinding.Of(totals.Fields, [.. input.Infos.Select(i => i.Path)], options.AllowedFields),
            CutOff = totals.CutOff,
            RejectedFiles = RejectedFile.Of(totals.Fields, [.. input.Infos.Select(i => i.Path)], input.Categories),
        };

    /// <summary>Returns the figures of each category.</summary>
    public static List<CategoryReport> Categories(
        InputFacts input, RejectLog rejects, Func<Category, long> records, Func<Category, long> aggregated, Func<Category, long> repeated, Func<Category, long> filtered,
        Func<Category, long> passedOver, Func<Category, long> stored) =>
        [.. Enum.GetValues<Category>().Where(c => c != Category.Samples || input.HasExports).Select(category => new CategoryReport(
            category,
            input.Infos.Count(i => i.Category == category),
            input.Infos.Where(i => i.Category == category).Sum(i => i.Bytes),
            records(category),
            aggregated(category),
            repeated(category),
            rejects.CountsOf(category)) { Filtered = filtered(category), PassedOver = passedOver(category), Stored = stored(category) })];

    /// <summary>
    /// Every record, with the stored ones that were taken into the run, must be part of a row or a profile, repeat a record of another file, be outside the selection, or be rejected. If a sink stores
    /// records, every record that is not rejected must also be passed to that sink, which finds the repeats itself.
    /// </summary>
    /// <param name="categories">The figures of each category.</param>
    /// <param name="recordRows">The number of records passed to sinks that store records, by category; null without such a sink.</param>
    public static IEnumerable<RunBalance> Balances(IReadOnlyList<CategoryReport> categories, IReadOnlyList<long>? recordRows) =>
    [
        .. categories.Select(c => new RunBalance(c.Category.Name(), c.Records + c.Stored, c.Stored == 0 ? "records" : "records, read or stored before", (c.Aggregated, "aggregated"), (c.Repeated, "repeated"), (c.Filtered, "filtered"), (c.PassedOver, "passed over"), (c.Rejected, "rejected"))),
        .. categories.Where(c => recordRows is not null && c.Category != Category.Users)
            .Select(c => new RunBalance(c.Category.Name(), c.Aggregated + c.Repeated, "aggregated or repeated", (recordRows![(int)c.Category], "passed on as records"), (c.Stored, "stored before"))),
    ];

    /// <summary>Returns the figures that sinks record.</summary>
    public static RunFigures Figures(IReadOnlyList<CategoryReport> categories, long rows, bool countsByCategory) =>
        new(categories.Sum(c => c.Records - c.Filtered), categories.Sum(c => c.Aggregated + c.Repeated - c.Stored), categories.Sum(c => c.Rejected), rows)
        {
            AggregatedByCategory = !countsByCategory ? null : [.. Enum.GetValues<Category>().Select(category => categories.FirstOrDefault(c => c.Category == category)?.Aggregated ?? 0)],
        };

    /// <summary>Returns a warning that names the categories without a file or a record; none when the user named only files.</summary>
    private static IEnumerable<string> MissingCategories(IngestOptions options, IReadOnlyList<CategoryReport> categories)
    {
        string[] missing = [.. categories.Where(c => c is { Files: 0, Records: 0 }).Select(c => c.Category.Name())];
        if (missing.Length > 0 && options.Paths.Any(p => Directory.Exists(p) || RemotePath.IsFolder(p) || ZipArchives.IsName(p)))
        {
            yield return $"No file for {string.Join(", ", missing)} ({missing[0]}*{string.Join(", ", HealthFileNames.Endings)}): {(missing.Length == 1 ? "its" : "their")} columns stay empty.";
        }
    }

    /// <summary>Returns warnings about choices that the run made for exports of other programs.</summary>
    private static IEnumerable<string> ExportWarnings(IngestOptions options, InputFacts input, RunTotals totals)
    {
        if (input.HasExports && options is { UserId: null, UserFolder: 0 } && totals.HasUnnamedUser)
        {
            yield return $"Exports that name no person are stored as user {HealthInput.UnnamedUser}; --user-id gives another name.";
        }

        if (totals.LeftOut > 0 && totals.SourcesNotFound is { Count: > 0 } unknown)
        {
            yield return $"--sources prefers {string.Join(", ", unknown)}, but no source that reports what another one reports has {(unknown.Count == 1 ? "this name" : "these names")}; names are those of the export, with capital and small letters.";
        }

        if (totals.UtcStamps > 0)
        {
            string stamps = totals.UtcStamps == 1 ? "1 stamp is in UTC, so that its day is that of UTC" : $"{totals.UtcStamps} stamps are in UTC, so that their days are those of UTC";
            yield return $"{stamps}; --time-zone, such as --time-zone Europe/Berlin, makes {(totals.UtcStamps == 1 ? "it a local day" : "them local days")}.";
        }
    }
}
