using System.CommandLine;
using FastIngest;
using FastIngest.Delivery;
using FastIngest.Net;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Summaries;
using FastIngest.Targets;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;
using HealthIngestion.Options;
using HealthIngestion.Progress;
using HealthIngestion.Report;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Telemetry;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Reads health data: wires the command line to the engine, its sinks, signals, progress, summary and exit code.</summary>
internal sealed class IngestCommand : ICommand
{
    public const string Name = "ingest";

    public HealthOptions Options { get; } = new();

    /// <summary>The options of dictionaries, which the command has always taken; help shows them at <c>lexicon ingest</c>.</summary>
    private readonly DictionaryOptions _dictionary;

    public CommandSpec Spec { get; }

    public IngestCommand()
    {
        _dictionary = new DictionaryOptions(Options);
        Spec = new CommandSpec(Name, "read health files, write daily summaries (the default command)")
        {
            Usage = "[PATH...] [options]",
            Note = "For a dictionary: health_ingestion lexicon ingest --help",
            MostUsed = [Options.To, Options.DryRun, Options.Strict, Options.Rejects, Options.Workers, Options.Console.Quiet],
            Examples =
            [
                new("health_ingestion", "read $DATA_DIR, /data or ./data into health.db"),
                new("health_ingestion export/ --to sqlite:my.db", "read a directory into a database of your choice"),
                new("health_ingestion s3://bucket/export.zip", "read an export where it is"),
                new("health_ingestion export/ --to http://api:5000/ingest", "store the summaries in health.db, and post them from there"),
                new("health_ingestion export/ --to ndjson:- | head", "look at the first summaries"),
                new("health_ingestion export/ --dry-run --strict", "check an export, write only rejects"),
            ],
            Environment =
            [
                new("DATA_DIR", "what to read when no PATH is given"),
                new("DATABASE_URL", "the PostgreSQL database to write to when no --to is given, a URL or keywords"),
                .. SharedOptions.ApiEnvironment,
                .. SharedOptions.S3Environment,
                PseudonymOptions.Environment,
                MetricsOptions.Environment,
                new("PGHOST, PGPASSWORD, ...", "what a postgres:// URL leaves out"),
                new("FASTINGEST_ISA", "the vectors to use, one of those that --version lists"),
                new("NO_COLOR", "no colours when set and not empty"),
            ],
        };
        Spec.Command.Arguments.Add(Options.Paths);
        foreach (OptionGroup group in Options.Groups)
        {
            Spec.AddGroup(group);
        }

        Spec.Accept(_dictionary.OfDictionaries);
    }

    public int Run(ParseResult arguments)
    {
        bool isDictionary = IsGiven(_dictionary.Source, arguments) || IsGiven(_dictionary.File, arguments);
        RejectOptionsOfOtherKind(isDictionary, arguments);
        return isDictionary ? LexiconIngestCommand.Run(_dictionary, arguments) : Run(IngestSettings.From(Options, arguments), arguments);
    }

    private int Run(IngestSettings settings, ParseResult arguments)
    {
        RejectMistypedCommand(settings.Options.Paths[0]);
        IngestReport? report = null;
        Log log = CommandRun.OpenLog(settings);
        RunMetrics metrics = new(MetricsSettings.From(Options.Metrics, arguments), Name, log);
        return CommandRun.Do(
            settings,
            log,
            metrics,
            token =>
            {
                bool isDefaultPath = arguments.GetResult(Options.Paths) is not { Tokens.Count: > 0 };
                RejectMissingPaths(settings.Options.Paths, isDefaultPath);
                bool hasOtherConnections = settings.Options.Paths.Any(RemotePath.Is) || settings.Targets.Any(t => !t.Kind.IsFile);
                Deliveries.Prepare(settings.Apis, hasOtherConnections);
                if (settings.Embedding is { } embedding)
                {
                    Deliveries.Prepare(embedding.Server, hasOtherConnections);
                }

                RunProgress progress = new();
                metrics.Watch(progress);
                report = RunEngineAsync(settings, progress, metrics.IsWanted, log, token).GetAwaiter().GetResult();
                metrics.Report(ReportMetrics.Of(report, []));
                List<DeliveryOutcome> deliveries = DeliverAsync(report, settings, progress, log, token).GetAwaiter().GetResult();
                metrics.Report(ReportMetrics.Of(report, deliveries));
                return Close(report, deliveries, settings, log);
            },
            () => report is null
                ? CommandRun.NothingLeft(settings, "rows")
                : "the summaries are stored, and delivered ones are marked; health_ingestion push sends the rest");
    }

