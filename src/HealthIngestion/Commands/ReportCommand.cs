using System.CommandLine;
using FastIngest.Reports;
using FastIngest.Targets;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;
using HealthIngestion.Options;
using HealthIngestion.Runs;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Writes a database as one HTML page with charts.</summary>
internal sealed class ReportCommand : ICommand
{
    public const string Name = "report";

    public PrefixOption<string?> From { get; } = SharedOptions.From("the database", TargetCapability.Reader);

    public SelectionOptions Selection { get; } = new("only this person; repeatable (default: all people)");

    public Option<bool> All { get; } = SharedOptions.Flag("--all", "all people, as without --user");

    public Option<string> Schema { get; } = SharedOptions.Schema();

    public Option<string?> Rejects { get; } = new("--rejects")
    {
        HelpName = "FILE",
        Description = "the rejects file of a run, to show its rejects by reason (default: not shown)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string?> Out { get; } = new("--out")
    {
        HelpName = "FILE",
        Description = "the HTML file that is written, - for standard output (default: report.html)",
        CustomParser = Values.NotEmpty,
    };

    public ConsoleOptions Console { get; } = new();

    public CommandSpec Spec { get; }

    public ReportCommand()
    {
        Spec = new CommandSpec(Name, "write people and days as one HTML page with charts")
        {
            Usage = "[options]",
            Note = "The page is one file that needs no network and sends nothing. It holds health data: keep it as private as the database.",
            Examples =
            [
                new("health_ingestion report", "everybody in health.db, in report.html"),
                new("health_ingestion report --user ada --since 2024-01-01 --out ada.html", "one person from a day on"),
            ],
            Environment = [SharedOptions.FromEnvironment],
        };
        Spec.AddGroup("What", [From, .. Selection.All, All, Schema, Rejects]);
        Spec.AddGroup("Output", Out);
        Spec.AddGroup("Console", Console.OfLog);
    }

    public int Run(ParseResult arguments)
    {
        string[] users = arguments.GetValue(Selection.User) ?? [];
        DateOnly? since = arguments.GetValue(Selection.Since), until = arguments.GetValue(Selection.Until);
        if (users.Length > 0 && arguments.GetValue(All))
        {
            throw new UsageException("--user and --all cannot be combined: choose one");
        }

        if (since > until)
        {
            throw new UsageException($"--since {since:yyyy-MM-dd} is after --until {until:yyyy-MM-dd}: no day is between them");
        }

        Target database = Settings.Targets.From(arguments.GetValue(From), TargetCapability.Reader);
        string path = arguments.GetValue(Out) ?? "report.html";
        if (database.FilePath is { } file && Path.GetFullPath(file) == Path.GetFullPath(path))
        {
            throw new UsageException($"--out would overwrite the database {path}; choose another name");
        }

        ReportOptions options = new() { Users = users, Since = since, Until = until, RejectsPath = arguments.GetValue(Rejects) };
        Log log = Console.OpenLog(arguments);
        return CommandRun.Do(
            log,
            statsPath: null,
            token => Close(WriteAsync(database, arguments.GetValue(Schema)!, options, path, token).GetAwaiter().GetResult(), path, log),
            () => "no report was written; run the same command again");
    }

    private static Task<WrittenReport> WriteAsync(Target database, string schema, ReportOptions options, string path, CancellationToken cancellationToken) =>
        StoredDatabase.UseAsync(
            database,
            schema,
            async reader =>
            {
                foreach (string user in options.Users)
                {
                    await KnownUsers.RequireAsync(reader, user, options.Since, options.Until, cancellationToken).ConfigureAwait(false);
                }

                return await ReportWriter.WriteAsync(reader, options, path, StandardStream.OpenOutput, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    private static int Close(WrittenReport written, string path, Log log)
    {
        string pages = written.Pages == written.People ? "" : $" ({Figures.Count(written.Pages)} with a page of their own, those with the most days; --user chooses others)";
        log.Info(
            "done",
            $"{(path == "-" ? "standard output" : path)}: {Figures.Count(written.People, "person", "people")}{pages}, {Figures.Count(written.Days, "day")}, {Figures.Bytes(written.Bytes)}",
            json =>
            {
                json.WriteString("path", path);
                json.WriteNumber("people", written.People);
                json.WriteNumber("pages", written.Pages);
                json.WriteNumber("days", written.Days);
                json.WriteNumber("bytes", written.Bytes);
            });
        return ExitCode.Done;
    }
}
