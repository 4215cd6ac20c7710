using System.Buffers;
using System.CommandLine;
using FastIngest.Health;
using FastIngest.Reports;
using FastIngest.Storage.Exports;
using FastIngest.Storage.Ndjson;
using FastIngest.Stored;
using FastIngest.Targets;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Runs;
using HealthIngestion.Show;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Shows the people of a database, or the days of one, in the terminal.</summary>
internal sealed class ShowCommand : ICommand
{
    public const string Name = "show";

    /// <summary>The days that are shown when no range is given.</summary>
    private const int DefaultDays = 30;

    public PrefixOption<string?> From { get; } = SharedOptions.From("the database", TargetCapability.Reader);

    public Option<string?> User { get; } = new("--user")
    {
        HelpName = "ID",
        Description = "the person whose days are shown (default: a list of all people)",
        CustomParser = Values.NotEmpty,
    };

    public Option<DateOnly?> Date { get; } = SelectionOptions.Day("--date", "only this day, such as 2024-01-31 (default: the last 30 days of the person)");

    public Option<DateOnly?> Since { get; } = SelectionOptions.Day("--since", "the first day (default: the first one stored, with --until)");

    public Option<DateOnly?> Until { get; } = SelectionOptions.Day("--until", "the last day, which is included (default: the last one stored)");

    public Option<string> Schema { get; } = SharedOptions.Schema();

    public Option<bool> Json { get; } = SharedOptions.Flag("--json", "print JSON, one object a line, with all columns");

    public Option<bool> Csv { get; } = SharedOptions.Flag("--csv", "print CSV with all columns");

    public ConsoleOptions Console { get; } = new();

    public CommandSpec Spec { get; }

    public ShowCommand()
    {
        Spec = new CommandSpec(Name, "show people and their days in the terminal")
        {
            Usage = "[options]",
            Note = "Up to 31 days are shown one by one, a longer time as a calendar and by months. Colours are used only on a terminal and not with NO_COLOR.",
            Examples =
            [
                new("health_ingestion show", "list the people of health.db"),
                new("health_ingestion show --user ada", "the last 30 days of ada"),
                new("health_ingestion show --user ada --date 2024-01-31", "one day, with its summary"),
                new("health_ingestion show --user ada --since 2024-01-01 --csv", "all columns for other programs"),
            ],
            Environment = [SharedOptions.FromEnvironment, new("NO_COLOR", "no colours")],
        };
        Spec.AddGroup("What", From, User, Date, Since, Until, Schema);
        Spec.AddGroup("Output", Json, Csv);
        Spec.AddGroup("Console", Console.OfLog);
    }

    public int Run(ParseResult arguments)
    {
        string? user = arguments.GetValue(User);
        DateOnly? date = arguments.GetValue(Date), since = arguments.GetValue(Since), until = arguments.GetValue(Until);
        bool isJson = arguments.GetValue(Json), isCsv = arguments.GetValue(Csv);
        if (date is not null && (since is not null || until is not null))
        {
            throw new UsageException("--date is one day and cannot be combined with --since or --until");
        }

        if (since > until)
        {
            throw new UsageException($"--since {since:yyyy-MM-dd} is after --until {until:yyyy-MM-dd}: no day is between them");
        }

        if (isJson && isCsv)
        {
            throw new UsageException("--json and --csv cannot be combined: choose one");
        }

        Target database = Settings.Targets.From(arguments.GetValue(From), TargetCapability.Reader);
        string schema = arguments.GetValue(Schema)!;
        (since, until) = (date ?? since, date ?? until);
        return CommandRun.Do(
            Console.OpenLog(arguments),
            statsPath: null,
            token => StoredDatabase.UseAsync(
                database,
                schema,
                reader => user is null ? ShowPeopleAsync(reader, since, until, isJson, isCsv, token)
                    : isJson || isCsv ? PrintDaysAsync(reader, user, since, until, isJson, token)
                    : ShowPersonAsync(reader, user, since, until, token),
                token).GetAwaiter().GetResult(),
            () => "nothing was changed");
    }

    private static async Task<int> ShowPersonAsync(ISummaryReader reader, string user, DateOnly? since, DateOnly? until, CancellationToken cancellationToken)
    {
        await KnownUsers.RequireAsync(reader, user, since, until, cancellationToken).ConfigureAwait(false);
        PersonDays person = await PersonDays.ReadAsync(reader, user, since, until, cancellationToken).ConfigureAwait(false);
        if (since is null && until is null)
        {
            person = person.Last(DefaultDays);
        }

        StandardStream.WriteOutput(new PersonView(OutputTerminal.Width, new Paint(OutputTerminal.HasColor)).Draw(person));
        return ExitCode.Done;
    }

    private static async Task<int> ShowPeopleAsync(ISummaryReader reader, DateOnly? since, DateOnly? until, bool isJson, bool isCsv, CancellationToken cancellationToken)
    {
        PeopleView view = new(reader.DisplayName, OutputTerminal.Width, new Paint(OutputTerminal.HasColor));
        PeopleLines? lines = isJson || isCsv ? new PeopleLines(isJson) : null;
        await foreach (PersonLine person in PersonLine.ReadAsync(reader, since, until, cancellationToken).ConfigureAwait(false))
        {
            if (lines is null)
            {
                view.Add(person);
            }
            else
            {
                lines.Add(person);
            }
        }

        if (lines is null)
        {
            StandardStream.WriteOutput(view.Draw());
        }
        else
        {
            lines.Complete();
        }

        return ExitCode.Done;
    }

    private static async Task<int> PrintDaysAsync(ISummaryReader reader, string user, DateOnly? since, DateOnly? until, bool isJson, CancellationToken cancellationToken)
    {
        await KnownUsers.RequireAsync(reader, user, since, until, cancellationToken).ConfigureAwait(false);
        if (!isJson)
        {
            await new ColumnExport(ExportFormat.Csv, isForSpreadsheets: false, "-", StandardStream.OpenOutput)
                .WriteSummariesAsync(reader, [user], since, until, cancellationToken).ConfigureAwait(false);
            return ExitCode.Done;
        }

        ArrayBufferWriter<byte> text = new();
        using Stream output = StandardStream.OpenOutput();
        await foreach (SummaryBatch page in reader.ReadAsync(new SummaryQuery { UserId = user, Since = since, Until = until }, cancellationToken).ConfigureAwait(false))
        {
            for (int i = 0; i < page.RowCount; i++)
            {
                SummaryJson.WriteLine(text, page, page.Rows[i]);
            }

            output.Write(text.WrittenSpan);
            text.ResetWrittenCount();
        }

        return ExitCode.Done;
    }
}
