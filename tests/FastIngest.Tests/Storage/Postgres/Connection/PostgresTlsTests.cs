using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Summaries;

namespace FastIngest.Tests.Storage.Postgres.Connection;

/// <summary>Tests a server with an untrusted certificate.</summary>
public sealed class PostgresTlsTests
{
    [Fact]
    public async Task The_TLS_mode_is_enforced()
    {
        using PostgresServer server = PostgresServer.Create(hasTls: true);
        Task<SinkResult> Ingest(string options) => new PostgresSink(
            server.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + options, "s").IngestAsync(new SummaryBatch().Row("a", "2024-01-01", 1, (Category.Sleep, "Sleep.")));

        await Ingest("?sslmode=require");
        await Ingest("?sslmode=disable");
        await Ingest($"?sslmode=verify-full&sslrootcert={Uri.EscapeDataString(server.Certificate)}");
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => Ingest("?sslmode=verify-full"));
        Assert.Contains("certificate", e.Message);
    }
}
