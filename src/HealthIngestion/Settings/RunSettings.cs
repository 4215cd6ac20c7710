using System.CommandLine;
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

    /// <summary>The target that the environment names; null for none.</summary>
    public static string? DatabaseUrl()
    {
        string? database = Environment.GetEnvironmentVariable("DATABASE_URL");
        return string.IsNullOrEmpty(database) ? null : PostgresTarget.NameOf(database);
    }

    protected static T Given<T>(ParseResult arguments, Option<T> option, T otherwise) =>
        arguments.GetResult(option) is null ? otherwise : arguments.GetValue(option)!;
}
