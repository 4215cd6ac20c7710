using System.Collections.Concurrent;
using FastIngest.Tests.Storage.Http;

namespace HealthIngestion.Tests;

/// <summary>
/// kill -9 of <c>push</c> at random moments, against an API that drops, delays, answers 429 and 500, and lies: every
/// summary arrives at least once and is marked once. <c>FASTINGEST_CRASHES=100</c> kills that often.
/// </summary>
public sealed class PushKillTests(GeneratedData data, ITestOutputHelper output)
{
    private static readonly int Crashes = KillLoop.Times(6);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public void Nothing_is_lost_and_everything_is_marked_once(string kind)
    {
        using Workplace place = Workplace.Empty();
        using LoadedDatabase database = new(place, kind, data);
        int total = database.Total;
        Random random = new(kind.Length);
        ConcurrentDictionary<string, int> times = new();
        int n = 0;
        ApiServer? api = null;
        using ApiServer server = api = ApiServer.Start(async (context, request) =>
        {
            switch (Interlocked.Increment(ref n) % 100)
            {
                case 7:
                    context.Abort();
                    break;
                case 13:
                    context.Response.Headers.RetryAfter = "0";
                    await ApiServer.Write(context, 429, "");
                    break;
                case 19:
                    await ApiServer.Write(context, 500, "");
                    break;
                case 29:
                    await ApiServer.Write(context, 503, """{"status": "error"}""");
                    break;
                case 37:
                    await Task.Delay(30);
                    goto default;
                case 43:
                    // Taken, but the client does not hear of it.
                    api!.Taken[request.Summary] = request.Text;
                    context.Abort();
                    break;
                default:
                    times.AddOrUpdate(request.Summary, 1, (_, t) => t + 1);
                    await api!.Ok(context);
                    break;
            }
        });

        string[] push = ["push", "--quiet", "--from", database.Url, "--schema", database.Schema, "--to", server.Url, "--concurrency", "32"];
        int rounds = 0;
        KillLoop.Run(place, push, Crashes, () => server.Requests.Count, () => random.Next(1, total / 2), () =>
        {
            // It was done: all must be there. Then the API forgets everything, and the next round begins.
            Complete();
            server.Taken.Clear();
            database.Query("DELETE FROM {s}deliveries");
        });

        Complete();
        Outcome again = HealthIngestionProcess.Run(place.Directory, [.. push, "--stats-json", "-"]);
        Assert.Contains($"\"unchanged\": {total},", again.Output, StringComparison.Ordinal);
        output.WriteLine($"{Crashes} kills in {rounds} deliveries, {server.Requests.Count} requests for {total} summaries each, {times.Values.Sum() - ((long)rounds * total)} of them taken once more");

        void Complete()
        {
            Outcome last = HealthIngestionProcess.Run(place.Directory, push);
            Assert.True(last.ExitCode == 0, last.Error);
            rounds++;
            Assert.Equal(total, server.Taken.Count);
            Assert.Equal(server.Taken.Keys.Order(StringComparer.Ordinal), database.Query("SELECT user_id, CAST(date AS text) FROM {s}deliveries WHERE delivered_md5 IS NOT NULL").Order(StringComparer.Ordinal));
        }
    }
}
