using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace HealthIngestion.Tests;

/// <summary>
/// A PostgreSQL with pgvector on a free port: PGlite from npm, which is PostgreSQL compiled to WebAssembly, because the tests
/// cannot count on a package of pgvector. It has one backend, so that connections take turns. The build script installs it in
/// <c>tests/tools</c>.
/// </summary>
internal sealed class PgVectorServer : IDisposable
{
    private readonly Process _process;

    private PgVectorServer(string script)
    {
        _process = HealthIngestionProcess.Start("node", Path.GetDirectoryName(script)!, [], script);
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("PGlite ended: " + _process.StandardError.ReadToEnd());
        Port = int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
        _ = _process.StandardOutput.ReadToEndAsync();
        _ = _process.StandardError.ReadToEndAsync();
    }

    public int Port { get; }

    public string Url => $"postgres://postgres:postgres@127.0.0.1:{Port}/postgres?sslmode=disable";

    /// <summary>Starts it, or skips the test where it is not installed; in CI that is a failure.</summary>
    public static PgVectorServer Start()
    {
        Installed.Require("node");
        string script = Path.Combine(Repository.Root, "tests", "tools", "pgvector.mjs");
        bool isThere = Directory.Exists(Path.Combine(Path.GetDirectoryName(script)!, "node_modules", "@electric-sql", "pglite-pgvector"));
        Assert.SkipWhen(!isThere && Environment.GetEnvironmentVariable("CI") != "true", "PGlite is not installed: (cd tests/tools && npm install)");
        Assert.True(isThere, "PGlite is not installed");
        return new PgVectorServer(script);
    }

    /// <summary>Runs SQL and returns the rows, with their columns separated by blanks.</summary>
    public List<string> Query(string sql)
    {
        using NpgsqlConnection connection = new($"Host=127.0.0.1;Port={Port};Username=postgres;Password=postgres;Database=postgres;SSL Mode=Disable;Pooling=false;Server Compatibility Mode=NoTypeLoading");
        connection.Open();
        using NpgsqlCommand command = new(sql, connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
