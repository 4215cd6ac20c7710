using System.Diagnostics;

namespace FastIngest.Delivery;

/// <summary>
/// Collects the outcomes of summaries and writes them to the outbox in batches, from one loop. Workers add their summaries
/// and continue immediately, unless too many summaries wait for the next write.
/// </summary>
internal sealed class DeliveryMarks(IOutbox outbox, SemaphoreSlim database, string target, IDeliveryProgress? progress) : IDisposable
{
    /// <summary>
    /// The maximum number of marks in one transaction, and of marks that wait for the next one. Summaries that were delivered
    /// but not marked when the process is killed are sent twice.
    /// </summary>
    private const int MarksMax = 4096;

    /// <summary>The same limit in bytes, for long user ids and errors.</summary>
    private const int BytesMax = 4 << 20;

    private const int MarkEveryMs = 250;
    private const int LookEveryMs = 10;

    /// <summary>After this many consecutive failures, each with all its attempts, the API counts as down.</summary>
    private const int FailuresMax = 16;

    /// <summary>Before the first delivery, this many rejections that may be caused by the URL or the credentials stop the run.</summary>
    private const int TargetRejectionsMax = 64;

    private readonly PeriodicTimer _looks = new(TimeSpan.FromMilliseconds(LookEveryMs));
    private readonly Lock _lock = new();
    private readonly List<PendingSummary> _unmarked = [];
    private readonly List<PendingSummary> _doubtful = [];
    private List<PendingSummary> _settled = [], _spare = [];
    private TaskCompletionSource? _room;
    private long _settledBytes, _unmarkedBytes;
    private int _failuresInARow;
    private bool _isOver;

    /// <summary>Summaries that the API accepted.</summary>
    public long Delivered { get; private set; }

    /// <summary>Summaries that the API rejected permanently.</summary>
    public long Rejected { get; private set; }

    public long Attempts { get; private set; }

    /// <summary>The error of the last summary that was not delivered and remains to be sent.</summary>
    public string? LastError { get; private set; }

    /// <summary>Adds a summary with its state; completes when the next summary may be added.</summary>
    public ValueTask AddAsync(PendingSummary summary)
    {
        summary.FreeContent();
        lock (_lock)
        {
            if (_isOver)
            {
                return ValueTask.CompletedTask;
            }

            _settled.Add(summary);
            _settledBytes += summary.KeptBytes;
            if (_settled.Count < MarksMax && _settledBytes < BytesMax)
            {
                return ValueTask.CompletedTask;
            }

            return new ValueTask((_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task);
        }
    }

    /// <summary>Ends the loop of <see cref="RunAsync"/>: no summary is added afterwards.</summary>
    public void Complete() => Dispose();

    public void Dispose() => _looks.Dispose();

    /// <summary>Writes marks until <see cref="Complete"/> is called, then writes the remaining ones.</summary>
    /// <param name="halt">Called with the reason when nothing more should be sent.</param>
    public async Task RunAsync(Action<string> halt)
    {
        try
        {
            long lastMark = Stopwatch.GetTimestamp();
            while (await _looks.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false))
            {
                Take(halt);
                if (_unmarked.Count >= MarksMax || _unmarkedBytes >= BytesMax || Stopwatch.GetElapsedTime(lastMark).TotalMilliseconds >= MarkEveryMs)
                {
                    await MarkAsync().ConfigureAwait(false);
                    lastMark = Stopwatch.GetTimestamp();
                }
            }

            Take(halt);
            Settle(Delivered > 0 ? DeliveryState.Rejected : DeliveryState.Failed);
            await MarkAsync().ConfigureAwait(false);
        }
        finally
        {
            // Release the waiting workers: nothing makes room for them after this loop.
            TakeSettled(isLast: true);
        }
    }

    /// <summary>Returns the summaries added since the last call; the list is valid until the next call.</summary>
    private List<PendingSummary> TakeSettled(bool isLast = false)
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            _isOver = isLast;
            (_settled, _spare) = (_spare, _settled);
            _settled.Clear();
            _settledBytes = 0;
            (room, _room) = (_room, null);
        }

        room?.SetResult();
        return _spare;
    }

    private void Take(Action<string> halt)
    {
        foreach (PendingSummary summary in TakeSettled())
        {
            Take(summary, halt);
        }
    }

    private void Take(PendingSummary summary, Action<string> halt)
    {
        Attempts += summary.Attempts;
        if (summary.State == DeliveryState.TargetRejected)
        {
            _doubtful.Add(summary);
            if (Delivered == 0)
            {
                if (_doubtful.Count >= TargetRejectionsMax)
                {
                    halt($"{target} rejects every request: {summary.Error}");
                }

                return;
            }
        }
        else
        {
            Count(summary, halt);
        }

        if (Delivered > 0 && _doubtful.Count > 0)
        {
            Settle(DeliveryState.Rejected);
        }
    }

    private void Count(PendingSummary summary, Action<string> halt)
    {
        bool isDelivered = summary.State == DeliveryState.Delivered;
        Add(summary, isDelivered);
        if (summary.State == DeliveryState.StageFailed)
        {
            // The failure of a stage is no evidence that the API is down.
            return;
        }

        if (summary.State != DeliveryState.Failed)
        {
            _failuresInARow = 0;
        }
        else if (++_failuresInARow == FailuresMax)
        {
            halt($"{target} accepted none of the last {FailuresMax} summaries: {summary.Error}");
        }
    }

    /// <summary>Sets the final state of the rejections that may have been caused by the URL or the credentials.</summary>
    private void Settle(DeliveryState state)
    {
        foreach (PendingSummary summary in _doubtful)
        {
            summary.State = state;
            Add(summary, isDelivered: false);
        }

        _doubtful.Clear();
    }

    private void Add(PendingSummary summary, bool isDelivered)
    {
        _unmarked.Add(summary);
        _unmarkedBytes += summary.KeptBytes;
        Delivered += isDelivered ? 1 : 0;
        Rejected += summary.State == DeliveryState.Rejected ? 1 : 0;
        LastError = summary.State is DeliveryState.Failed or DeliveryState.StageFailed ? summary.Error : LastError;
        progress?.Done(1, isDelivered ? 1 : 0);
    }

    private async ValueTask MarkAsync()
    {
        if (_unmarked.Count == 0)
        {
            return;
        }

        await database.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await outbox.MarkAsync(_unmarked, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            database.Release();
        }

        _unmarked.Clear();
        _unmarkedBytes = 0;
    }
}
