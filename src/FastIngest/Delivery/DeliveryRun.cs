using System.Diagnostics;
using System.Text;

namespace FastIngest.Delivery;

/// <summary>
/// Runs one delivery.
/// <code>
///           read a page                     one request per worker                  mark in batches
/// database ────────────► pages (bounded) ═══════════════════════► settled (bounded) ────────────────► database
///
///     with stages, each stage has its own workers and its own output pages:
///                        pages (bounded) ═══ stage ═══► pages (bounded) ═══ …
/// </code>
/// A slow API or a slow stage slows down the reading, so that memory stays bounded. Reading and marking take turns at the database.
/// </summary>
internal sealed class DeliveryRun : IDisposable
{
    /// <summary>How long running requests may continue after the run is stopped.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private const int ReasonsShown = 20;

    private readonly IOutbox _outbox;
    private readonly ISummaryApi _api;
    private readonly DeliveryOptions _options;
    private readonly IDeliveryProgress? _progress;
    private readonly SemaphoreSlim _database = new(1);
    private readonly DeliveryMarks _marks;

    /// <summary>Reading fills the first queue, the senders empty the last one, and one stage runs between two neighbours.</summary>
    private readonly BatchQueue[] _queues;
    private readonly StageRun[] _stages;
    private long _examined, _filtered, _withoutVector;
    private string? _firstWithoutVector;
    private string? _problem;

    public DeliveryRun(IOutbox outbox, ISummaryApi api, DeliveryOptions options, IDeliveryProgress? progress)
    {
        _outbox = outbox;
        _api = api;
        _options = options;
        _progress = progress;
        _marks = new DeliveryMarks(outbox, _database, api.DisplayName, progress);
        _queues = [.. options.Stages.Select(s => s.BatchSize).Append(api.BatchSize).Select(size => new BatchQueue(size))];
        _stages = [.. options.Stages.Select((stage, i) => new StageRun(stage, _queues[i], _queues[i + 1], _marks))];
    }

