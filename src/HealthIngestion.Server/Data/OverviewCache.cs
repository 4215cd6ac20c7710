using System.Diagnostics;

namespace HealthIngestion.Server.Data;

/// <summary>
/// Keeps the overview of the database, for which all of it is read: it is made once for all who ask at the same time, and used for as long
/// as a hundred times what it took, at least a second and at most a minute.
/// </summary>
/// <param name="make">Makes the overview.</param>
internal sealed class OverviewCache(Func<CancellationToken, Task<byte[]>> make) : IDisposable
{
    private const int UsesOfTime = 100;

    /// <summary>The longest time for making it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private Task<byte[]>? _overview;
    private long _until;

    /// <summary>Returns the overview; the cancellation ends the wait of this caller alone.</summary>
    public Task<byte[]> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_overview is null || (_overview.IsCompleted && (!_overview.IsCompletedSuccessfully || Stopwatch.GetTimestamp() > _until)))
            {
                _overview = Task.Run(MakeAsync, CancellationToken.None);
            }

            return _overview.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    private async Task<byte[]> MakeAsync()
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        time.CancelAfter(Limit);
        long start = Stopwatch.GetTimestamp();
        byte[] overview = await make(time.Token).ConfigureAwait(false);
        double seconds = Math.Clamp(Stopwatch.GetElapsedTime(start).TotalSeconds * UsesOfTime, 1, 60);
        _until = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        return overview;
    }
}
