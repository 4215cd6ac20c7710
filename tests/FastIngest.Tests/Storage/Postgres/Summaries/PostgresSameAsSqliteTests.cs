using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Summaries;
using FastIngest.Tests.Storage.Sqlite;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Storage.Postgres.Summaries;

/// <summary>For every input, the tables of PostgreSQL hold the same rows as the SQLite database, column by column.</summary>
public sealed class PostgresSameAsSqliteTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PostgresTables _tables = new();

    private string Db => _folder["health.db"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("compact")]
    [InlineData("default")]
    [InlineData("ndjson")]
    [InlineData("pretty")]
    [InlineData("quirks")]
    public void A_sample_set_gives_the_same_rows_when_loaded_once_or_twice(string set)
    {
        for (int run = 0; run < 2; run++)
        {
            foreach (IngestMode mode in (IngestMode[])[IngestMode.Optimized, IngestMode.Original])
            {
                IngestOptions options = new() { Paths = [TestData.Health(set)], Mode = mode };
                IngestReport report = Support.Run.Ingest(options, new SqliteSink(Db), _tables.Sink()).Report;

                Assert.Equal(report.Sinks[1].Result, report.Sinks[2].Result);
                Assert.Equal(SqliteFile.Dump(Db), _tables.Dump());
            }
        }
    }

    [Fact]
    public void Categories_loaded_in_separate_runs_give_the_same_rows()
    {
        string[] files = Directory.GetFiles(TestData.Health("default"), "*.json");
        Random random = new(4);
        random.Shuffle(files);
        foreach (string file in files.Concat(files.Take(3)))
        {
            IngestReport report = Support.Run.Ingest(new IngestOptions { Paths = [file] }, new SqliteSink(Db), _tables.Sink()).Report;

            Assert.Equal(report.Sinks[1].Result, report.Sinks[2].Result);
            Assert.Equal(SqliteFile.Dump(Db), _tables.Dump());
        }
    }

    [Fact]
    public async Task Random_overlapping_runs_give_the_same_rows()
    {
        Random random = new(5);
        for (int run = 0; run < 25; run++)
        {
            int seed = random.Next();

            SinkResult sqlite = await new SqliteSink(Db).IngestAsync(RandomRun(new Random(seed)));
            SinkResult postgres = await _tables.IngestAsync(RandomRun(new Random(seed)));

            Assert.Equal(sqlite, postgres);
            Assert.Equal(SqliteFile.Dump(Db), _tables.Dump());
        }
    }

    /// <summary>A few users and days, so that runs overlap; profiles appear, change or are missing.</summary>
    private static SummaryBatch[] RandomRun(Random random)
    {
        List<SummaryBatch> batches = [];
        SummaryBatch batch = new();
        foreach (string user in (string[])["a", "b", "b\u00e9", "c\"\\", "d"])
        {
            if (random.Next(3) == 0)
            {
                batch.User(user, random.Next(3) == 0 ? null : $"Name {random.Next(3)}", random.Next(2) == 0 ? null : random.Next(20, 24) + 0.5, random.Next(2) == 0 ? null : "f");
            }

            for (int day = 1; day < 6; day++)
            {
                if (random.Next(2) == 0)
                {
                    batch.Row(
                        user,
                        $"2024-01-0{day}",
                        random.Next(1, 3),
                        [.. Enum.GetValues<Category>().Where(c => c != Category.Users && random.Next(3) == 0).Select(c => (c, $"{c.Name()} {random.Next(2)} \u00fc."))]);
                }

                if (random.Next(6) == 0)
                {
                    // The profile of this batch may have been in the previous batch.
                    SummaryBatch next = new();
                    batches.Add(batch);
                    batch = next;
                    break;
                }
            }
        }

        return [.. batches, batch];
    }
}
