using System.Diagnostics;
using System.Threading.Channels;

namespace FastIngest.Sinks.Outbox;

/// <summary>
/// One delivery.
/// <code>
///           read a page                      a worker a request                     mark in batches
/// database ────────────► pages (bounded) ═══════════════════════► settled (bounded) ────────────────► database
/// </code>
/// A slow API holds up the reading; nothing grows. Reading and marking take turns at the database.
/// </summary>
internal sealed class DeliveryRun(IOutbox outbox, ISummaryApi api, DeliveryOptions options, IDeliveryProgress? progress) : IDisposable
{
    /// <summary>Marks in one transaction; what is not yet marked when the process is killed is sent twice.</summary>
    private const int MarksMax = 1024;

    private const int MarkEveryMs = 250;
    private const int MarkLookMs = 10;

    /// <summary>Failures in a row, each after all its attempts, after which the API is taken to be down.</summary>
    private const int FailuresMax = 16;

    /// <summary>Refusals that may be about the URL or the credentials, before anything was delivered.</summary>
    private const int TargetRefusalsMax = 64;

    /// <summary>What requests under way get to end when the run is stopped.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private const int RefusalsShown = 20;

    private readonly ParcelQueue _parcels = new(api.ParcelSize);

    private readonly Channel<PendingSummary> _settled = Channel.CreateBounded<PendingSummary>(
        new BoundedChannelOptions(MarksMax) { SingleReader = true });

    private readonly SemaphoreSlim _database = new(1);
    private readonly List<PendingSummary> _unmarked = [];
    private readonly List<PendingSummary> _doubtful = [];
    private long _delivered, _refused, _attempts, _examined;
    private int _failuresInARow;
    private string? _problem, _lastError;

