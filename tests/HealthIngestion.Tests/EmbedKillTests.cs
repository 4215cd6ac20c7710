using System.Globalization;
using FastIngest.Tests.Storage.Http;

namespace HealthIngestion.Tests;

/// <summary>
/// kill -9 of <c>embed</c> at random moments, against a server that drops, delays, limits and errs: in the end every summary
/// has one vector, and it is the right one. <c>FASTINGEST_CRASHES=100</c> kills that often.
/// </summary>
public sealed class EmbedKillTests(GeneratedData data, ITestOutputHelper output)
{
    private static readonly int Crashes = KillLoop.Times(6);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public void Every_summary_has_its_vector_once(string kind)
    {
        using Workplace place = Workplace.Empty();
        using LoadedDatabase database = new(place, kind, data);
        int total = database.Total;
        Random random = new(kind.Length);
        int n = 0;
        using EmbeddingStandIn server = new(async (context, ask) =>
        {
            switch (Interlocked.Increment(ref n) % 40)
            {
                case 7:
                    context.Abort();
                    break;
                case 13:
                    context.Response.Headers.RetryAfter = "0";
                    await ApiServer.Write(context, 429, "");
                    break;
                case 19 when ask.Texts.Length > 4:
                    await ApiServer.Write(context, 413, "");
                    break;
                case 23 when ask.Texts.Length > 1:
                    await EmbeddingStandIn.Write(context, ask, item: t => t == ask.Texts[^1] ? "" : null);
                    break;
                case 29:
                    await ApiServer.Write(context, 503, "");
                    break;
                case 31:
                    await EmbeddingStandIn.Write(context, ask, reversed: true);
                    break;
                case 37:
                    await Task.Delay(30);
                    goto default;
                default:
                    await EmbeddingStandIn.Write(context, ask);
                    break;
            }
        });

        string[] embed = ["embed", "--quiet", "--from", database.Url, "--schema", database.Schema, "--api", server.Url, "--batch", "16"];
        int rounds = 0;
        KillLoop.Run(place, embed, Crashes, () => Volatile.Read(ref n), () => random.Next(1, Math.Max(2, total / 32)), () =>
        {
            // It was done: all must be there. Then half of the vectors is taken away or made old, and the next round begins.
            Complete();
            database.Query("DELETE FROM {s}embeddings WHERE user_id < (SELECT max(user_id) FROM {s}users)");
            database.Query($"UPDATE {{s}}daily_summaries SET summary = summary || ' {rounds}'");
        });

        Complete();
        output.WriteLine($"{Crashes} kills in {rounds} rounds, {server.Requests.Count()} requests for {total} summaries");

        void Complete()
        {
            Outcome last = HealthIngestionProcess.Run(place.Directory, embed);
            Assert.True(last.ExitCode == 0, last.Error);
            rounds++;
            string vector = kind == "postgres" ? "array_to_string(vector, ' ')" : "hex(vector)";
            string[] stored = [.. database.Query($"SELECT {vector} || '|' || summary FROM {{s}}daily_summaries s LEFT JOIN {{s}}embeddings e USING (user_id, date)")];
            Assert.Equal(total, stored.Length);
            Assert.Equal([total.ToString(CultureInfo.InvariantCulture)], database.Query("SELECT count(*) FROM {s}embeddings"));
            foreach (string[] row in stored.Select(r => r.Split('|', 2)))
            {
                string found = kind == "postgres"
                    ? Convert.ToHexString([.. row[0].Split(' ').SelectMany(f => BitConverter.GetBytes(float.Parse(f, CultureInfo.InvariantCulture)))])
                    : row[0];
                Assert.Equal(Convert.ToHexString(EmbeddingStandIn.BytesOf(row[1])), found);
            }
        }
    }
}
