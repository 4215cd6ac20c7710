using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>The figures for machines, as docs/stats.md describes them.</summary>
public sealed class StatsTests
{
    [Theory]
    [InlineData("optimized")]
    [InlineData("original")]
    public void The_figures_add_up(string mode)
    {
        using Workplace place = Workplace.WithFaultyData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--mode", mode, "--stats-json", "-", "--quiet", "--chunk-size", "64KiB", "--workers", "2");

        Assert.Equal(0, outcome.ExitCode);
        JsonElement stats = JsonDocument.Parse(outcome.Output).RootElement;
        JsonElement[] categories = [.. stats.GetProperty("categories").EnumerateArray()];
        Assert.Equal(7, categories.Length);
        JsonElement balance = stats.GetProperty("balance");
        foreach (string key in new[] { "records", "aggregated", "rejected" })
        {
            Assert.Equal(balance.GetProperty(key).GetInt64(), categories.Sum(c => c.GetProperty(key).GetInt64()));
        }

        Assert.Equal(Workplace.Records, balance.GetProperty("records").GetInt64());
        Assert.Equal(Workplace.Rejected, balance.GetProperty("rejected").GetInt64());
        Assert.True(balance.GetProperty("ok").GetBoolean());
        Assert.All(categories, c => Assert.Equal(
            c.GetProperty("rejected").GetInt64(),
            c.GetProperty("rejected_by_reason").EnumerateObject().Sum(r => r.Value.GetInt64())));
        JsonElement heartRate = categories.Single(c => c.GetProperty("category").GetString() == "heart_rate").GetProperty("rejected_by_reason");
        Assert.Equal(1, heartRate.GetProperty("no_value").GetInt64());
        Assert.Equal(1, heartRate.GetProperty("no_date").GetInt64());
        Assert.Equal(Workplace.Rows, stats.GetProperty("rows").GetInt64());
        Assert.Equal(Workplace.Rows, stats.GetProperty("sinks")[0].GetProperty("inserted").GetInt64());
        Assert.Equal(new DirectoryInfo(place["data"]).GetFiles().Sum(f => f.Length), stats.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public void Every_documented_key_is_there()
    {
        using Workplace place = Workplace.WithData();

        HealthIngestionProcess.Run(place.Directory, "data", "--stats-json", "stats.json", "--max-record-size", "1.5MiB", "--chunk-size", "1MB");

        JsonElement stats = JsonDocument.Parse(File.ReadAllText(place["stats.json"])).RootElement;
        Assert.Equal(7, stats.GetProperty("run_id").GetGuid().Version);
        string[] keys =
        [
            "version", "commit", "isa", "options", "elapsed_seconds", "peak_rss_bytes", "bytes", "bytes_per_second",
            "records_per_second", "rows", "categories", "sinks", "balance", "warnings",
        ];
        Assert.All(keys, key => Assert.True(stats.TryGetProperty(key, out _), key));
        Assert.InRange(stats.GetProperty("peak_rss_bytes").GetInt64(), 1_000_000, 1_000_000_000);
        Assert.Equal(3 << 19, stats.GetProperty("options").GetProperty("max_record_bytes").GetInt32());
        Assert.Equal(1_000_000, stats.GetProperty("options").GetProperty("chunk_bytes").GetInt32());
        Assert.Equal(["health.db", "stats.json"], place.Files());
    }

    [Fact]
    public void A_second_run_finds_the_rows_unchanged()
    {
        using Workplace place = Workplace.WithData();
        HealthIngestionProcess.Run(place.Directory, "data");

        string output = HealthIngestionProcess.Run(place.Directory, "data", "--stats-json", "-").Output;

        JsonElement sink = JsonDocument.Parse(output).RootElement.GetProperty("sinks")[0];
        Assert.Equal(Workplace.Rows, sink.GetProperty("unchanged").GetInt64());
        Assert.Equal(0, sink.GetProperty("inserted").GetInt64() + sink.GetProperty("updated").GetInt64());
    }
}
