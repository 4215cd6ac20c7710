using System.Diagnostics;
using FastIngest.Pipeline.Entries;
using HealthIngestion.Terminal;

namespace HealthIngestion.Progress;

/// <summary>A line every two seconds on the stages of a run whose end is not known.</summary>
internal sealed class StageLines : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;

    public StageLines(LexiconGauges gauges, Log log)
    {
        long started = Stopwatch.GetTimestamp();
        StageFigures figures = new(gauges);
        _thread = new Thread(() =>
        {
            while (!_end.Wait(Pause))
            {
                log.Info("progress", figures.Text(Stopwatch.GetElapsedTime(started)), figures.Write);
            }
        })
        { IsBackground = true, Name = "progress" };
        _thread.Start();
    }

    public void Dispose()
    {
        _end.Set();
        _thread.Join();
        _end.Dispose();
    }
}
