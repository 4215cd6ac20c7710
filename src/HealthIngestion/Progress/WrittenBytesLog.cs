using System.Diagnostics;
using HealthIngestion.Formatting;
using HealthIngestion.Terminal;

namespace HealthIngestion.Progress;

/// <summary>Logs every two seconds how much the generator has written.</summary>
internal sealed class WrittenBytesLog(Log log) : IProgress<long>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private long _lastLine = Stopwatch.GetTimestamp();

    public void Report(long value)
    {
        lock (_lock)
        {
            if (Stopwatch.GetElapsedTime(_lastLine) >= Pause)
            {
                _lastLine = Stopwatch.GetTimestamp();
                log.Info("progress", $"written {Figures.Bytes(value)}", json => json.WriteNumber("bytes", value));
            }
        }
    }
}
