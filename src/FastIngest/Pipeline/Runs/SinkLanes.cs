namespace FastIngest.Pipeline.Runs;

/// <summary>The lanes that take part in a pass.</summary>
internal static class SinkLanes
{
    public static bool HaveAllFailed<TRun, TBatch, TFigures, TResult>(this IReadOnlyList<SinkLane<TRun, TBatch, TFigures, TResult>> lanes) =>
        lanes.Count > 0 && lanes.All(l => l.Fault is not null);

    /// <summary>Ends a pass that nobody would get anything of.</summary>
    public static void ThrowIfNoneIsLeft<TRun, TBatch, TFigures, TResult>(this IReadOnlyList<SinkLane<TRun, TBatch, TFigures, TResult>> lanes)
    {
        if (lanes.HaveAllFailed())
        {
            lanes[0].Fault!.Throw();
        }
    }

    /// <summary>Hands rows to one sink after another.</summary>
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
