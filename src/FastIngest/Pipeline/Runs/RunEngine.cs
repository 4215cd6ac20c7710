using FastIngest.Sinks;

namespace FastIngest.Pipeline.Runs;

/// <summary>
/// Writes one input to any number of sinks. A failing sink does not stop the other sinks; the run fails when all have failed.
/// <code>
/// 1. open the sinks                    4. verify the balance, publish the rejects
/// 2. begin a pass over the input       5. complete the sinks
/// 3. read it, write to the sinks       6. reopen the sinks with a transient fault, and repeat from 2 only for them
/// </code>
/// </summary>
/// <param name="sinks">The sinks, which the caller disposes; an empty list for a run that only counts.</param>
internal sealed class RunEngine<TRun, TBatch, TFigures, TResult>(IReadOnlyList<ISink<TRun, TBatch, TFigures, TResult>> sinks)
{
    /// <summary>A lane for each sink, in their order.</summary>
    public IReadOnlyList<SinkLane<TRun, TBatch, TFigures, TResult>> Lanes { get; } = [.. sinks.Select(s => new SinkLane<TRun, TBatch, TFigures, TResult>(s))];

    /// <summary>The report of each sink.</summary>
    public IReadOnlyList<SinkReport<TResult>> Reports => [.. Lanes.Select(l => new SinkReport<TResult>(l.Sink.DisplayName, l.Result, l.Fault?.SourceException))];

    /// <summary>Runs until every sink is complete or has failed permanently.</summary>
    /// <param name="run">The data that the sinks may record about the run.</param>
    /// <param name="begin">Begins a pass for some of the lanes; every pass reads the same input.</param>
    /// <param name="warnings">Receives the reason of each further pass.</param>
    /// <param name="cancellationToken">Ends the run without completing any sink.</param>
    /// <returns>The last pass that reached its end; it is already disposed.</returns>
    /// <exception cref="IngestException">The run cannot go on, or its only sink failed.</exception>
    /// <exception cref="AggregateException">Every one of several sinks failed: the fault of each, in their order.</exception>
    public async Task<TPass> RunAsync<TPass>(
        TRun run, Func<IReadOnlyList<SinkLane<TRun, TBatch, TFigures, TResult>>, TPass> begin, List<string> warnings, CancellationToken cancellationToken)
        where TPass : class, IRunPass<TFigures>
    {
        foreach (SinkLane<TRun, TBatch, TFigures, TResult> lane in Lanes)
        {
            await lane.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        }

        TPass? done = null;
        IReadOnlyList<SinkLane<TRun, TBatch, TFigures, TResult>> lanes = Lanes;
        do
        {
            done = await PassAsync(begin, lanes, cancellationToken).ConfigureAwait(false) ?? done;
            lanes = await SinkLane<TRun, TBatch, TFigures, TResult>.StartOverAsync(lanes, run, warnings, cancellationToken).ConfigureAwait(false);
        }
        while (lanes.Count > 0);

        Lanes.ThrowIfNoneIsLeft();
        return done!;
    }

    /// <summary>Runs one pass; returns null when all lanes failed, which ends the reading early.</summary>
    private static async Task<TPass?> PassAsync<TPass>(
        Func<IReadOnlyList<SinkLane<TRun, TBatch, TFigures, TResult>>, TPass> begin,
        IReadOnlyList<SinkLane<TRun, TBatch, TFigures, TResult>> lanes,
        CancellationToken cancellationToken)
        where TPass : class, IRunPass<TFigures>
    {
        using TPass pass = begin(lanes);
        try
        {
            await Task.Factory.StartNew(
                () => pass.Read(cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (Exception) when (lanes.HaveAllFailed())
        {
            return null;
        }

        foreach (RunBalance balance in pass.Balances)
        {
            balance.Check();
        }

        TFigures figures = pass.Complete();
        foreach (SinkLane<TRun, TBatch, TFigures, TResult> lane in lanes)
        {
            await lane.CompleteAsync(figures, cancellationToken).ConfigureAwait(false);
        }

        return pass;
    }
}
