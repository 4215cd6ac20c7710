namespace FastIngest.Storage.Http;

/// <summary>
/// Limits the number of concurrent requests by additive increase and multiplicative decrease. The limit is halved when the
/// API is busy or times out, but only once for all requests that were running at that time. It grows by one after as many
/// successes as its current value. A Retry-After of the API delays all new requests.
/// </summary>
internal sealed class AdaptiveLimit
{
    private readonly int _max;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _limit, _running, _successes, _epoch;
    private long _pausedUntil;

    public AdaptiveLimit(int max, TimeProvider time)
    {
        _max = _limit = Lowest = max;
        _time = time;
    }

    /// <summary>The current limit.</summary>
    public int Current => Volatile.Read(ref _limit);

    /// <summary>The lowest limit so far.</summary>
    public int Lowest { get; private set; }

    /// <summary>Waits until a request may start.</summary>
    /// <returns>A ticket, which the caller passes to <see cref="Leave"/>.</returns>
    public ValueTask<int> EnterAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _pausedUntil) == 0)
        {
            lock (_lock)
            {
                if (_running < _limit)
                {
                    _running++;
                    return ValueTask.FromResult(_epoch);
                }
            }
        }

        return new ValueTask<int>(WaitAsync(cancellationToken));
    }

    /// <summary>Ends a request and adapts the limit to its response.</summary>
    public void Leave(int ticket, in ApiResponse response)
    {
        lock (_lock)
        {
            _running--;
            if (response.IsOk && _limit < _max && ++_successes >= _limit)
            {
                _limit++;
                _successes = 0;
            }
            else if (response.Kind is ResponseKind.Busy or ResponseKind.TimedOut && ticket == _epoch)
            {
                _limit = Math.Max(1, _limit / 2);
                Lowest = Math.Min(Lowest, _limit);
                _successes = 0;
                _epoch++;
            }

            if (response.RetryAfter is { } wait && wait > TimeSpan.Zero && wait <= ApiResponse.MaxRetryAfter)
            {
                _pausedUntil = Math.Max(_pausedUntil, _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency));
            }

            Admit();
        }
    }

    private async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource place = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue(place);
            Admit();
        }

        using (cancellationToken.Register(() => place.TrySetCanceled(cancellationToken)))
        {
            await place.Task.ConfigureAwait(false);
        }

        // The request now counts as running. It still has to wait for the end of a Retry-After.
        try
        {
            for (TimeSpan pause = Pause(); pause > TimeSpan.Zero; pause = Pause())
            {
                await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                _running--;
                Admit();
            }

            throw;
        }

        return Volatile.Read(ref _epoch);
    }

    private void Admit()
    {
        while (_running < _limit && _waiting.TryDequeue(out TaskCompletionSource? place))
        {
            if (place.TrySetResult())
            {
                _running++;
            }
        }
    }

    /// <summary>The time until the Retry-After of the API ends; zero without one.</summary>
    private TimeSpan Pause()
    {
        lock (_lock)
        {
            TimeSpan left = _time.GetElapsedTime(_time.GetTimestamp(), _pausedUntil);
            if (_pausedUntil == 0 || left <= TimeSpan.Zero)
            {
                _pausedUntil = 0;
                return TimeSpan.Zero;
            }

            return left;
        }
    }
}
