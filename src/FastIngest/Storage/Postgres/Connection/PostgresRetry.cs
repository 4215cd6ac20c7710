using System.Net.Sockets;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// How often, and after what pauses, a run is tried again. Pauses double, and each is drawn from its own half to its
/// whole, so that clients that lost against each other do not meet again.
/// </summary>
/// <param name="attempts">How often a run is tried again.</param>
/// <param name="firstPause">Before the first of them.</param>
/// <param name="time">The clock that the pauses go by; that of the system by itself.</param>
internal sealed class PostgresRetry(int attempts, TimeSpan firstPause, TimeProvider? time = null)
{
    private int _used;

    /// <summary>Six pauses that add up to 9 to 19 seconds: as long as a server takes to recover from a crash.</summary>
    public static PostgresRetry Default => new(6, TimeSpan.FromMilliseconds(300));

    /// <summary>Waits and says that one may try again, or that it is enough.</summary>
    /// <param name="fault">Transient.</param>
    /// <param name="wasConnected">Whether the server had answered in this run. Nobody wants to wait for one that was never there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
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
