namespace FastIngest.Sinks;

/// <summary>
/// Where rows go. A sink is a small state machine: <see cref="OpenAsync"/>, any number of <see cref="WriteAsync"/>, then
/// <see cref="CompleteAsync"/>, which makes everything visible at once. Disposing a sink that was not completed aborts it:
/// the target is left as it was. Calls never overlap. Faults the user can act on are <see cref="IngestException"/>s.
/// </summary>
/// <typeparam name="TRun">What it may record about a run at its start.</typeparam>
/// <typeparam name="TBatch">Rows.</typeparam>
/// <typeparam name="TFigures">What it may record about a run at its end.</typeparam>
/// <typeparam name="TResult">What it says it did.</typeparam>
public interface ISink<TRun, TBatch, TFigures, TResult> : IAsyncDisposable
{
    /// <summary>The target as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <summary>Checks the target and gets ready; fails early, before any input is read.</summary>
    ValueTask OpenAsync(TRun run, CancellationToken cancellationToken);

    /// <summary>Takes rows in their order. The batch belongs to the caller again when the task ends.</summary>
    ValueTask WriteAsync(TBatch batch, CancellationToken cancellationToken);

    /// <summary>Makes the rows visible and records the run.</summary>
    ValueTask<TResult> CompleteAsync(TFigures figures, CancellationToken cancellationToken);

    /// <summary>
    /// Asks, after a call failed, whether the fault passes by itself. If so the sink waits for as long as is wise and is
    /// then as before <see cref="OpenAsync"/>; it must be given the whole run again, under the same id.
    /// </summary>
    ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken) => ValueTask.FromResult(false);
}

/// <summary>What any sink may record about a run at its start.</summary>
/// <param name="RunId">UUID version 7 of the run.</param>
/// <param name="Started">UTC.</param>
/// <param name="Files">The input files, in reading order.</param>
public record RunHead(Guid RunId, DateTime Started, IReadOnlyList<RunFile> Files);

/// <param name="Path">As given by the user.</param>
/// <param name="Kind">What the file holds, in a word.</param>
/// <param name="Bytes">Size at opening.</param>
public record RunFile(string Path, string Kind, long Bytes);
