using System.Runtime.ExceptionServices;
using FastIngest.Sinks;
using FastIngest.Sinks.Records;

namespace FastIngest.Pipeline.Runs;

/// <summary>One sink of a run and its outcome. A failed sink receives no more rows; the other sinks are not affected.</summary>
internal sealed class SinkLane<TRun, TBatch, TFigures, TResult>(ISink<TRun, TBatch, TFigures, TResult> sink)
{
    public ISink<TRun, TBatch, TFigures, TResult> Sink => sink;

    /// <summary>The format in which the sink stores records; null when it stores none.</summary>
    public IRecordFormat? RecordFormat => (sink as IRecordSink)?.RecordFormat;

    /// <summary>Why the sink failed; null if it has not failed.</summary>
    public ExceptionDispatchInfo? Fault { get; private set; }

    /// <summary>The results of the sink; set when it is complete.</summary>
    public TResult? Result { get; private set; }

    /// <summary>Opens the sink. If the sink cannot be opened, the run ends before any input is read.</summary>
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

    /// <summary>Passes rows to the sink; waits until the sink has written them or failed.</summary>
    public void Write(TBatch batch, CancellationToken cancellationToken) =>
        Wait(() => sink.WriteAsync(batch, cancellationToken), cancellationToken);

    /// <summary>Passes the records of a chunk to the sink; waits until the sink has written them or failed.</summary>
    /// <param name="batch">The records, in <see cref="RecordFormat"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public void WriteRecords(RecordBatch batch, CancellationToken cancellationToken) =>
        Wait(() => ((IRecordSink)sink).WriteRecordsAsync(batch, cancellationToken), cancellationToken);

    /// <summary>Takes stored records into the run, see <see cref="IRecordSink.TakeStoredAsync"/>; waits until that is done or the sink failed.</summary>
    public void TakeStored(StoredRecordReceiver receive, CancellationToken cancellationToken)
    {
        if (sink is IRecordSink { RecordFormat: not null } records)
        {
            Wait(() => records.TakeStoredAsync(receive, cancellationToken), cancellationToken);
        }
    }

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
    /// Reopens the sinks with a transient fault, such as a server restart, and returns them for another pass over the whole
    /// input. The input is still available, and reading it is the smaller part of the work.
    /// </summary>
    /// <param name="lanes">The lanes that took part in the pass.</param>
    /// <param name="run">The data that the sinks may record about the run.</param>
    /// <param name="warnings">Receives the fault of each reopened sink.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<IReadOnlyList<SinkLane<TRun, TBatch, TFigures, TResult>>> StartOverAsync(
        IEnumerable<SinkLane<TRun, TBatch, TFigures, TResult>> lanes, TRun run, List<string> warnings, CancellationToken cancellationToken)
    {
        List<SinkLane<TRun, TBatch, TFigures, TResult>> reopened = [];
        foreach (SinkLane<TRun, TBatch, TFigures, TResult> lane in lanes.Where(l => l.Fault is not null))
        {
            string reason = lane.Fault!.SourceException.Message;
            if (await lane.TryStartOverAsync(run, cancellationToken).ConfigureAwait(false))
            {
                reopened.Add(lane);
                warnings.Add($"The run was restarted for {lane.Sink.DisplayName} after a fault: {reason}");
            }
        }

        return reopened;
    }

    /// <summary>Whether the failed sink can receive the run once more; the sink is then open.</summary>
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
