using System.Runtime.ExceptionServices;
using FastIngest.Sinks;
using FastIngest.Sinks.Records;

namespace FastIngest.Pipeline.Runs;

/// <summary>One sink of a run and what became of it. A sink that failed gets no more rows; the others do not notice.</summary>
internal sealed class SinkLane<TRun, TBatch, TFigures, TResult>(ISink<TRun, TBatch, TFigures, TResult> sink)
{
    public ISink<TRun, TBatch, TFigures, TResult> Sink => sink;

    /// <summary>The format in which the sink takes the records as well; null when it takes none.</summary>
    public IRecordFormat? RecordFormat => (sink as IRecordSink)?.RecordFormat;

    /// <summary>Why the sink failed; null while it has not.</summary>
    public ExceptionDispatchInfo? Fault { get; private set; }

    /// <summary>What the sink did, once it is complete.</summary>
    public TResult? Result { get; private set; }

    /// <summary>Opens the sink; one that cannot be opened ends the run before any input is read.</summary>
    public async ValueTask OpenAsync(TRun run, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await sink.OpenAsync(run, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (IngestException e)
            {
                if (!await sink.TryStartOverAsync(e, cancellationToken).ConfigureAwait(false))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Hands rows over; waits until the sink has taken them or failed.</summary>
    public void Write(TBatch batch, CancellationToken cancellationToken) =>
        Wait(() => sink.WriteAsync(batch, cancellationToken), cancellationToken);

    /// <summary>Hands the records of a chunk over; waits until the sink has taken them or failed.</summary>
    /// <param name="batch">The records, in <see cref="RecordFormat"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public void WriteRecords(RecordBatch batch, CancellationToken cancellationToken) =>
        Wait(() => ((IRecordSink)sink).WriteRecordsAsync(batch, cancellationToken), cancellationToken);

    public async ValueTask CompleteAsync(TFigures figures, CancellationToken cancellationToken)
    {
        if (Fault is not null)
        {
            return;
        }

        try
        {
            Result = await sink.CompleteAsync(figures, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Fault = ExceptionDispatchInfo.Capture(e);
        }
    }

    /// <summary>
    /// The sinks whose fault passes by itself, such as a server that restarts, open once more for the whole run: the input
    /// is still there, and reading it is the smaller part of the work.
    /// </summary>
    /// <param name="lanes">Those that took part.</param>
    /// <param name="run">The run.</param>
    /// <param name="warnings">Takes the reason of each.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<IReadOnlyList<SinkLane<TRun, TBatch, TFigures, TResult>>> StartOverAsync(
        IEnumerable<SinkLane<TRun, TBatch, TFigures, TResult>> lanes, TRun run, List<string> warnings, CancellationToken cancellationToken)
    {
        List<SinkLane<TRun, TBatch, TFigures, TResult>> again = [];
        foreach (SinkLane<TRun, TBatch, TFigures, TResult> lane in lanes.Where(l => l.Fault is not null))
        {
            string reason = lane.Fault!.SourceException.Message;
            if (await lane.TryStartOverAsync(run, cancellationToken).ConfigureAwait(false))
            {
                again.Add(lane);
                warnings.Add($"{lane.Sink.DisplayName} was given the run again, because: {reason}");
            }
        }

        return again;
    }

    /// <summary>Whether a sink that failed can be given the run once more; it is then open again.</summary>
    private async ValueTask<bool> TryStartOverAsync(TRun run, CancellationToken cancellationToken)
    {
        if (Fault is null || !await sink.TryStartOverAsync(Fault.SourceException, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        try
        {
            await OpenAsync(run, cancellationToken).ConfigureAwait(false);
            Fault = null;
            return true;
        }
        catch (IngestException e)
        {
            Fault = ExceptionDispatchInfo.Capture(e);
            return false;
        }
    }

    private void Wait(Func<ValueTask> write, CancellationToken cancellationToken)
    {
        if (Fault is not null)
        {
            return;
        }

        try
        {
            ValueTask task = write();
            if (!task.IsCompletedSuccessfully)
            {
                task.AsTask().GetAwaiter().GetResult();
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Fault = ExceptionDispatchInfo.Capture(e);
        }
    }
}
