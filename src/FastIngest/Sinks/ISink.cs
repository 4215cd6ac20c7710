namespace FastIngest.Sinks;

/// <summary>
/// A target that receives rows. A sink is a small state machine: <see cref="OpenAsync"/>, any number of
/// <see cref="WriteAsync"/> calls, then <see cref="CompleteAsync"/>, which makes everything visible at once. Disposing a sink
/// before completion aborts it and leaves the target unchanged. Calls never overlap. Faults that the user can fix are
/// <see cref="IngestException"/>s.
/// </summary>
/// <typeparam name="TRun">The data that the sink may record about a run at its start.</typeparam>
/// <typeparam name="TBatch">A batch of rows.</typeparam>
/// <typeparam name="TFigures">The data that the sink may record about a run at its end.</typeparam>
/// <typeparam name="TResult">The results that the sink reports.</typeparam>
public interface ISink<TRun, TBatch, TFigures, TResult> : IAsyncDisposable
{
    /// <summary>The target as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <summary>Checks and prepares the target. It fails early, before any input is read.</summary>
    ValueTask OpenAsync(TRun run, CancellationToken cancellationToken);

    /// <summary>Receives rows in order. The caller may reuse the batch when the task has completed.</summary>
    ValueTask WriteAsync(TBatch batch, CancellationToken cancellationToken);

    /// <summary>Makes the rows visible and records the run.</summary>
    ValueTask<TResult> CompleteAsync(TFigures figures, CancellationToken cancellationToken);

    /// <summary>
    /// Called after a call failed; returns whether the fault is transient. If so, the sink waits as long as is sensible and is
    /// then in the same state as before <see cref="OpenAsync"/>; the caller must resend the whole run under the same id.
    /// </summary>
    ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken) => ValueTask.FromResult(false);
}

/// <summary>The data that any sink may record about a run at its start.</summary>
/// <param name="RunId">UUID version 7 of the run.</param>
/// <param name="Started">The start time in UTC.</param>
/// <param name="Files">The input files, in reading order.</param>
public record RunHead(Guid RunId, DateTime Started, IReadOnlyList<RunFile> Files);

/// <param name="Path">The path as the user gave it.</param>
/// <param name="Kind">The content of the file, in one word.</param>
/// <param name="Bytes">The size when the file was opened.</param>
public record RunFile(string Path, string Kind, long Bytes);
