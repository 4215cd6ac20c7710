using System.CommandLine;
using FastIngest.Delivery;
using FastIngest.Storage;
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

/// <summary>Delivers what is stored.</summary>
internal sealed class PushCommand : ICommand
{
    public const string Name = "push";

    public PrefixOption<string?> From { get; } = SharedOptions.From("the database that holds the summaries", TargetCapability.Outbox);

    public PrefixOption<string[]> To { get; } = new("--to", TargetPrefixes.Apis)
    {
        HelpName = "URL",
        Description = "the API, http(s)://HOST/PATH or weaviate(s)://HOST/CLASS; repeatable (default: $API_URL, $WEAVIATE_URL)",
        Arity = ArgumentArity.OneOrMore,
    };

    public SelectionOptions Selection { get; } = new("only the summaries of this user; repeatable (default: all users)");

    public Option<string> Schema { get; } = SharedOptions.Schema();

    public Option<bool> RetryRejected { get; } = SharedOptions.Flag("--retry-refused", "also send summaries that the API refused for good");

    public Option<bool> Vectors { get; } = SharedOptions.Flag("--vectors", "send the stored vectors with the summaries, to weaviate(s):// only; a summary without one is not sent");

    public Option<string?> Model { get; } = new("--model")
    {
        HelpName = "NAME",
        Description = "the model whose vectors --vectors sends (default: the only one)",
        CustomParser = Values.NotEmpty,
    };

    public Option<int> Concurrency { get; } = SharedOptions.Concurrency();

    public Option<TimeSpan> WaitForApi { get; } = SharedOptions.WaitForApi();

    public Option<double> Rate { get; } = SharedOptions.Rate();

    public Option<SuccessRule[]> ApiSuccess { get; } = SharedOptions.ApiSuccess();

    public Option<string?> StatsJson { get; } = SharedOptions.StatsJson();

    public MetricsOptions Metrics { get; } = new();

    public ConsoleOptions Console { get; } = new();

    public CommandSpec Spec { get; }

    public PushCommand()
    {
        Spec = new CommandSpec(Name, "deliver stored summaries that an API does not have yet")
        {
            Usage = "[options]",
            Examples =
            [
                new("health_ingestion push", "deliver what is new or changed in health.db to $API_URL"),
                new("health_ingestion push --from postgres://me@db/health --to https://api/ingest", "the same for another database and API"),
                new("health_ingestion push --vectors --to weaviate://localhost/Days", "the same with the vectors that embed made"),
            ],
            Environment =
            [
                SharedOptions.FromEnvironment,
                .. SharedOptions.ApiEnvironment,
                MetricsOptions.Environment,
            ],
        };
        Spec.AddGroup("What", [From, To, .. Selection.All, Schema, RetryRejected, Vectors, Model, StatsJson, .. Metrics.All]);
        Spec.AddGroup("API", Concurrency, Rate, WaitForApi, ApiSuccess);
        Spec.AddGroup("Console", Console.All);
    }

    public int Run(ParseResult arguments)
    {
        string? stats = arguments.GetValue(StatsJson);
        DeliveryApi[] apis = Apis(arguments.GetValue(To));
        Target database = Targets.From(arguments.GetValue(From), TargetCapability.Outbox);
        MetricsSettings metricsSettings = MetricsSettings.From(Metrics, arguments);
        OutputPlaces.RejectSame([("--from", database.FilePath), ("--stats-json", stats), ("--metrics-file", metricsSettings.Path)]);
        SentVectors? vectors = VectorsOf(arguments, apis);
        DeliveryOptions options = new()
        {
            From = database.CreateDeliverySource(new TargetOptions { Schema = arguments.GetValue(Schema) }),
            Selection = SelectionSettings.From(Selection, arguments),
            Concurrency = arguments.GetValue(Concurrency),
            WaitForApi = arguments.GetValue(WaitForApi),
            RequestsPerSecond = arguments.GetValue(Rate),
            Success = arguments.GetValue(ApiSuccess) ?? [],
            RetryRejected = arguments.GetValue(RetryRejected),
            Vectors = vectors,
        };
        Log log = Console.OpenLog(arguments);
        RunMetrics metrics = new(metricsSettings, Name, log);
        return CommandRun.Do(
            log,
            stats,
            metrics,
            token =>
            {
                Deliveries.Prepare(apis, hasOtherConnections: database.FilePath is null);
                StoredDatabase.RequireUsersAsync(database, arguments.GetValue(Schema), arguments.GetValue(Selection.User), token).GetAwaiter().GetResult();
                List<DeliveryOutcome> outcomes = Deliveries.RunAsync(apis, options, Console.Progress(arguments), log, token).GetAwaiter().GetResult();
                metrics.Report([ReportMetrics.Of(outcomes)]);
                return Deliveries.Close(outcomes, stats, log);
            },
            () => "delivered summaries are marked; run the same command again to deliver the rest");
    }

    private SentVectors? VectorsOf(ParseResult arguments, DeliveryApi[] apis)
    {
        string? model = arguments.GetValue(Model);
        if (!arguments.GetValue(Vectors))
        {
            return model is null ? null : throw new UsageException("--model names the model of --vectors: use both");
        }

        return apis.All(a => a.TakesVectors)
            ? new SentVectors(model)
            : throw new UsageException($"--vectors needs weaviate(s)://HOST/CLASS, but {apis.First(a => !a.TakesVectors).DisplayName} takes no vectors: push to it without --vectors");
    }

    private static DeliveryApi[] Apis(string[]? given)
    {
        DeliveryApi[] apis = Targets.ReadApis([.. (given ?? []).Select(name => Targets.Parse("--to", name, TargetCapability.Api))]);
        return apis.Length > 0
            ? apis
            : throw new UsageException($"push needs an API: use --to {TargetRegistry.All.JoinForms(TargetCapability.Api)}, or set API_URL");
    }
}
