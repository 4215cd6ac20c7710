using FastIngest.Pipeline;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using HealthIngestion.Progress;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Runs;

/// <summary>A run over the dictionaries that a database holds.</summary>
internal static class StoredRun
{
    /// <summary>Opens the database, shows the progress, and closes the database however the run ends.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="log">Receives lines of progress.</param>
    /// <param name="run">Starts the run; it receives the database, the counters of the stages, and the progress or null when nothing is shown.</param>
    public static async Task<TReport> RunAsync<TReport>(
        StoredSettings settings, Log log, Func<IEntryStore, LexiconGauges, IIngestProgress?, Task<TReport>> run)
    {
        LexiconGauges gauges = new();
        RunProgress progress = new() { Figures = new StageFigures(gauges, isStored: true), CountsBytes = false };
        IEntryStore database = settings.MakeStore();
        await using (database.ConfigureAwait(false))
        {
            return await ProgressDisplay.ShowAsync(settings, progress, log, isCounted: false, shown => run(database, gauges, shown)).ConfigureAwait(false);
        }
    }
}