    private static async Task<IngestReport> RunEngineAsync(
        IngestSettings settings, RunProgress progress, bool isCounted, Log log, CancellationToken cancellationToken)
    {
        List<ISummarySink> sinks = MakeSinks(settings);
        log.Debug($"reading {string.Join(", ", settings.Options.Paths.Select(RemotePath.Show))} with {Figures.Count(settings.Options.Workers, "worker")}, vectors: {VersionText.Isa}");
        return await CommandRun.UseAsync(
            sinks,
            () => ProgressDisplay.ShowAsync(
                settings,
                progress,
                log,
                isCounted,
                shown => HealthIngest.RunAsync(settings.Options, settings.IsDryRun ? [] : sinks, shown, cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Delivers and embeds what the database holds now; not from one that failed.</summary>
    private static async Task<List<DeliveryOutcome>> DeliverAsync(
        IngestReport report, IngestSettings settings, RunProgress progress, Log log, CancellationToken cancellationToken)
    {
        int database = settings.Targets.ToList().IndexOf(settings.Database!);
        if (database < 0 || settings.IsDryRun || report.Sinks[database] is not { Fault: null, Result.IsAbsent: false })
        {
            return [];
        }

        // An API that takes vectors gets those that this run makes, so they are made first.
        bool sendsVectors = settings.Embedding is not null && settings.Apis.Any(a => a.TakesVectors);
        List<DeliveryOutcome> deliveries = [], embeddings = [];
        if (sendsVectors)
        {
            await EmbedAsync().ConfigureAwait(false);
        }

        if (settings.Apis.Count > 0)
        {
            progress.Begin("deliver");
            SentVectors? vectors = sendsVectors ? new SentVectors(embeddings[0].Model?.Name ?? settings.Embedding!.Options.Model) : null;
            deliveries = await Deliveries.RunAsync(settings.Apis, settings.Delivery! with { Vectors = vectors }, settings.Progress, log, cancellationToken).ConfigureAwait(false);
        }

        if (settings.Embedding is not null && !sendsVectors)
        {
            await EmbedAsync().ConfigureAwait(false);
        }

        return [.. deliveries, .. embeddings];

        async Task EmbedAsync()
        {
            progress.Begin("embed");
            embeddings = await Deliveries.EmbedAsync(settings.Embedding!, settings.Progress, log, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A dry run makes its sinks too, to find a wrong URL, and opens none.</summary>
    internal static List<ISummarySink> MakeSinks(IngestSettings settings)
    {
        TargetOptions options = new() { OpenStandardOutput = StandardStream.OpenOutput, Schema = settings.Schema, TakesRecords = settings.TakesRecords, OnFewer = settings.OnFewer, TempDirectory = settings.Options.TempDirectory };
        return [.. settings.Targets.Select(t => Faults.AsUsage("--to", () => t.CreateSummarySink(options)))];
    }

    private static bool IsGiven(Option option, ParseResult arguments) => arguments.GetResult(option) is { Implicit: false };

    /// <summary>Options of health data make no sense for a dictionary, and the other way round.</summary>
    private void RejectOptionsOfOtherKind(bool isDictionary, ParseResult arguments)
    {
        if (isDictionary && arguments.GetValue(Options.Paths) is [var extra, ..])
        {
            throw new UsageException($"'{extra}' is not expected: --file PATH alone names the dictionary");
        }

        IEnumerable<Option> others = isDictionary ? Options.All.Except(_dictionary.OfBoth) : _dictionary.OfDictionaries;
        if (others.FirstOrDefault(o => IsGiven(o, arguments)) is { } wrong)
        {
            throw new UsageException(isDictionary
                ? $"{wrong.Name} is for health data, not for dictionaries"
                : $"{wrong.Name} is for dictionaries: use --source ID and --file PATH, too");
        }
    }

    /// <summary>The parser takes a mistyped command for a path; this names the command where no such path exists.</summary>
    private static void RejectMistypedCommand(string path)
    {
        if (path == "-" || path.AsSpan().ContainsAny('/', '.') || Path.Exists(path))
        {
            return;
        }

        if (AllCommands.Table.Find([path]).Words > 0)
        {
            throw new UsageException($"The command comes first: health_ingestion {path} ...");
        }

        if (AllCommands.Table.DescribeUnknown(path) is { } sentence)
        {
            throw new UsageException(sentence);
        }
    }

    private static void RejectMissingPaths(IReadOnlyList<string> paths, bool isDefault)
    {
        foreach (string path in paths)
        {
            if (path != "-" && !RemotePath.Is(path) && !Path.Exists(path))
            {
                throw isDefault
                    ? new IngestException(
                        $"nothing to read: {path} does not exist and no PATH is given.",
                        "Name a directory or files, or try: health_ingestion generate trial && health_ingestion trial.")
                    : new IngestException($"{path} does not exist.", "Name a directory or files with health data.");
            }
        }
    }

    /// <summary>Logs warnings, writes statistics, prints the summary, and returns the exit code.</summary>
    internal static int Close(IngestReport report, IReadOnlyList<DeliveryOutcome> deliveries, IngestSettings settings, Log log)
    {
        long peakBytes = PeakMemory.Bytes();
        Balance balance = Balance.Of(report);
        CommandRun.Close(
            settings,
            [.. report.Unread.Where(u => u.IsExpected).Select(u => u.ToString()), .. report.Warnings, .. ClosingReport.Poorer(report, settings)],
            () => StatsJson.Of(report, deliveries, settings, peakBytes),
            () => ClosingReport.Of(report, deliveries, settings, peakBytes),
            json => StatsJson.WriteDone(json, report, deliveries),
            log);
        bool hasFailed = CommandRun.LogFailed(report.Sinks.Select(s => s.Fault), log);
        int delivered = Deliveries.Close(deliveries, log);
        if (!balance.IsOk)
        {
            log.Error($"the balance does not add up: {balance}. Do not use this output; keep the input and report this as a bug.");
            return ExitCode.Failed;
        }

        foreach (string sentence in FieldWords.RejectedFiles(report))
        {
            log.Error(sentence);
        }

        string[] strict = settings.IsStrict ? [.. StrictWords.Of(report)] : [];
        if (strict.Length > 0)
        {
            log.Error($"--strict: {string.Join(", ", strict)}.");
        }

        bool isRejected = report.RejectedFiles.Count > 0 || strict.Length > 0;
        return hasFailed ? ExitCode.Failed : isRejected && delivered != ExitCode.Failed ? ExitCode.Rejected : delivered;
    }
}
