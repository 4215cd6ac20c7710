namespace FastIngest.Sources;

/// <summary>
/// Measures which way of reading a file is faster on this machine and storage. The first windows are mapped and read in turn. The
/// time of a window lasts until it moves on, because a mapped page may cost time only when it is used. The shortest time for
/// a byte counts: other programs make windows slower, never faster. Thread-safe.
/// </summary>
internal sealed class IoTrial
{
    /// <summary>The number of windows that are measured for each way.</summary>
    public const int WindowsEachWay = 4;

    /// <summary>Windows are mapped from then on only if that takes less than this part of the time of reading.</summary>
    private const double MinGain = 0.97;

    private readonly Lock _gate = new();
    private Way _mapped = new(0, double.MaxValue), _read = new(0, double.MaxValue);
    private int _started;
    private volatile bool _isDecided;

    /// <summary>Whether enough windows were measured.</summary>
    public bool IsDecided => _isDecided;

    /// <summary>Whether windows are mapped from now on; valid when <see cref="IsDecided"/> is set.</summary>
    public bool Maps => _mapped.Best < _read.Best * MinGain;

    /// <summary>Returns whether the next window is to be mapped.</summary>
    public bool MapsNext() => _isDecided ? Maps : (Interlocked.Increment(ref _started) & 1) != 0;

    /// <summary>Adds the time of a window. Returns whether this decided the trial.</summary>
    /// <param name="isMapped">Whether the window was mapped.</param>
    /// <param name="bytes">The length of the window in bytes.</param>
    /// <param name="ticks">The time from its start until it moved on, in any unit.</param>
    public bool Add(bool isMapped, int bytes, long ticks)
    {
        lock (_gate)
        {
            if (_isDecided)
            {
                return false;
            }

            ref Way way = ref isMapped ? ref _mapped : ref _read;
            way = new Way(way.Windows + 1, Math.Min(way.Best, (double)ticks / bytes));
            return _isDecided = Math.Min(_mapped.Windows, _read.Windows) >= WindowsEachWay;
        }
    }

    private readonly record struct Way(int Windows, double Best);
}
