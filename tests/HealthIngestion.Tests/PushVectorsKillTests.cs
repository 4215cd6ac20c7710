using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Storage.Weaviate;

namespace HealthIngestion.Tests;

/// <summary>
/// kill -9 of <c>push --vectors</c> at random moments, against a Weaviate that drops, limits and fails single objects: in the
/// end every day is one object with the vector of its text. <c>FASTINGEST_CRASHES=100</c> kills that often.
/// </summary>
public sealed class PushVectorsKillTests(GeneratedData data, ITestOutputHelper output)
{
    private static readonly int Crashes = KillLoop.Times(4);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Every_object_has_its_vector_in_the_end(string kind)
    {
        using Workplace place = Workplace.Empty();
        using LoadedDatabase database = new(place, kind, data);
        using EmbeddingStandIn embedder = new();
        string[] from = ["--quiet", "--from", database.Url, "--schema", database.Schema];
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, ["embed", .. from, "--api", embedder.Url]).ExitCode);
        await using WeaviateServer server = new();
        Random random = new(kind.Length);
        int n = 0, objects = 0;
        server.Intercept = async (context, _) =>
        {
            switch (Interlocked.Increment(ref n) % 20)
            {
                case 7:
                    context.Abort();
                    return true;
                case 13:
                    context.Response.Headers.RetryAfter = "0";
                    await ApiServer.Write(context, 429, "");
                    return true;
                default:
                    return false;
            }
        };
        server.Complain = _ => Interlocked.Increment(ref objects) % 97 == 0 ? "try again" : null;

        string[] push = ["push", "--vectors", .. from, "--to", server.Url, "--concurrency", "4"];
        int rounds = 0;
        KillLoop.Run(place, push, Crashes, () => Volatile.Read(ref objects), () => random.Next(1, database.Total / 2), () =>
        {
            // It was done: all must be there. Then every text changes, and its vector with it.
            Complete();
            database.Query($"UPDATE {{s}}daily_summaries SET summary = summary || ' {rounds}'");
            Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, ["embed", .. from, "--api", embedder.Url]).ExitCode);
        });

        Complete();
        output.WriteLine($"{Crashes} kills in {rounds} deliveries, {objects} objects for {database.Total} summaries");
        Assert.Empty(server.Findings);

        void Complete()
        {
            Outcome last = HealthIngestionProcess.Run(place.Directory, push);
            Assert.True(last.ExitCode == 0, last.Error);
            rounds++;
            Assert.Equal(database.Total, server.Objects.Count);
            Assert.Equal(
                database.Query("SELECT summary FROM {s}daily_summaries").Order(StringComparer.Ordinal),
                server.Objects.Values.Select(o => o["properties"]!["text"]!.ToString()).Order(StringComparer.Ordinal));
            Assert.All(server.Objects.Values, o =>
                Assert.Equal(EmbeddingStandIn.VectorOf(o["properties"]!["text"]!.ToString()), o["vector"]!.AsArray().Select(f => (float)f!)));
        }
    }
}
