using System.CommandLine;
using System.Text;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using HealthIngestion.CommandLine;
using HealthIngestion.Progress;
using HealthIngestion.Report;
using HealthIngestion.Terminal;

namespace HealthIngestion;

/// <summary>Prints what is wrong with stored entries, on standard output.</summary>
internal static class ValidateCommand
{
    public static int Run(ValidateSpec spec, ParseResult arguments)
    {
        StoredSettings settings = StoredSettings.From(spec.Stored, arguments);
        return CommandRun.Do(
            settings,
            (log, token) => Close(RunEngineAsync(settings, arguments.GetValue(spec.Limit), log, token).GetAwaiter().GetResult(), settings),
            () => "nothing was changed");
    }

    private static int Close(ValidationReport report, StoredSettings settings)
    {
        if (settings.StatsPath is not null)
        {
            StatsFile.Write(settings.StatsPath, StoredStats.Of(report, settings, PeakMemory.Bytes()));
        }

        // Standard output has room for one of them.
        if (settings.StatsPath != "-")
        {
            using Stream output = StandardStream.OpenOutput();
            output.Write(Encoding.UTF8.GetBytes(StoredClosing.Text(report)));
        }

        return ExitCode.Done;
    }

    private static async Task<ValidationReport> RunEngineAsync(StoredSettings settings, int limit, Log log, CancellationToken cancellationToken)
    {
        LexiconGauges gauges = new();
        RunProgress progress = new() { Stages = new StageFigures(gauges, isStored: true), CountsBytes = false };
        IEntryStore database = settings.MakeStore();
        await using (database.ConfigureAwait(false))
        {
            using ProgressDisplay? display = ProgressDisplay.For(settings, progress, log);
            display?.Start();
            return await LexiconValidate.RunAsync(
                database, settings.Source, limit, settings.Workers, gauges, display is null ? null : progress, cancellationToken).ConfigureAwait(false);
        }
    }
}
