using FastIngest.Delivery;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.Exit;

namespace HealthIngestion.Settings;

/// <summary>Where summaries go, from <c>--to</c> or, where there is none, from the environment.</summary>
/// <param name="Sinks">Where rows are written.</param>
/// <param name="Apis">Where they are delivered to from <see cref="Database"/>, after that is complete.</param>
/// <param name="Database">The first of <see cref="Sinks"/> that is a database; null where there is neither an API nor a database.</param>
/// <param name="IsDatabaseAdded">Whether nobody asked for <see cref="Database"/>, but an API needs one.</param>
internal sealed record Targets(IReadOnlyList<Target> Sinks, IReadOnlyList<DeliveryApi> Apis, Target? Database, bool IsDatabaseAdded)
{
    private static readonly string[] ApiVariables = ["API_URL", "WEAVIATE_URL"];

    /// <exception cref="UsageException">A target makes no sense.</exception>
    public static Targets Choose(string[]? given, bool noApi)
    {
        Target[] named = [.. (given ?? []).Select(name => Parse("--to", name, TargetCapability.Summaries, TargetCapability.Api))];
        Target[] sinks = named.Length > 0 ? [.. named.Where(t => t.Has(TargetCapability.Summaries))] : [Default(TargetCapability.Summaries)];
        DeliveryApi[] apis = noApi ? [] : ReadApis(named);
        Target? database = sinks.FirstOrDefault(t => t.Has(TargetCapability.Outbox));
        bool isAdded = apis.Length > 0 && database is null;
        if (isAdded || sinks.Length == 0)
        {
            database = DefaultDatabase();
            sinks = [.. sinks, database];
        }

        return new Targets(sinks, apis, database, isAdded);
    }

    /// <summary>The APIs among some targets; without any targets those of the environment.</summary>
    /// <exception cref="UsageException">A URL makes no sense.</exception>
    public static DeliveryApi[] ReadApis(IReadOnlyList<Target> given)
    {
        (string Source, Target Target)[] targets = [.. given.Count > 0
            ? given.Where(t => t.Has(TargetCapability.Api)).Select(t => ("--to", t))
            : ApiVariables.Select(v => (Name: "$" + v, Url: Environment.GetEnvironmentVariable(v) ?? ""))
                .Where(v => v.Url.Length > 0).Select(v => (v.Name, Parse(v.Name, v.Url, TargetCapability.Api)))];
        TargetOptions options = new() { IsOnlyApi = targets.DistinctBy(t => t.Target.Name).Count() == 1 };
        List<DeliveryApi> apis = [];
        foreach ((string source, Target target) in targets)
        {
            DeliveryApi api = Faults.AsUsage(source, () => target.CreateApi(options));
            if (apis.All(a => a.DisplayName != api.DisplayName))
            {
                apis.Add(api);
            }
            else if (source == "--to")
            {
                throw new UsageException($"--to names {api.DisplayName} twice");
            }
        }

        return [.. apis];
    }

    /// <summary>The named targets of any kind; without any the database and the APIs of the environment.</summary>
    /// <exception cref="UsageException">A target makes no sense.</exception>
    public static Target[] Of(string[]? given) => given is { Length: > 0 }
        ? [.. given.Select(name => Parse("--to", name))]
        : [DefaultDatabase(), .. ApiVariables.Select(v => (Name: "$" + v, Url: Environment.GetEnvironmentVariable(v) ?? "")).Where(v => v.Url.Length > 0).Select(v => Parse(v.Name, v.Url, TargetCapability.Api))];

    /// <summary>The database that <c>--from</c> names, else the default one, which is the same for all commands.</summary>
    /// <param name="given">The value of <c>--from</c>; null for none.</param>
    /// <param name="wanted">What it must be able to do.</param>
    /// <exception cref="UsageException">There is no such database, or it cannot do what is wanted.</exception>
    public static Target From(string? given, TargetCapability wanted) => given is null ? DefaultDatabase() : Parse("--from", given, wanted);

    public static Target DefaultDatabase() => Default(TargetCapability.Outbox);

    private static Target Default(TargetCapability wanted) => Parse("DATABASE_URL", RunSettings.DatabaseUrl() ?? "sqlite:health.db", wanted);

    /// <summary>Reads the name of a target that must have one of some capabilities.</summary>
    /// <param name="source">The option, or the variable of the environment, that holds the name.</param>
    /// <param name="name">The name.</param>
    /// <param name="wanted">The capabilities.</param>
    /// <exception cref="UsageException">There is no such target, or it cannot do what is wanted.</exception>
    public static Target Parse(string source, string name, params TargetCapability[] wanted) =>
        Faults.AsUsage(source, () => TargetRegistry.All.Parse(name, wanted));
}
