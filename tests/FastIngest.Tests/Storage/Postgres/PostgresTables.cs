using System.Globalization;
using System.Text;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Postgres.Summaries;
using FastIngest.Tests.Storage.Sqlite;
using Npgsql;

namespace FastIngest.Tests.Storage.Postgres;

/// <summary>A schema for one test, read directly, as another program would.</summary>
internal sealed class PostgresTables
{
    private readonly PostgresServer _server = PostgresServer.Shared;

    public string Schema { get; } = PostgresServer.NewSchema();

    public PostgresNames Names => new(Schema);

    public PostgresSink Sink(bool takesRecords = false) => new(_server.Url, Schema, new PostgresRetry(3, TimeSpan.FromMilliseconds(20)), takesRecords);

    /// <summary>Creates the empty tables, which a run otherwise creates in its own transaction.</summary>
    public void Create() => _server.Query(PostgresSchema.Script(Schema));

    public Task<SinkResult> IngestAsync(params SummaryBatch[] batches) => Sink().IngestAsync(batches);

    /// <summary>Returns all rows of summaries and users in the form of <see cref="SqliteFile.Dump"/>.</summary>
    public string Dump()
    {
        PostgresNames names = Names;
        return string.Join('\n', Rows($"SELECT * FROM {names.Summaries} ORDER BY user_id, date").Concat(Rows($"SELECT * FROM {names.Users} ORDER BY user_id")));
    }

    /// <summary>Returns the names of all tables, then all rows of the tables of records; the rows of a table are sorted as text.</summary>
    public string DumpRecords() => string.Join('\n', RecordTable.All.SelectMany(t =>
        Query($"SELECT t::text FROM {{s}}.{t.Name} t ORDER BY 1").Prepend(t.Name))
        .Concat(Query($"SELECT relname FROM pg_class WHERE relnamespace = {PostgresNames.Literal(Names.QuotedSchema)}::regnamespace AND relkind IN ('r', 'p') ORDER BY 1")));

    public List<string> Query(string sql) => _server.Query(sql.Replace("{s}", Names.QuotedSchema, StringComparison.Ordinal));

    /// <summary>Terminates the session whose transaction writes to this schema.</summary>
    public void BreakConnection() => Assert.Equal(
        ["True"],
        Query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = '{s}.daily_summaries'::regclass AND mode = 'ShareRowExclusiveLock'"));

    public long Runs() => long.Parse(Query("SELECT count(*) FROM {s}.ingest_runs")[0], CultureInfo.InvariantCulture);

    private List<string> Rows(string sql)
    {
        using NpgsqlConnection connection = _server.Connect();
        using NpgsqlCommand command = new(sql, connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => Value(reader, i))));
        }

        return rows;
    }

    private static string Value(NpgsqlDataReader reader, int i)
    {
        if (reader.IsDBNull(i))
        {
            return "NULL";
        }

        return reader.GetValue(i) switch
        {
            long number => number.ToString(CultureInfo.InvariantCulture),
            double number => number.ToString("R", CultureInfo.InvariantCulture) + "r",
            DateTime day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            string text when reader.GetDataTypeName(i) == "jsonb" => Measurements(text),
            object text => (string)text,
        };
    }

    private static string Measurements(string json)
    {
        SummaryBatch batch = new();
        return Encoding.UTF8.GetString(batch.Text(new MeasurementText().Add(batch, Encoding.UTF8.GetBytes(json))));
    }
}
