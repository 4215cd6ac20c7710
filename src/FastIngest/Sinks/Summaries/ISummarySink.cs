using FastIngest.Health;

namespace FastIngest.Sinks.Summaries;

/// <summary>A sink of daily summaries, in (user_id, date) order; see <see cref="ISink{TRun, TBatch, TFigures, TResult}"/>.</summary>
public interface ISummarySink : ISink<SinkRun, SummaryBatch, RunFigures, SinkResult>;

/// <summary>The data that a sink may record about a run at its start.</summary>
/// <param name="RunId">UUID version 7 of the run.</param>
/// <param name="Started">The start time in UTC.</param>
/// <param name="Files">The input files, in reading order.</param>
public sealed record SinkRun(Guid RunId, DateTime Started, IReadOnlyList<RunFile> Files) : RunHead(RunId, Started, Files);

/// <param name="Path">The path as the user gave it.</param>
/// <param name="Category">The category of the file.</param>
/// <param name="Kind">The name of the category or, for an export of another program, of its dialect.</param>
/// <param name="Bytes">The size when the file was opened.</param>
public sealed record InputFileInfo(string Path, Category Category, string Kind, long Bytes) : RunFile(Path, Kind, Bytes)
{
    public InputFileInfo(string path, Category category, long bytes)
        : this(path, category, category.Name(), bytes)
    {
    }
}

/// <summary>The data that a sink may record about a run at its end.</summary>
/// <param name="Records">Records read, in all categories.</param>
/// <param name="Aggregated">Records that are part of the rows.</param>
/// <param name="Rejected">Records in the rejects file.</param>
/// <param name="Rows">Daily summaries produced.</param>
public sealed record RunFigures(long Records, long Aggregated, long Rejected, long Rows)
{
    /// <summary>Records that are part of the rows, by category, without repeats; null if they are not counted by category.</summary>
    public IReadOnlyList<long>? AggregatedByCategory { get; init; }

    /// <summary>Compares the stored records of each category with those that are part of the rows.</summary>
    /// <exception cref="IngestException">Some are missing, or there are too many.</exception>
    public void Check(IReadOnlyList<RecordTableResult> tables)
    {
        foreach (RecordTableResult table in AggregatedByCategory is null ? [] : tables)
        {
            new RunBalance(table.Table, AggregatedByCategory![(int)table.Category], "aggregated", (table.Rows, "stored")).Check();
        }
    }
}

/// <param name="Rows">Rows passed to the sink.</param>
/// <param name="Inserted">Rows whose key was not stored before.</param>
/// <param name="Updated">Rows that changed.</param>
/// <param name="Unchanged">Rows that were already stored in the same form.</param>
/// <param name="Refreshed">
/// Stored rows of other days whose first sentence was updated because this run changed the profile; not part of <paramref name="Rows"/>.
/// </param>
/// <param name="RemovedNuls">Characters U+0000 that were removed from texts because the target cannot store them.</param>
public sealed record SinkResult(long Rows, long Inserted, long Updated, long Unchanged, long Refreshed = 0, long RemovedNuls = 0)
{
    /// <summary>
    /// Stored days for which the run had fewer readings of a category than were stored; the run's <see cref="OnFewer"/> says what
    /// happened to them.
    /// </summary>
    public long PoorerDays { get; init; }

    /// <summary>Whether the target did not exist and was not created, because the run has nothing to store.</summary>
    public bool IsAbsent { get; init; }

    /// <summary>The results for the stored records, one per table; empty when the sink did not receive records.</summary>
    public IReadOnlyList<RecordTableResult> Tables { get; init; } = [];
}

/// <param name="Table">The name of the table.</param>
/// <param name="Category">The category of its records.</param>
/// <param name="Rows">Rows passed to the sink, without those that repeat a record of another file.</param>
/// <param name="Replaced">Rows of earlier runs that were deleted and replaced.</param>
/// <param name="Unchanged">Rows of days that were already stored in the same form.</param>
/// <param name="Bytes">Bytes sent.</param>
public sealed record RecordTableResult(string Table, Category Category, long Rows, long Replaced, long Unchanged, long Bytes)
{
    /// <summary>Rows of days whose stored records stay, see <see cref="OnFewer.Keep"/>; not part of <see cref="Unchanged"/>.</summary>
    public long Kept { get; init; }
}