    public async Task<DeliveryReport> RunAsync(CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        await outbox.OpenAsync(api.Target.DisplayName, options.RetryRefused, cancellationToken).ConfigureAwait(false);
        progress?.Started(api.Target.DisplayName, outbox.Total);
        _problem = await api.PrepareAsync(options.WaitForApi, cancellationToken).ConfigureAwait(false);

        using CancellationTokenSource soft = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using CancellationTokenSource hard = new();
        using CancellationTokenRegistration grace = soft.Token.Register(() => hard.CancelAfter(Grace));
        StopTokens stop = new(soft.Token, hard.Token);

        Task marking = GuardAsync(() => MarkAllAsync(soft), soft);
        Task reading = GuardAsync(() => ReadAllAsync(cancellationToken), soft);
        Task[] sending = [.. Enumerable.Range(0, options.Concurrency).Select(_ => GuardAsync(() => SendAllAsync(stop), soft))];
        await Task.WhenAll(sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _settled.Writer.TryComplete();

        // Without workers nobody takes parcels any more.
        do
        {
            while (_parcels.TryTake(out ReadOnlyMemory<PendingSummary> parcel))
            {
                Free(parcel);
            }
        }
        while (await _parcels.WaitAsync(CancellationToken.None).ConfigureAwait(false));

        await Task.WhenAll([marking, reading, .. sending]).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return await ReportAsync(started, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _database.Dispose();

    /// <summary>Runs a part; when it fails the others stop.</summary>
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

    /// <summary>Reads to the end, also when nothing is sent any more, so that the report can count what is left.</summary>
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
                    if (!await outbox.ReadAsync(page, cancellationToken).ConfigureAwait(false))
                    {
                        return;
                    }
                }
                finally
                {
                    _database.Release();
                }

                TellOfOthers(page.Count);
                await _parcels.AddAsync([.. page], cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _parcels.Complete();
        }
    }

    private async Task SendAllAsync(StopTokens stop)
    {
        using ISummarySender sender = api.CreateSender();
        do
        {
            while (Volatile.Read(ref _problem) is null && !stop.Soft.IsCancellationRequested && _parcels.TryTake(out ReadOnlyMemory<PendingSummary> parcel))
            {
                await SendAsync(sender, parcel, stop).ConfigureAwait(false);
            }
        }
        while (_problem is null && await _parcels.WaitAsync(stop.Soft).ConfigureAwait(false));
    }

    /// <summary>What a parcel came to goes to be marked, also when the run was stopped in its middle.</summary>
    private async ValueTask SendAsync(ISummarySender sender, ReadOnlyMemory<PendingSummary> parcel, StopTokens stop)
    {
        try
        {
            await sender.SendAsync(parcel, stop).ConfigureAwait(false);
        }
        finally
        {
            for (int i = 0; i < parcel.Length; i++)
            {
                PendingSummary summary = parcel.Span[i];
                if (summary.State == DeliveryState.Pending)
                {
                    summary.Free();
                }
                else
                {
                    await _settled.Writer.WriteAsync(summary, CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task MarkAllAsync(CancellationTokenSource stop)
    {
        try
        {
            await MarkSettledAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            // Nobody may wait for a place in a channel that nobody reads.
            _settled.Writer.TryComplete();
        }
    }

    private async Task MarkSettledAsync(CancellationTokenSource stop)
    {
        long lastMark = Stopwatch.GetTimestamp();
        while (await _settled.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            while (_unmarked.Count < MarksMax && _settled.Reader.TryRead(out PendingSummary? summary))
            {
                Take(summary, stop);
            }

            if (_unmarked.Count >= MarksMax || Stopwatch.GetElapsedTime(lastMark).TotalMilliseconds >= MarkEveryMs)
            {
                await MarkAsync().ConfigureAwait(false);
                lastMark = Stopwatch.GetTimestamp();
            }
            else if (!_settled.Reader.Completion.IsCompleted)
            {
                await Task.Delay(MarkLookMs, CancellationToken.None).ConfigureAwait(false);
            }
        }

        Settle(_delivered > 0 ? DeliveryState.Refused : DeliveryState.Failed);
        await MarkAsync().ConfigureAwait(false);
    }

    private void Take(PendingSummary summary, CancellationTokenSource stop)
    {
        _attempts += summary.Attempts;
        if (summary.State == DeliveryState.TargetRefused)
        {
            _doubtful.Add(summary);
            if (_delivered == 0)
            {
                if (_doubtful.Count >= TargetRefusalsMax)
                {
                    Halt($"{api.Target.DisplayName} refuses every request: {summary.Error}", stop);
                }

                return;
            }
        }
        else
        {
            Count(summary, stop);
        }

        if (_delivered > 0 && _doubtful.Count > 0)
        {
            Settle(DeliveryState.Refused);
        }
    }

    private void Count(PendingSummary summary, CancellationTokenSource stop)
    {
        _unmarked.Add(summary);
        bool isDelivered = summary.State == DeliveryState.Delivered;
        _delivered += isDelivered ? 1 : 0;
        _refused += summary.State == DeliveryState.Refused ? 1 : 0;
        progress?.Done(1, isDelivered ? 1 : 0);
        if (summary.State != DeliveryState.Failed)
        {
            _failuresInARow = 0;
            return;
        }

        _lastError = summary.Error;
        if (++_failuresInARow == FailuresMax)
        {
            Halt($"{api.Target.DisplayName} took none of the last {FailuresMax} summaries: {summary.Error}", stop);
        }
    }

    /// <summary>Decides on refusals that could have been about the URL or the credentials.</summary>
    private void Settle(DeliveryState state)
    {
        foreach (PendingSummary summary in _doubtful)
        {
            summary.State = state;
            _unmarked.Add(summary);
            _refused += state == DeliveryState.Refused ? 1 : 0;
            _lastError = state == DeliveryState.Failed ? summary.Error : _lastError;
            progress?.Done(1, 0);
        }

        _doubtful.Clear();
    }

    private void Halt(string problem, CancellationTokenSource stop)
    {
        if (_problem is null)
        {
            Volatile.Write(ref _problem, problem);

            // Not waited for: what it wakes may wait for this very thread.
            _ = stop.CancelAsync();
        }
    }

    private async ValueTask MarkAsync()
    {
        if (_unmarked.Count == 0)
        {
            return;
        }

        await _database.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await outbox.MarkAsync(_unmarked, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _database.Release();
        }

        _unmarked.ForEach(s => s.Free());
        _unmarked.Clear();
    }

    /// <summary>Summaries that needed nothing are part of the way, too.</summary>
    private void TellOfOthers(int pending)
    {
        long passed = outbox.Unchanged + outbox.StillRefused;
        if (pending > 0 && passed > _examined)
        {
            progress?.Done(passed - _examined, 0);
            _examined = passed;
        }
    }

    private static void Free(ReadOnlyMemory<PendingSummary> parcel)
    {
        foreach (PendingSummary summary in parcel.Span)
        {
            summary.Free();
        }
    }

    private async ValueTask<DeliveryReport> ReportAsync(long started, CancellationToken cancellationToken)
    {
        long refused = outbox.StillRefused + _refused;
        return new DeliveryReport
        {
            Target = api.Target.DisplayName,
            From = outbox.DisplayName,
            Delivered = _delivered,
            Unchanged = outbox.Unchanged,
            Refused = refused,
            NewlyRefused = _refused,
            Left = outbox.Total - outbox.Unchanged - refused - _delivered,
            Attempts = _attempts,
            Elapsed = Stopwatch.GetElapsedTime(started),
            Problem = _problem,
            LastError = _lastError,
            Refusals = refused > 0 ? await outbox.ReadRefusedAsync(RefusalsShown, cancellationToken).ConfigureAwait(false) : [],
        };
    }
}
