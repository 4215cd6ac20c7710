namespace FastIngest.Net;

/// <summary>Counts the attempts at one transfer, and waits between them: twice as long each time, with jitter. Progress starts the count anew.</summary>
/// <param name="tuning">The number of attempts and the pauses.</param>
internal sealed class Retries(HttpTuning tuning)
{
    private int _failed;

    /// <summary>Notes that bytes have arrived.</summary>
    public void Progress() => _failed = 0;

    /// <summary>Waits before the next attempt; returns false, at once, if there is none.</summary>
    public async Task<bool> WaitAsync(TransientFault fault, CancellationToken cancellationToken)
    {
        if (_failed >= tuning.Retries || fault.RetryAfter > TransientFault.LongestWait)
        {
            return false;
        }

        double pauseMs = Math.Min(tuning.FirstPause.TotalMilliseconds * (1L << Math.Min(_failed, 30)), tuning.LongestPause.TotalMilliseconds);
        TimeSpan pause = fault.RetryAfter ?? TimeSpan.FromMilliseconds(pauseMs * (0.5 + (Random.Shared.NextDouble() / 2)));
        _failed++;
        await Task.Delay(pause, tuning.Time, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
