namespace FastIngest.Pipeline.Runs;

/// <summary>Operations on all lanes that take part in a pass.</summary>
internal static class SinkLanes
{
    public static bool HaveAllFailed<TRun, TBatch, TFigures, TResult>(this IReadOnlyList<SinkLane<TRun, TBatch, TFigures, TResult>> lanes) =>
        lanes.Count > 0 && lanes.All(l => l.Fault is not null);

    /// <summary>Ends a pass when every lane has failed.</summary>
    /// <exception cref="Exception">The fault of the only lane.</exception>
    /// <exception cref="AggregateException">The faults of several lanes, in their order.</exception>
    public static void ThrowIfNoneIsLeft<TRun, TBatch, TFigures, TResult>(this IReadOnlyList<SinkLane<TRun, TBatch, TFigures, TResult>> lanes)
    {
        if (!lanes.HaveAllFailed())
        {
            return;
        }

        if (lanes.Count == 1)
        {
            lanes[0].Fault!.Throw();
        }

        throw new AggregateException(lanes.Select(l => l.Fault!.SourceException));
    }

    /// <summary>Passes rows to the sinks, one after another.</summary>
    public static void Write<TRun, TBatch, TFigures, TResult>(
        this IReadOnlyList<SinkLane<TRun, TBatch, TFigures, TResult>> lanes, TBatch batch, CancellationToken cancellationToken)
    {
        foreach (SinkLane<TRun, TBatch, TFigures, TResult> lane in lanes)
        {
            lane.Write(batch, cancellationToken);
        }

        lanes.ThrowIfNoneIsLeft();
    }
}
