
namespace FastIngest.Delivery;

/// <summary>Runs one stage of a delivery. Its workers take batches from one queue and add the processed summaries to the next queue.</summary>
internal sealed class StageRun(ISummaryStage stage, BatchQueue input, BatchQueue output, DeliveryMarks marks)
{
    /// <summary>After this many consecutive batches that failed as a whole, the stage counts as broken.</summary>
    private const int FailuresMax = 16;

    private int _failuresInARow, _working = stage.Concurrency;

    /// <summary>The number of workers; the caller starts <see cref="WorkAsync"/> this many times.</summary>
    public int Workers => stage.Concurrency;

    /// <summary>Processes batches until the input queue is complete. The last worker to end completes the output queue.</summary>
    /// <param name="halt">Called with the reason when nothing more should be processed.</param>
    /// <param name="stop">Ends the work; summaries that were not passed on by then stay undelivered.</param>
    public async Task WorkAsync(Action<string> halt, CancellationToken stop)
    {
        try
        {
            do
            {
                while (!stop.IsCancellationRequested && input.TryTake(out ReadOnlyMemory<PendingSummary> batch))
                {
                    await PassAsync(batch, halt, stop).ConfigureAwait(false);
                }
            }
            while (await input.WaitAsync(stop).ConfigureAwait(false));
        }
        finally
        {
            if (Interlocked.Decrement(ref _working) == 0)
            {
                output.Complete();
            }
        }
    }

    private async ValueTask PassAsync(ReadOnlyMemory<PendingSummary> batch, Action<string> halt, CancellationToken stop)
    {
        ReadOnlyMemory<PendingSummary> pending = batch;
        try
        {
            await ProcessAsync(batch, halt, stop).ConfigureAwait(false);
            pending = await SettleAsync(batch).ConfigureAwait(false);
            if (!pending.IsEmpty)
            {
                await output.AddAsync(pending, stop).ConfigureAwait(false);
            }
        }
        catch
        {
            foreach (PendingSummary summary in pending.Span)
            {
                summary.FreeContent();
            }

            throw;
        }
    }

    private async ValueTask ProcessAsync(ReadOnlyMemory<PendingSummary> batch, Action<string> halt, CancellationToken stop)
    {
        try
        {
            await stage.ProcessAsync(batch, stop).ConfigureAwait(false);
            Volatile.Write(ref _failuresInARow, 0);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            string reason = $"{stage.Name}: {FaultText.OneLine(e.Message)}";
            foreach (PendingSummary summary in batch.Span)
            {
                if (summary.State == DeliveryState.Pending)
                {
                    summary.FailStage(reason);
                }
            }

            if (Interlocked.Increment(ref _failuresInARow) == FailuresMax)
            {
                halt($"the last {FailuresMax} batches failed before they were sent: {reason}");
            }
        }
    }

    /// <summary>Passes the summaries that have an outcome to the marks; returns the pending ones.</summary>
    private async ValueTask<ReadOnlyMemory<PendingSummary>> SettleAsync(ReadOnlyMemory<PendingSummary> batch)
    {
        int pendingCount = 0;
        foreach (PendingSummary summary in batch.Span)
        {
            pendingCount += summary.State == DeliveryState.Pending ? 1 : 0;
        }

        if (pendingCount == batch.Length)
        {
            return batch;
        }

        PendingSummary[] pending = new PendingSummary[pendingCount];
        ValueTask room = ValueTask.CompletedTask;
        for (int i = 0, next = 0; i < batch.Length; i++)
        {
            PendingSummary summary = batch.Span[i];
            if (summary.State == DeliveryState.Pending)
            {
                pending[next++] = summary;
            }
            else
            {
                room = marks.AddAsync(summary);
            }
        }

        await room.ConfigureAwait(false);
        return pending;
    }
}
