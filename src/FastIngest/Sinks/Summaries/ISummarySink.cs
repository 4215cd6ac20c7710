using FastIngest.Health;

namespace FastIngest.Sinks.Summaries;

/// <summary>Where daily summaries go, in (user_id, date) order; see <see cref="ISink{TRun, TBatch, TFigures, TResult}"/>.</summary>
public interface ISummarySink : ISink<SinkRun, SummaryBatch, RunFigures, SinkResult>;

/// <summary>What a sink may record about a run at its start.</summary>
/// <param name="RunId">UUID version 7 of the run.</param>
/// <param name="Started">UTC.</param>
/// <param name="Files">The input files, in reading order.</param>
public sealed record SinkRun(Guid RunId, DateTime Started, IReadOnlyList<RunFile> Files) : RunHead(RunId, Started, Files);

/// <param name="Path">As given by the user.</param>
/// <param name="Category">The category its name says.</param>
/// <param name="Bytes">Size at opening.</param>
public sealed record InputFileInfo(string Path, Category Category, long Bytes) : RunFile(Path, Category.Name(), Bytes);

/// <summary>What a sink may record about a run at its end.</summary>
/// <param name="Records">Records read, in all categories.</param>
/// <param name="Aggregated">Records that are part of the rows.</param>
/// <param name="Rejected">Records in the rejects file.</param>
/// <param name="Rows">Daily summaries made.</param>
public sealed record RunFigures(long Records, long Aggregated, long Rejected, long Rows);

/// <param name="Rows">Rows handed to the sink.</param>
/// <param name="Inserted">Rows that were not there before.</param>
/// <param name="Updated">Rows that changed.</param>
/// <param name="Unchanged">Rows that stood there already.</param>
/// <param name="Refreshed">Stored rows of other days whose opening follows a profile that this run changed; not part of <paramref name="Rows"/>.</param>
/// <param name="RemovedNuls">Characters U+0000 that were taken out of texts because the target cannot store them.</param>
public sealed record SinkResult(long Rows, long Inserted, long Updated, long Unchanged, long Refreshed = 0, long RemovedNuls = 0)
{
    /// <summary>What became of the records themselves, a table each; empty unless the sink was asked to take them.</summary>
    public IReadOnlyList<RecordTableResult> Tables { get; init; } = [];
}

/// <param name="Table">Its name.</param>
/// <param name="Category">Whose records it holds.</param>
/// <param name="Rows">Rows handed to the sink.</param>
/// <param name="Replaced">Rows of older runs that were deleted for them.</param>
/// <param name="Unchanged">Rows of days that stood there already, just so.</param>
/// <param name="Bytes">What was sent.</param>
public sealed record RecordTableResult(string Table, Category Category, long Rows, long Replaced, long Unchanged, long Bytes);
