namespace FastIngest.Storage.Http;

/// <summary>Spaces the starts of requests evenly, so that no more than a given number start in a second.</summary>
/// <param name="perSecond">The maximum rate; 0 for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestRate(double perSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _interval = perSecond > 0 ? (long)Math.Ceiling(time.TimestampFrequency / perSecond) : 0;
    private long _next = long.MinValue;

    /// <summary>Waits until the next request may start. Each call takes one place.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_interval == 0)
        {
            return ValueTask.CompletedTask;
        }

        TimeSpan wait;
        lock (_lock)
        {
            long now = time.GetTimestamp();
            long start = Math.Max(now, _next);
            _next = start + _interval;
            wait = time.GetElapsedTime(now, start);
        }

        return wait > TimeSpan.Zero ? new ValueTask(Task.Delay(wait, time, cancellationToken)) : ValueTask.CompletedTask;
    }
}
