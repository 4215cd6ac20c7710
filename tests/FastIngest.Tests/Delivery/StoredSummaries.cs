using FastIngest.Delivery;
using FastIngest.Health;
using FastIngest.Net;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage;
using FastIngest.Storage.Http;
using FastIngest.Storage.Postgres.Outbox;
using FastIngest.Storage.Postgres.Summaries;
using FastIngest.Storage.Sqlite.Outbox;
using FastIngest.Storage.Sqlite.Summaries;
using FastIngest.Storage.Weaviate;
using FastIngest.Targets;
using FastIngest.Tests.Storage;
using FastIngest.Tests.Storage.Postgres;
using FastIngest.Tests.Storage.Sqlite;

namespace FastIngest.Tests.Delivery;

/// <summary>A database, of either kind, with summaries to deliver.</summary>
public sealed class StoredSummaries : IDisposable
{
    /// <summary>Retries quickly and gives up soon.</summary>
    internal static readonly HttpTuning Quick = new() { AttemptTimeout = TimeSpan.FromSeconds(30), FirstPause = TimeSpan.FromMilliseconds(5), LongestPause = TimeSpan.FromMilliseconds(40) };

    private readonly TempFolder _folder = new();
    private readonly string _schema = $"o{Guid.NewGuid():N}";
    private readonly PostgresServer? _server;

    public StoredSummaries(string kind) => _server = kind == "postgres" ? PostgresServer.Shared : null;

    /// <param name="server">A server that only this test uses.</param>
    public StoredSummaries(PostgresServer server) => _server = server;

    public static TheoryData<string> Kinds => ["sqlite", "postgres"];

    public string Url => _server is not null ? _server.Url : "sqlite:" + File;

    public string File => _folder["health.db"];

    private string Table => _server is not null ? $"{_schema}.deliveries" : "deliveries";

    /// <summary>The schema of the tables in PostgreSQL.</summary>
    public string Schema => _schema;

    /// <summary>The day of a row of <c>deliveries</c> as text, in SQL.</summary>
    public string DateText => _server is not null ? "date::text" : "date";

    internal DeliveryOptions Options => new() { From = SourceOf(Url) };

    public StoredSummaries With(params (string User, string Date, string Sentence)[] rows)
    {
        SummaryBatch batch = new();
        foreach ((string user, string date, string sentence) in rows)
        {
            batch.Row(user, date, 1, (Category.Sleep, sentence));
        }

        ISummarySink sink = _server is not null ? new PostgresSink(Url, _schema) : new SqliteSink(File);
        Task.Run(() => sink.IngestAsync(batch)).GetAwaiter().GetResult();
        return this;
    }

    /// <summary>The consecutive days of one user, from <c>u 2024-01-01</c>.</summary>
    public StoredSummaries WithDays(int count) =>
        With([.. Enumerable.Range(0, count).Select(i => ("u", new DateOnly(2024, 1, 1).AddDays(i).ToString("O"), $"Day {i}."))]);

    internal Task<DeliveryReport> DeliverAsync(string url, Func<DeliveryOptions, DeliveryOptions>? change = null, HttpTuning? tuning = null, CancellationToken stop = default) =>
        SummaryDelivery.RunAsync(Api(url, tuning ?? Quick), change?.Invoke(Options) ?? Options, null, stop);

    /// <summary>The tables of this database, accessed through another URL.</summary>
    public DeliverySource SourceOf(string url) => TargetRegistry.All.Parse(url).CreateDeliverySource(new TargetOptions { Schema = _schema });

    private static DeliveryApi Api(string url, HttpTuning tuning) => url.StartsWith("weaviate", StringComparison.Ordinal)
        ? WeaviateTarget.Api(ApiAddress.Parse(url), tuning)
        : HttpTarget.Api(ApiAddress.Parse(url), tuning);

    internal IOutbox Outbox() => _server is not null ? new PostgresOutbox(Url, _schema, OutboxTable.Deliveries) : new SqliteOutbox(File, OutboxTable.Deliveries);

    /// <summary>Rows of <c>deliveries</c>.</summary>
    public List<string> Query(string columns, string rest = "")
    {
        string sql = $"SELECT {columns} FROM {Table} {rest}";
        if (_server is not null)
        {
            return _server.Query(sql);
        }

        using SqliteFile file = new(File);
        return file.Query(sql);
    }

    /// <summary>The number of summaries that are marked as delivered in their current form.</summary>
    public int Marked => Query("1", "WHERE delivered_md5 IS NOT NULL AND refused_md5 IS NULL").Count;

    public void Dispose()
    {
        if (_server is not null)
        {
            _server.Query($"DROP SCHEMA IF EXISTS {_schema} CASCADE");
        }

        _folder.Dispose();
    }
}
