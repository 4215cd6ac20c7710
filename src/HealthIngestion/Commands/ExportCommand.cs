using System.CommandLine;
using FastIngest.Reports;
using FastIngest.Storage.Exports;
using FastIngest.Targets;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;
using HealthIngestion.Options;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Telemetry;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>The tables that an export writes.</summary>
internal enum ExportedTables
{
    Summaries,
    Records,
    Samples,
}

/// <summary>Writes what a database holds to files for other programs.</summary>
internal sealed class ExportCommand : ICommand
{
    public const string Name = "export";

    public PrefixOption<string?> From { get; } = SharedOptions.From("the database", TargetCapability.Reader);

    public ChoiceOption<ExportFormat?> Format { get; } = new("--format", ("csv", ExportFormat.Csv), ("parquet", ExportFormat.Parquet), ("arrow", ExportFormat.Arrow))
    {
        HelpName = "FORMAT",
        Description = "csv, parquet or arrow (required)",
    };

    public ChoiceOption<ExportedTables> What { get; } = new(
        "--what", ("summaries", ExportedTables.Summaries), ("records", ExportedTables.Records), ("samples", ExportedTables.Samples))
    {
        HelpName = "WHAT",
        Description = "summaries, records or samples: days, the records that PostgreSQL holds (a file for each category), or only the samples of exports (default: summaries)",
    };

    public Option<string?> Out { get; } = new("--out")
    {
        HelpName = "PATH",
        Description = "a file with the ending of the format, such as days.parquet, or a folder; - is standard output (default: the current folder)",
        CustomParser = Values.NotEmpty,
    };

    public SelectionOptions Selection { get; } = new("only the rows of this user; repeatable (default: all users)");

    public Option<string> Schema { get; } = SharedOptions.Schema();

    public Option<bool> ForSpreadsheets { get; } = SharedOptions.Flag("--for-spreadsheets", "CSV that Excel opens as UTF-8, with an apostrophe before texts that it would run as formulas");

    public MetricsOptions Metrics { get; } = new();

    public ConsoleOptions Console { get; } = new();

    public CommandSpec Spec { get; }

    public ExportCommand()
    {
        Spec = new CommandSpec(Name, "write stored summaries or records as CSV, Parquet or Arrow")
        {
            Usage = "--format FORMAT [options]",
            Examples =
            [
                new("health_ingestion export --format parquet", "health.db as daily_summaries.parquet"),
                new("health_ingestion export --format csv --user u17 --since 2024-01-01 --out u17.csv", "a person's days of 2024"),
            ],
            Environment = [SharedOptions.FromEnvironment, MetricsOptions.Environment],
        };
        Spec.AddGroup("What", [From, Format, What, Out, .. Selection.All, Schema, ForSpreadsheets, .. Metrics.All]);
        Spec.AddGroup("Console", Console.OfLog);
    }

    public int Run(ParseResult arguments)
    {
        ExportFormat format = arguments.GetValue(Format) ?? throw new UsageException("export needs --format csv, parquet or arrow");
        bool isForSpreadsheets = arguments.GetValue(ForSpreadsheets);
        if (isForSpreadsheets && format != ExportFormat.Csv)
        {
            throw new UsageException("--for-spreadsheets needs --format csv");
        }

        _ = SelectionSettings.From(Selection, arguments);
        Target database = Targets.From(arguments.GetValue(From), TargetCapability.Reader);
        ColumnExport export = Faults.AsUsage("--out", () => new ColumnExport(format, isForSpreadsheets, arguments.GetValue(Out) ?? ".", StandardStream.OpenOutput));
        MetricsSettings metricsSettings = MetricsSettings.From(Metrics, arguments);
        IEnumerable<string> files = arguments.GetValue(What) is not ExportedTables.Summaries and var what ? RecordExport.PathsOf(export, what == ExportedTables.Samples) : [export.SummariesPath];
        OutputPlaces.RejectSame([("--from", database.FilePath), .. files.Distinct().Select(f => ("--out", (string?)f)), ("--metrics-file", metricsSettings.Path)]);
        Log log = Console.OpenLog(arguments);
        RunMetrics metrics = new(metricsSettings, Name, log);
        return CommandRun.Do(
            log,
            statsPath: null,
            metrics,
            token =>
            {
                IReadOnlyList<ExportedFile> exported = WriteAsync(export, database, arguments, token).GetAwaiter().GetResult();
                metrics.Report([ReportMetrics.Of(exported)]);
                foreach (ExportedFile file in exported)
                {
                    log.Info("exported", $"wrote {(file.Path == "-" ? "standard output" : file.Path)}: {Figures.Count(file.Rows, "row")}", json =>
                    {
                        json.WriteString("file", file.Path);
                        json.WriteNumber("rows", file.Rows);
                    });
                }

                return ExitCode.Done;
            },
            () => "no file is incomplete; run the same command again");
    }

    private async Task<IReadOnlyList<ExportedFile>> WriteAsync(ColumnExport export, Target database, ParseResult arguments, CancellationToken cancellationToken)
    {
        TargetOptions options = new() { Schema = arguments.GetValue(Schema) };
        string[] users = arguments.GetValue(Selection.User) ?? [];
        DateOnly? since = arguments.GetValue(Selection.Since), until = arguments.GetValue(Selection.Until);
        if (arguments.GetValue(What) is not ExportedTables.Summaries and var what)
        {
            return await RecordExport.WriteAsync(export, database, options, what == ExportedTables.Samples, users, since, until, cancellationToken).ConfigureAwait(false);
        }

        return [await StoredDatabase.UseAsync(
            database,
            options.Schema,
            async reader =>
            {
                foreach (string user in users)
                {
                    await KnownUsers.RequireAsync(reader, user, since, until, cancellationToken).ConfigureAwait(false);
                }

                return await export.WriteSummariesAsync(reader, users, since, until, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false)];
    }
}
