using System.CommandLine;
using FastIngest;
using FastIngest.Health;
using FastIngest.Storage;
using FastIngest.Storage.Files;
using FastIngest.Stored;
using FastIngest.Targets;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;
using HealthIngestion.Options;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Removes persons from databases and APIs.</summary>
internal sealed class ForgetCommand : ICommand
{
    public const string Name = "forget";

    private const string ByHand = "Rejects files, NDJSON outputs, the exports themselves and backups may still contain the person; remove them yourself.";

    public Option<string[]> User { get; } = new("--user")
    {
        HelpName = "ID",
        Description = "the person, by user id; repeatable (required)",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = Values.AllNotEmpty,
    };

    public PrefixOption<string[]> To { get; } = new("--to", TargetPrefixes.All)
    {
        HelpName = "URL",
        Description = $"where the person is stored: {TargetRegistry.All.JoinForms(TargetCapability.Erasure)}; repeatable (default: $DATABASE_URL, else sqlite:health.db, and $API_URL, $WEAVIATE_URL)",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<string> Schema { get; } = SharedOptions.Schema();

    public Option<string?> DeleteUrl { get; } = new("--delete-url")
    {
        HelpName = "URL",
        Description = "the URL to which an API takes a DELETE for a person, such as http://api/users/{user_id} (default: none, the API is skipped)",
        CustomParser = Values.NotEmpty,
    };

    public Option<bool> DryRun { get; } = SharedOptions.Flag("--dry-run", "count what would be removed, remove nothing");

    public PseudonymOptions Pseudonyms { get; } = new();

    public ConsoleOptions Console { get; } = new();

    public CommandSpec Spec { get; }

    public ForgetCommand()
    {
        Spec = new CommandSpec(Name, "remove a person from databases and APIs")
        {
            Usage = "--user ID [options]",
            Examples =
            [
                new("health_ingestion forget --user u17 --dry-run", "count what is stored of u17"),
                new("health_ingestion forget --user u17 --to postgres://me@db/health --to weaviate://localhost/DailySummary", "remove u17 from both"),
            ],
            Environment =
            [
                new("DATABASE_URL", "the PostgreSQL database when no --to is given, a URL or keywords"),
                .. SharedOptions.ApiEnvironment,
                PseudonymOptions.Environment,
            ],
        };
        Spec.AddGroup("What", [User, To, Schema, DeleteUrl, DryRun, .. Pseudonyms.All]);
        Spec.AddGroup("Console", Console.OfLog);
    }

    public int Run(ParseResult arguments)
    {
        string[] users = arguments.GetValue(User) is { Length: > 0 } given ? given : throw new UsageException("forget needs --user ID, the person to remove");
        PseudonymKey? key = SelectionSettings.KeyOf(Pseudonyms, arguments);
        bool isDryRun = arguments.GetValue(DryRun);
        Target[] targets = Settings.Targets.Of(arguments.GetValue(To));
        TargetOptions options = new()
        {
            Schema = arguments.GetValue(Schema),
            DeleteUrl = arguments.GetValue(DeleteUrl),
            IsOnlyApi = targets.Count(t => t.Has(TargetCapability.Api)) == 1,
        };
        (Target Target, IUserErasure? Erasure)[] places =
            [.. targets.Select(t => (t, t.Has(TargetCapability.Erasure) ? Faults.AsUsage("--to", () => t.CreateErasure(options)) : null))];
        Log log = Console.OpenLog(arguments);
        return CommandRun.Do(
            log,
            statsPath: null,
            token => ForgetAsync(places, [.. users.Select(user => key?.OfUser(user) ?? user)], isDryRun, log, token).GetAwaiter().GetResult(),
            () => "run the same command again; what is removed already does no harm");
    }

    private static async Task<int> ForgetAsync((Target Target, IUserErasure? Erasure)[] places, string[] users, bool isDryRun, Log log, CancellationToken cancellationToken)
    {
        List<IReadOnlyList<string>> lines = [];
        List<string> notes = [];
        int code = ExitCode.Done;
        long removed = 0;
        foreach ((Target target, IUserErasure? erasure) in places)
        {
            if (erasure is null)
            {
                string name = target.FilePath is { } path ? target.Kind.Prefixes[0] + path : target.ToString();
                notes.Add(target.FilePath is { } file && !Path.Exists(file) ? $"{name} does not exist: nothing was removed" : $"{name} was not changed: remove the lines of the person yourself");
                code = RemoveUnfinished(target, isDryRun, notes, log) ? code : ExitCode.Failed;
                continue;
            }

            await using (erasure.ConfigureAwait(false))
            {
                try
                {
                    IReadOnlyList<ErasedRows> erased = await erasure.EraseAsync(users, isDryRun, cancellationToken).ConfigureAwait(false);
                    lines.AddRange(erased.Where(e => e.Rows is not null).Select(IReadOnlyList<string> (e) => [erasure.DisplayName, e.Table, Figures.Count(e.Rows!.Value)]));
                    notes.AddRange(erased.Select(e => e.Note).OfType<string>());
                    removed += erased.Sum(e => e.Rows ?? 0);
                }
                catch (IngestException fault)
                {
                    log.Error(Faults.Line(fault));
                    code = ExitCode.Failed;
                }
            }
        }

        if (log.Format == LogFormat.Text)
        {
            log.Block(LogLevel.Info, "removed", new FigureTable(["target", "table", isDryRun ? "rows" : "removed"], lines, LastIsText: false).ToPlainText());
        }

        notes.ForEach(log.Warning);
        log.Info(
            "done",
            (isDryRun ? $"dry run: {Figures.Count(removed, "row")} would be removed. " : $"removed {Figures.Count(removed, "row")}. ") + ByHand,
            json => Report.StatsFile.WriteObjects(json, "removed", lines, line =>
            {
                json.WriteString("target", line[0]);
                json.WriteString("table", line[1]);
                json.WriteString("rows", line[2]);
            }));
        return code;
    }

    /// <summary>Removes what killed runs left of the files of a target; false after an error.</summary>
    private static bool RemoveUnfinished(Target target, bool isDryRun, List<string> notes, Log log)
    {
        bool isDone = true;
        foreach (string? file in (string?[])[target.FilePath, .. target.RecordFilePaths])
        {
            try
            {
                if (file is not null && UnfinishedFiles.Remove(file, isDryRun) is { } note)
                {
                    notes.Add(note);
                }
            }
            catch (IngestException fault)
            {
                log.Error(Faults.Line(fault));
                isDone = false;
            }
        }

        return isDone;
    }
}
