using System.Diagnostics;
using System.Globalization;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>
/// kill -9 of <c>embed</c> at random moments, against a server that drops, delays, limits and errs: in the end every summary
/// has one vector, and it is the right one. <c>FASTINGEST_CRASHES=100</c> kills that often.
/// </summary>
public sealed class EmbedKillTests(GeneratedData data, ITestOutputHelper output)
{
    private static readonly int Crashes =
        int.TryParse(Environment.GetEnvironmentVariable("FASTINGEST_CRASHES"), CultureInfo.InvariantCulture, out int crashes) ? crashes : 6;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public void Every_summary_has_its_vector_once(string kind)
    {
        using Workplace place = Workplace.Empty();
        string schema = $"v{Guid.NewGuid():N}";
        string database = kind == "postgres" ? PostgresServer.Shared.Url : "sqlite:a.db";
        Outcome loaded = HealthIngestionProcess.Run(place.Directory, data.Medium, "--quiet", "--to", database, "--schema", schema, "--to", "ndjson:a.ndjson", "--no-api");
        Assert.True(loaded.ExitCode == 0, loaded.Error);
        int total = File.ReadLines(place["a.ndjson"]).Count();
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

        string[] embed = ["embed", "--quiet", "--from", database, "--schema", schema, "--api", server.Url, "--batch", "16"];
        int killed = 0, rounds = 0;
        while (killed < Crashes)
        {
            int before = server.Requests.Count();
            int after = random.Next(1, Math.Max(2, total / 32));
            using Process process = HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, [], embed);
            HealthIngestionProcess.WaitFor(process, _ => Volatile.Read(ref n) >= before + after);
            HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigkill);
            if (HealthIngestionProcess.Finish(process, Stopwatch.StartNew()).ExitCode == 128 + HealthIngestionProcess.Sigkill)
            {
                killed++;
                continue;
            }

            // It was done: all must be there. Then half of the vectors is taken away or made old, and the next round begins.
            Complete();
            Query("DELETE FROM {s}embeddings WHERE user_id < (SELECT max(user_id) FROM {s}users)");
            Query($"UPDATE {{s}}daily_summaries SET summary = summary || ' {rounds}'");
        }

        Complete();
        output.WriteLine($"{killed} kills in {rounds} rounds, {server.Requests.Count()} requests for {total} summaries");
        if (kind == "postgres")
        {
            PostgresServer.Shared.Query($"DROP SCHEMA {schema} CASCADE");
        }

        void Complete()
        {
            Outcome last = HealthIngestionProcess.Run(place.Directory, embed);
            Assert.True(last.ExitCode == 0, last.Error);
            rounds++;
            string vector = kind == "postgres" ? "array_to_string(vector, ' ')" : "hex(vector)";
            string[] stored = [.. Query($"SELECT {vector} || '|' || summary FROM {{s}}daily_summaries s LEFT JOIN {{s}}embeddings e USING (user_id, date)")];
            Assert.Equal(total, stored.Length);
            Assert.Equal([total.ToString(CultureInfo.InvariantCulture)], Query("SELECT count(*) FROM {s}embeddings"));
            foreach (string[] row in stored.Select(r => r.Split('|', 2)))
            {
                string found = kind == "postgres"
                    ? Convert.ToHexString([.. row[0].Split(' ').SelectMany(f => BitConverter.GetBytes(float.Parse(f, CultureInfo.InvariantCulture)))])
                    : row[0];
                Assert.Equal(Convert.ToHexString(EmbeddingStandIn.BytesOf(row[1])), found);
            }
        }

        IEnumerable<string> Query(string sql)
        {
            sql = sql.Replace("{s}", kind == "postgres" ? schema + "." : "", StringComparison.Ordinal);
            if (kind == "postgres")
            {
                return PostgresServer.Shared.Query(sql);
            }

            using Database file = Database.Open(place["a.db"]);
            return [.. file.Query(sql).Select(r => string.Join(' ', r))];
        }
    }
}
