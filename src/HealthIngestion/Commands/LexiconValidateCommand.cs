using System.CommandLine;
using FastIngest.Pipeline.Entries;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Report;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Prints what is wrong with stored entries, on standard output.</summary>
internal sealed class LexiconValidateCommand : ICommand
{
    public const string Name = "lexicon validate", Alias = "validate";

    public StoredOptions Stored { get; } = new();

    public Option<int> Limit { get; } = new("--limit")
    {
        HelpName = "N",
        Description = "the most examples of each finding (default: 3)",
        CustomParser = Values.Integer(0, 1_000_000),
        DefaultValueFactory = _ => 3,
    };

    public CommandSpec Spec { get; }

    public LexiconValidateCommand()
    {
        Spec = new CommandSpec(Name, "check the stored entries of dictionaries and print what is wrong")
        {
            Usage = "[options]",
            Note = "health_ingestion validate is the same command.",
            Examples =
            [
                new("health_ingestion lexicon validate --source kaikki --limit 10", "what is wrong with the entries of one dictionary in $DATABASE_URL"),
            ],
            Environment = StoredOptions.Environment,
        };
        Spec.AddGroup("Database", Stored.OfDatabase);
        Spec.AddGroup("Entries", Limit, Stored.Workers);
        Spec.AddGroup("Output", Stored.StatsJson);
        Spec.AddGroup("Console", Stored.Console.All);
    }

    public int Run(ParseResult arguments)
    {
        StoredSettings settings = StoredSettings.From(Stored, arguments);
        return CommandRun.Do(
            settings,
            (log, token) => Close(RunEngineAsync(settings, arguments.GetValue(Limit), log, token).GetAwaiter().GetResult(), settings),
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
            StandardStream.WriteOutput(StoredClosing.Text(report));
        }

        return ExitCode.Done;
    }

    private static Task<ValidationReport> RunEngineAsync(StoredSettings settings, int limit, Log log, CancellationToken cancellationToken) => StoredRun.RunAsync(
        settings,
        log,
        (database, gauges, progress) => LexiconValidate.RunAsync(
            database, settings.Source, limit, settings.Workers, gauges, progress, cancellationToken));
}
