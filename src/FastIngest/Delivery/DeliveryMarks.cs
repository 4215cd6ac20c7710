using System.Diagnostics;

namespace FastIngest.Delivery;

/// <summary>
/// Gathers what became of summaries and writes it down in batches, from one loop. Workers hand their summaries in and go
/// on at once, unless so many wait to be marked that memory would grow.
/// </summary>
internal sealed class DeliveryMarks(IOutbox outbox, SemaphoreSlim database, string target, IDeliveryProgress? progress) : IDisposable
{
    /// <summary>Marks in one transaction, and as many may wait for the next; what is not marked when the process is killed is sent twice.</summary>
    private const int MarksMax = 4096;

    /// <summary>The same for long user ids and errors.</summary>
    private const int BytesMax = 4 << 20;

    private const int MarkEveryMs = 250;
    private const int LookEveryMs = 10;

    /// <summary>Failures in a row, each after all its attempts, after which the API is taken to be down.</summary>
    private const int FailuresMax = 16;

    /// <summary>Refusals that may be about the URL or the credentials, before anything was delivered.</summary>
    private const int TargetRefusalsMax = 64;

    private readonly PeriodicTimer _looks = new(TimeSpan.FromMilliseconds(LookEveryMs));
    private readonly Lock _lock = new();
    private readonly List<PendingSummary> _unmarked = [];
    private readonly List<PendingSummary> _doubtful = [];
    private List<PendingSummary> _settled = [], _spare = [];
    private TaskCompletionSource? _room;
    private long _settledBytes, _unmarkedBytes;
    private int _failuresInARow;
    private bool _isOver;

    /// <summary>Summaries that the API took.</summary>
    public long Delivered { get; private set; }

    /// <summary>Summaries that it refused for good.</summary>
    public long Refused { get; private set; }

    public long Attempts { get; private set; }

    /// <summary>Why the last of those that are left was not taken.</summary>
    public string? LastError { get; private set; }

    /// <summary>Hands in a summary with its state; completes when there is room for the next.</summary>
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

    /// <summary>Says that nothing more is handed in.</summary>
    public void Complete() => Dispose();

    public void Dispose() => _looks.Dispose();

    /// <summary>Marks until <see cref="Complete"/> is called, and the rest.</summary>
    /// <param name="halt">Hears why nothing more should be sent.</param>
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
            Settle(Delivered > 0 ? DeliveryState.Refused : DeliveryState.Failed);
            await MarkAsync().ConfigureAwait(false);
        }
        finally
        {
            // Nobody may wait for room that nobody makes.
            TakeSettled(isLast: true);
        }
    }

    /// <summary>All that was handed in since the last time; valid until the next.</summary>
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
        if (summary.State == DeliveryState.TargetRefused)
        {
            _doubtful.Add(summary);
            if (Delivered == 0)
            {
                if (_doubtful.Count >= TargetRefusalsMax)
                {
                    halt($"{target} refuses every request: {summary.Error}");
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
            Settle(DeliveryState.Refused);
        }
    }

    private void Count(PendingSummary summary, Action<string> halt)
    {
        bool isDelivered = summary.State == DeliveryState.Delivered;
        Add(summary, isDelivered);
        if (summary.State == DeliveryState.StageFailed)
        {
            // It says nothing about the API.
            return;
        }

        if (summary.State != DeliveryState.Failed)
        {
            _failuresInARow = 0;
        }
        else if (++_failuresInARow == FailuresMax)
        {
            halt($"{target} took none of the last {FailuresMax} summaries: {summary.Error}");
        }
    }

    /// <summary>Decides on refusals that could have been about the URL or the credentials.</summary>
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
        Refused += summary.State == DeliveryState.Refused ? 1 : 0;
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
