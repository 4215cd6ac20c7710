namespace FastIngest.Stored;

/// <summary>A run that is recorded in the database.</summary>
/// <param name="RunId">The id of the run.</param>
/// <param name="Started">When it started, in UTC.</param>
/// <param name="Finished">When it finished, in UTC; null if the database does not say.</param>
/// <param name="Files">The number of input files.</param>
/// <param name="Bytes">The sizes of the input files, added up.</param>
/// <param name="Records">Records read.</param>
/// <param name="Aggregated">Records that are part of rows.</param>
/// <param name="Rejected">Records that were rejected.</param>
/// <param name="Rows">Rows produced.</param>
public sealed record StoredRun(
    string RunId, DateTime Started, DateTime? Finished, long Files, long Bytes, long Records, long Aggregated, long Rejected, long Rows);