    public async Task<DeliveryReport> RunAsync(CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        await _outbox.OpenAsync(_api.RecordName, _options.RetryRejected, cancellationToken).ConfigureAwait(false);
        _progress?.Started(_api.DisplayName, _outbox.Total);
        _problem = await _api.PrepareAsync(_options.WaitForApi, cancellationToken).ConfigureAwait(false);

        using CancellationTokenSource soft = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using CancellationTokenSource hard = new();
        using CancellationTokenRegistration grace = soft.Token.Register(() => hard.CancelAfter(Grace));
        StopTokens stop = new(soft.Token, hard.Token);
        if (_problem is not null)
        {
            await soft.CancelAsync().ConfigureAwait(false);
        }

        Task marking = GuardAsync(() => _marks.RunAsync(problem => Halt(problem, soft)), soft);
        Task reading = GuardAsync(() => ReadAllAsync(cancellationToken), soft);
        Task[] working =
        [
            .. _stages.SelectMany(stage => Enumerable.Range(0, stage.Workers).Select(_ => GuardAsync(() => stage.WorkAsync(problem => Halt(problem, soft), soft.Token), soft))),
            .. Enumerable.Range(0, _options.Concurrency).Select(_ => GuardAsync(() => SendAllAsync(stop, problem => Halt(problem, soft)), soft)),
        ];
        await Task.WhenAll(working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _marks.Complete();

        // After the workers have ended, nothing else empties the queues.
        foreach (BatchQueue queue in _queues)
        {
            await queue.DrainAsync().ConfigureAwait(false);
        }

        await Task.WhenAll([marking, reading, .. working]).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return await ReportAsync(started, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _marks.Dispose();
        _database.Dispose();
    }

    /// <summary>Runs one part of the delivery. If the part fails, the other parts are stopped.</summary>
    private static async Task GuardAsync(Func<Task> part, CancellationTokenSource stop)
    {
        try
        {
            await Task.Run(part).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads all pages, even after sending has stopped, so that the report can count the summaries that are left.</summary>
    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        List<PendingSummary> page = [];
        try
        {
            while (true)
            {
                page.Clear();
                await _database.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    if (!await _outbox.ReadAsync(page, cancellationToken).ConfigureAwait(false))
                    {
                        return;
                    }
                }
                finally
                {
                    _database.Release();
                }

                int selected = Select(page);
                ReportSkipped(page.Count);
                page.RemoveRange(selected, page.Count - selected);
                if (selected == 0)
                {
                    continue;
                }

                await _queues[0].AddAsync(page.ToArray(), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _queues[0].Complete();
        }
    }

    /// <summary>Moves the summaries that are to be sent to the front of a page; returns their number.</summary>
    private int Select(List<PendingSummary> page)
    {
        if (_options.Selection is null && _options.Vectors is null)
        {
            return page.Count;
        }

        int selected = 0;
        for (int i = 0; i < page.Count; i++)
        {
            PendingSummary summary = page[i];
            if (IsToBeSent(summary))
            {
                page[selected++] = summary;
            }
            else
            {
                summary.FreeContent();
            }
        }

        return selected;
    }

    private bool IsToBeSent(PendingSummary summary)
    {
        if (_options.Selection is { } selection && !selection.Takes(summary.UserId, summary.Day))
        {
            _filtered++;
            return false;
        }

        if (_options.Vectors is not null && summary.Vector.IsEmpty)
        {
            _firstWithoutVector ??= $"{Encoding.UTF8.GetString(summary.UserId)} {DateOnly.FromDayNumber(summary.Day):O}";
            _withoutVector++;
            return false;
        }

        return true;
    }

    private async Task SendAllAsync(StopTokens stop, Action<string> halt)
    {
        using ISummarySender sender = _api.CreateSender();
        BatchQueue batches = _queues[^1];
        do
        {
            while (Volatile.Read(ref _problem) is null && !stop.Soft.IsCancellationRequested && batches.TryTake(out ReadOnlyMemory<PendingSummary> batch))
            {
                // The outcomes of a batch are marked even if the run was stopped in the middle of the batch.
                try
                {
                    await sender.SendAsync(batch, stop).ConfigureAwait(false);
                }
                finally
                {
                    await SettleAsync(batch, halt).ConfigureAwait(false);
                }
            }
        }
        while (_problem is null && await batches.WaitAsync(stop.Soft).ConfigureAwait(false));
    }

    /// <summary>
    /// Passes the outcomes of a batch on to be marked. A response that is not understood stops the delivery here, before this worker
    /// sends anything else: every further response would be of the same kind.
    /// </summary>
    private ValueTask SettleAsync(ReadOnlyMemory<PendingSummary> batch, Action<string> halt)
    {
        ValueTask room = ValueTask.CompletedTask;
        foreach (PendingSummary summary in batch.Span)
        {
            if (summary.State == DeliveryState.Pending)
            {
                summary.FreeContent();
            }
            else
            {
                if (summary.State == DeliveryState.Mismatched)
                {
                    halt($"{_api.DisplayName}: {summary.Error}");
                    summary.State = DeliveryState.Failed;
                }

                room = _marks.AddAsync(summary);
            }
        }

        return room;
    }

    private void Halt(string problem, CancellationTokenSource stop)
    {
        if (_problem is null)
        {
            Volatile.Write(ref _problem, problem);

            // Do not await: a callback of the token may wait for this very thread.
            _ = stop.CancelAsync();
        }
    }

    /// <summary>Reports the summaries that need no delivery as progress, too.</summary>
    private void ReportSkipped(int pending)
    {
        long passed = _outbox.Unchanged + _outbox.StillRejected;
        if (pending > 0 && passed > _examined)
        {
            _progress?.Done(passed - _examined, 0);
            _examined = passed;
        }
    }

    private async ValueTask<DeliveryReport> ReportAsync(long started, CancellationToken cancellationToken)
    {
        long rejected = _outbox.StillRejected + _marks.Rejected;
        RejectionGroups groups = new();
        if (rejected > 0)
        {
            await _outbox.ReadRejectedAsync(groups, cancellationToken).ConfigureAwait(false);
        }

        return new DeliveryReport
        {
            Target = _api.DisplayName,
            From = _outbox.DisplayName,
            Delivered = _marks.Delivered,
            Unchanged = _outbox.Unchanged,
            Rejected = rejected,
            NewlyRejected = _marks.Rejected,
            Filtered = _filtered,
            Left = _outbox.Total - _outbox.Unchanged - rejected - _marks.Delivered - _filtered - _withoutVector,
            Vectors = _outbox.VectorModel is { } model ? new VectorFigures(model.Name, model.Dimensions, _withoutVector, _firstWithoutVector) : null,
            Attempts = _marks.Attempts,
            Elapsed = Stopwatch.GetElapsedTime(started),
            Problem = _problem,
            LastError = _marks.LastError,
            Rejections = groups.Largest(ReasonsShown),
        };
    }
}
