using System.Net.Sockets;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// Limits the retries of a run and waits before each of them. The pauses double. Each pause is shortened at random by up to
/// half, so that clients with conflicting transactions do not conflict again.
/// </summary>
/// <param name="attempts">The maximum number of retries.</param>
/// <param name="firstPause">The longest pause before the first retry.</param>
/// <param name="time">The clock for pauses; the system clock by default.</param>
internal sealed class PostgresRetry(int attempts, TimeSpan firstPause, TimeProvider? time = null)
{
    private int _used;

    /// <summary>Six retries with pauses of 9 to 19 seconds in total, the time that a server needs to recover from a crash.</summary>
    public static PostgresRetry Default => new(6, TimeSpan.FromMilliseconds(300));

    /// <summary>Waits before the next retry.</summary>
    /// <param name="fault">A transient error.</param>
    /// <param name="wasConnected">Whether this run was connected to the server before. If it was not, an unreachable server is an error without retries.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>True when the caller may retry; false when no retry is left.</returns>
    public async ValueTask<bool> WaitAsync(Exception fault, bool wasConnected, CancellationToken cancellationToken)
    {
        bool isAbsent = _used == 0 && !wasConnected && fault.InnerException is SocketException or TimeoutException;
        if (isAbsent || _used == attempts)
        {
            return false;
        }

        TimeSpan pause = firstPause * (1 << _used++);
        await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), time ?? TimeProvider.System, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
