using System.CommandLine;
using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Targets;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Report;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Telemetry;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Turns stored summaries into vectors.</summary>
internal sealed class EmbedCommand : ICommand
{
    public const string Name = "embed";

    public PrefixOption<string?> From { get; } = SharedOptions.From("the database that holds the summaries and gets their vectors", TargetCapability.Vectors);

    public EmbeddingOptionGroup Server { get; } = new("the model that requests name, and the name of its vectors (default: the model of the server)");

    public SelectionOptions Selection { get; } = new("only the summaries of this user; repeatable (default: all users)");

    public Option<string> Schema { get; } = SharedOptions.Schema();

    public Option<bool> RetryRejected { get; } = SharedOptions.Flag("--retry-refused", "also embed summaries that the server refused for good");

    public Option<bool> ReplaceModel { get; } = SharedOptions.Flag("--replace-model", "remove the vectors of another model that has the same name, and embed all again");

    public Option<int> Batch { get; } = new("--batch")
    {
        HelpName = "N",
        Description = "the most texts in a request, 1 to 2048 (default: 32)",
        CustomParser = Values.Integer(1, 2048),
        DefaultValueFactory = _ => 32,
    };

    public Option<int> BatchTokens { get; } = new("--batch-tokens")
    {
        HelpName = "N",
        Description = "the most tokens in a request, by an estimate of 3 bytes each (default: 8192)",
        CustomParser = Values.Integer(1, 1 << 24),
        DefaultValueFactory = _ => 8192,
    };

    public Option<int> Concurrency { get; } = SharedOptions.Concurrency(4);

    public Option<TimeSpan> WaitForApi { get; } = SharedOptions.WaitForApi();

    public Option<double> Rate { get; } = SharedOptions.Rate();

    public Option<string?> StatsJson { get; } = SharedOptions.StatsJson();

    public MetricsOptions Metrics { get; } = new();

    public ConsoleOptions Console { get; } = new();

    public CommandSpec Spec { get; }

    public EmbedCommand()
    {
        Spec = new CommandSpec(Name, "turn stored summaries into vectors, for search by meaning")
        {
            Usage = "--api URL [options]",
            Examples =
            [
                new("health_ingestion embed --api http://localhost:8080", "embed what is new or changed in health.db"),
                new("health_ingestion embed --api http://localhost:11434 --model all-minilm", "the same with a model of Ollama"),
            ],
            Environment =
            [
                SharedOptions.FromEnvironment,
                .. EmbeddingOptionGroup.Environment,
                MetricsOptions.Environment,
            ],
        };
        Spec.AddGroup("What", [From, .. Selection.All, Schema, RetryRejected, ReplaceModel, StatsJson, .. Metrics.All]);
        Spec.AddGroup("Server", Server.Api, Server.Model, Server.Dimensions, Batch, BatchTokens, Concurrency, Rate, WaitForApi);
        Spec.AddGroup("Console", Console.All);
    }

    public int Run(ParseResult arguments)
    {
        string? stats = arguments.GetValue(StatsJson);
        EmbeddingServer server = EmbeddingSettings.ServerOf(Server, arguments)
            ?? throw new UsageException($"embed needs an embedding server: use --api http://HOST:PORT, or set {EmbeddingOptionGroup.UrlVariable}");
        Target database = Targets.From(arguments.GetValue(From), TargetCapability.Vectors);
        TargetOptions target = new() { Schema = arguments.GetValue(Schema) };
        EmbeddingOptions options = new()
        {
            Model = arguments.GetValue(Server.Model),
            Dimensions = arguments.GetValue(Server.Dimensions),
            BatchTexts = arguments.GetValue(Batch),
            BatchTokens = arguments.GetValue(BatchTokens),
            ReplacesModel = arguments.GetValue(ReplaceModel),
            Delivery = new DeliveryOptions
            {
                From = database.CreateDeliverySource(target),
                Selection = SelectionSettings.From(Selection, arguments),
                Concurrency = arguments.GetValue(Concurrency),
                WaitForApi = arguments.GetValue(WaitForApi),
                RequestsPerSecond = arguments.GetValue(Rate),
                RetryRejected = arguments.GetValue(RetryRejected),
            },
        };
        MetricsSettings metricsSettings = MetricsSettings.From(Metrics, arguments);
        OutputPlaces.RejectSame([("--from", database.FilePath), ("--stats-json", stats), ("--metrics-file", metricsSettings.Path)]);
        Log log = Console.OpenLog(arguments);
        RunMetrics metrics = new(metricsSettings, Name, log);
        return CommandRun.Do(
            log,
            stats,
            metrics,
            token =>
            {
                Deliveries.Prepare(server, hasOtherConnections: database.FilePath is null);
                StoredDatabase.RequireUsersAsync(database, target.Schema, arguments.GetValue(Selection.User), token).GetAwaiter().GetResult();
                List<DeliveryOutcome> outcomes = Deliveries.EmbedAsync(new EmbeddingWork(server, database.CreateVectorSource(target), options), Console.Progress(arguments), log, token).GetAwaiter().GetResult();
                metrics.Report([ReportMetrics.OfVectors(outcomes)]);
                return Deliveries.Close(outcomes, stats, log);
            },
            () => "vectors that arrived are stored; run the same command again to embed the rest");
    }
}
