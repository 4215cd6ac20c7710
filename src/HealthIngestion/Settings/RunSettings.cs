using System.CommandLine;
using FastIngest.Storage;
using FastIngest.Storage.Postgres;
using FastIngest.Targets;
using HealthIngestion.Terminal;

namespace HealthIngestion.Settings;

/// <summary>What every command that reads and writes is asked for.</summary>
internal abstract record RunSettings
{
    /// <summary>Where rows go.</summary>
    public required IReadOnlyList<Target> Targets { get; init; }

    /// <summary>The schema of PostgreSQL that holds the tables.</summary>
    public required string Schema { get; init; }

    public required bool IsDryRun { get; init; }

    public required bool IsStrict { get; init; }

    /// <summary>A file, <c>-</c>, or null when no figures are wanted.</summary>
    public required string? StatsPath { get; init; }

    public required ProgressStyle Progress { get; init; }

    public required LogFormat LogFormat { get; init; }

    public required LogLevel LogLevel { get; init; }

    /// <summary>
    /// The target that the environment names: a connection string of PostgreSQL, or the name of any target; null for none. Files
    /// of variables, such as those of docker --env-file, leave quotes around a value; they are removed.
    /// </summary>
    public static string? DatabaseUrl()
    {
        string database = (Environment.GetEnvironmentVariable("DATABASE_URL") ?? "").Trim();
        while (database is ['"', .., '"'] or ['\'', .., '\''])
        {
            database = database[1..^1].Trim();
        }

        if (database.Length == 0)
        {
            return null;
        }

        string name = PostgresTarget.NameOf(database);
        bool isOther = TargetRegistry.All.Kinds.SelectMany(k => k.Prefixes).Any(p => database.StartsWith(p, StringComparison.OrdinalIgnoreCase))
            || (database.Contains("://", StringComparison.Ordinal) && !database.Contains('=', StringComparison.Ordinal));
        return isOther && !PostgresTarget.IsUrl(database) ? database : name;
    }

    protected static T Given<T>(ParseResult arguments, Option<T> option, T otherwise) =>
        arguments.GetResult(option) is null ? otherwise : arguments.GetValue(option)!;
}
