using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Progress;

/// <summary>Shows a run's counters from a thread of its own, so that busy workers cannot delay it, nor it them.</summary>
internal abstract class ProgressDisplay(RunProgress progress) : IDisposable
{
    private readonly ManualResetEventSlim _end = new();
    private Thread? _thread;

    protected RunProgress Progress => progress;

    /// <summary>Shows a run's progress for as long as it takes.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="progress">The counters of the run.</param>
    /// <param name="log">Receives lines, if the display writes any.</param>
    /// <param name="isCounted">Whether the run counts though nothing is shown.</param>
    /// <param name="run">Starts the run; it receives the counters, or null when nothing is shown or counted.</param>
    public static async Task<TReport> ShowAsync<TReport>(RunSettings settings, RunProgress progress, Log log, bool isCounted, Func<RunProgress?, Task<TReport>> run)
    {
        using ProgressDisplay? display = For(settings, progress, log);
        display?.Start();
        return await run(display is null && !isCounted ? null : progress).ConfigureAwait(false);
    }

    /// <summary>Ends the display; the line below it is free for what comes next.</summary>
    public void Dispose()
    {
        _end.Set();
        _thread?.Join();
        _end.Dispose();
    }

    /// <summary>Draws until <paramref name="end"/> is set, then leaves the screen tidy.</summary>
    protected abstract void Draw(ManualResetEventSlim end);

    /// <summary>The display that suits the options and the terminal; null for none.</summary>
    private static ProgressDisplay? For(RunSettings settings, RunProgress progress, Log log)
    {
        if (settings.Progress == ProgressStyle.None || !log.Shows(LogLevel.Info))
        {
            return null;
        }

        bool wantsBars = settings.Progress == ProgressStyle.Auto && log.Format == LogFormat.Text && ErrorTerminal.IsInteractive;
        if (!wantsBars)
        {
            return new PlainDisplay(progress, log);
        }

        // Rows and bars on one screen would write over each other.
        bool rowsAreOnScreen = settings.Targets.Any(t => t.IsStandardOutput) && !settings.IsDryRun && !Console.IsOutputRedirected;
        return rowsAreOnScreen ? null : new BarDisplay(progress);
    }

    private void Start()
    {
        _thread = new Thread(() => Draw(_end)) { IsBackground = true, Name = "progress" };
        _thread.Start();
    }
}
