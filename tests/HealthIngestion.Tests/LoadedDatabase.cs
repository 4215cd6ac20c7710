using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>A SQLite file, or a schema of PostgreSQL, with the summaries of the medium data.</summary>
internal sealed class LoadedDatabase : IDisposable
{
    private readonly Workplace _place;
    private readonly bool _isPostgres;

    /// <param name="place">The folder of a SQLite file.</param>
    /// <param name="kind"><c>sqlite</c> or <c>postgres</c>.</param>
    /// <param name="data">The data.</param>
    public LoadedDatabase(Workplace place, string kind, GeneratedData data)
    {
        (_place, _isPostgres) = (place, kind == "postgres");
        Url = _isPostgres ? PostgresServer.Shared.Url : "sqlite:a.db";
        Outcome loaded = HealthIngestionProcess.Run(place.Directory, data.Medium, "--quiet", "--to", Url, "--schema", Schema, "--to", "ndjson:a.ndjson", "--no-api");
        Assert.True(loaded.ExitCode == 0, loaded.Error);
        Total = File.ReadLines(place["a.ndjson"]).Count();
    }

    public string Url { get; }

    public string Schema { get; } = $"k{Guid.NewGuid():N}";

    /// <summary>The number of summaries.</summary>
    public int Total { get; }

    /// <summary>Runs a query, in which <c>{s}</c> stands before the name of a table.</summary>
    public IReadOnlyList<string> Query(string sql)
    {
        sql = sql.Replace("{s}", _isPostgres ? Schema + "." : "", StringComparison.Ordinal);
        if (_isPostgres)
        {
            return [.. PostgresServer.Shared.Query(sql)];
        }

        using Database file = Database.Open(_place["a.db"]);
        return [.. file.Query(sql).Select(r => string.Join(' ', r))];
    }

    public void Dispose()
    {
        if (_isPostgres)
        {
            PostgresServer.Shared.Query($"DROP SCHEMA {Schema} CASCADE");
        }
    }
}
