using FastIngest.Delivery;
using FastIngest.Storage.Http;
using HealthIngestion.Exit;

namespace HealthIngestion.Settings;

/// <summary>Where summaries go, from <c>--to</c> or, where there is none, from the environment.</summary>
/// <param name="Sinks">Where rows are written, by URL.</param>
/// <param name="Apis">Where they are delivered to from <see cref="Database"/>, after that is complete.</param>
/// <param name="Database">The first of <see cref="Sinks"/> that is a database; null where there is neither an API nor a database.</param>
/// <param name="IsDatabaseAdded">Whether nobody asked for <see cref="Database"/>, but an API needs one.</param>
internal sealed record Targets(IReadOnlyList<string> Sinks, IReadOnlyList<ApiTarget> Apis, string? Database, bool IsDatabaseAdded)
{
    private static readonly string[] ApiVariables = ["API_URL", "WEAVIATE_URL"];

    /// <exception cref="UsageException">An API's URL makes no sense.</exception>
    public static Targets Choose(string[]? given, bool noApi)
    {
        bool isGiven = given is { Length: > 0 };
        string[] sinks = isGiven ? [.. given!.Where(t => !ApiTarget.IsApi(t))] : [DefaultDatabase()];
        ApiTarget[] apis = noApi ? [] : ReadApis(given);
        string? database = sinks.FirstOrDefault(SummaryDelivery.IsDatabase);
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
    public static ApiTarget[] ReadApis(string[]? given)
    {
        IEnumerable<(string Source, string Url)> urls = given is { Length: > 0 }
            ? given.Where(ApiTarget.IsApi).Select(t => ("--to", t))
            : ApiVariables.Select(v => ("$" + v, Environment.GetEnvironmentVariable(v) ?? "")).Where(v => v.Item2.Length > 0);
        List<ApiTarget> apis = [];
        foreach ((string source, string url) in urls)
        {
            ApiTarget api = Parse(source, url);
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

    public static string DefaultDatabase() => RunSettings.DatabaseUrl() ?? "sqlite:health.db";

    private static ApiTarget Parse(string source, string url)
    {
        if (!ApiTarget.IsApi(url))
        {
            throw new UsageException($"{source} is no URL of an API; known are {ApiTarget.Forms}");
        }

        return Faults.AsUsage(source, () => ApiTarget.Parse(url));
    }
}
