namespace FastIngest.Storage.Http;

/// <summary>
/// How many requests may be under way: additive increase, multiplicative decrease. It halves when the API is busy or
/// times out, once for all requests that were under way then, and grows by one after as many successes as it is large.
/// A wait that the API asks for holds back everyone.
/// </summary>
internal sealed class AdaptiveLimit
{
    private readonly int _max;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _limit, _underWay, _successes, _epoch;
    private long _pausedUntil;

    public AdaptiveLimit(int max, TimeProvider time)
    {
        _max = _limit = Lowest = max;
        _time = time;
    }

    /// <summary>The limit now, for those who watch.</summary>
    public int Current => Volatile.Read(ref _limit);

    /// <summary>The lowest that it has been.</summary>
    public int Lowest { get; private set; }

    /// <summary>Waits for a place; the ticket goes to <see cref="Leave"/>.</summary>
    public ValueTask<int> EnterAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _pausedUntil) == 0)
        {
            lock (_lock)
            {
                if (_underWay < _limit)
                {
                    _underWay++;
                    return ValueTask.FromResult(_epoch);
                }
            }
        }

        return new ValueTask<int>(WaitAsync(cancellationToken));
    }

    /// <summary>Gives the place back and says how it went.</summary>
    public void Leave(int ticket, in ApiResponse response)
    {
        lock (_lock)
        {
            _underWay--;
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

        // The place is taken; what is left is to sit out a wait that the API asked for.
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
                _underWay--;
                Admit();
            }

            throw;
        }

        return Volatile.Read(ref _epoch);
    }

    private void Admit()
    {
        while (_underWay < _limit && _waiting.TryDequeue(out TaskCompletionSource? place))
        {
            if (place.TrySetResult())
            {
                _underWay++;
            }
        }
    }

    /// <summary>What is left of the wait that the API asked for.</summary>
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
