using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using FastIngest.Tests.Storage.Postgres;
using FastIngest.Tests.Support;

namespace HealthIngestion.Tests;

/// <summary>
/// The memory limit holds, as the kernel counts the process's peak; what goes to the temporary folder meanwhile is gone
/// afterwards, however the run ends.
/// </summary>
public sealed class MemoryTests(MemoryTests.Shuffled data) : IClassFixture<MemoryTests.Shuffled>
{
    private const string Limit = "64MiB";

    [Fact]
    public void The_peak_stays_under_every_limit_with_the_same_rows_on_any_vectors()
    {
        string? rows = null;
        foreach ((string limit, long bytes) in ((string, long)[])[("256MiB", 256 << 20), (Limit, 64 << 20)])
        {
            foreach (string isa in GoldenTests.InstructionSets())
            {
                using Workplace place = Workplace.Empty();
                Outcome outcome = HealthIngestionProcess.Run(
                    place.Directory, [("FASTINGEST_ISA", isa)],
                    data.Directory, "--quiet", "--memory-limit", limit, "--stats-json", "-", "--to", "ndjson:rows");

                Assert.True(outcome.ExitCode == 0, outcome.Error);
                long peak = JsonDocument.Parse(outcome.Output).RootElement.GetProperty("peak_rss_bytes").GetInt64();
                Assert.True(peak <= bytes, $"{peak} bytes at {limit} with {isa}");
                using FileStream file = File.OpenRead(place["rows"]);
                string hash = Convert.ToHexString(SHA256.HashData(file));
                Assert.Equal(rows ??= hash, hash);
            }
        }
    }

    [Fact]
    public void Summaries_and_records_over_older_ones_keep_the_peak_under_the_limit()
    {
        using Workplace place = Workplace.Empty();
        string schema = $"m{Guid.NewGuid():N}";
        for (int run = 0; run < 2; run++)
        {
            Outcome outcome = HealthIngestionProcess.Run(
                place.Directory, data.Directory, "--quiet", "--memory-limit", Limit, "--schema", schema, "--records", "--stats-json", "-", "--to", PostgresServer.Shared.Url);

            Assert.True(outcome.ExitCode == 0, outcome.Error);
            Assert.InRange(JsonDocument.Parse(outcome.Output).RootElement.GetProperty("peak_rss_bytes").GetInt64(), 1, 64 << 20);
        }

        PostgresServer.Shared.Query($"DROP SCHEMA {schema} CASCADE");
    }

    [Fact]
    public void More_workers_than_the_limit_holds_are_not_used_and_that_is_said()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(
            place.Directory, data.Directory, "--memory-limit", Limit, "--workers", "64", "--dry-run", "--stats-json", "-", "--progress", "none");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Matches("warning: The memory limit holds [0-9]+ of the 64 workers", outcome.Error);
        Assert.InRange(JsonDocument.Parse(outcome.Output).RootElement.GetProperty("peak_rss_bytes").GetInt64(), 1, 64 << 20);
    }

    [Fact]
    public void A_reject_for_every_other_byte_stays_under_the_limit()
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["sleep.json"], string.Concat(Enumerable.Repeat("0\n", 1 << 20)));

        Outcome outcome = HealthIngestionProcess.Run(
            place.Directory, "sleep.json", "--quiet", "--dry-run", "--memory-limit", Limit, "--workers", "2", "--stats-json", "-");

        Assert.True(outcome.ExitCode == 3, outcome.Error);
        JsonElement stats = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.InRange(stats.GetProperty("peak_rss_bytes").GetInt64(), 1, 64 << 20);
        Assert.Equal(1 << 20, File.ReadLines(place["rejects.ndjson"]).Count());
    }

    [Fact]
    public void A_line_of_nothing_but_delimiters_takes_little_more_than_its_bytes()
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["sleep.csv"], "user_id,date,total_sleep\n" + new string(',', 16_000_000));

        Outcome outcome = HealthIngestionProcess.Run(
            place.Directory, "sleep.csv", "--quiet", "--dry-run", "--memory-limit", Limit, "--stats-json", "-");

        Assert.True(outcome.ExitCode == 3, outcome.Error);
        Assert.InRange(JsonDocument.Parse(outcome.Output).RootElement.GetProperty("peak_rss_bytes").GetInt64(), 1, 96 << 20);
        Assert.Contains("\"reason\": \"invalid_csv\", \"offset\": 25, \"length\": 16000000", File.ReadAllText(place["rejects.ndjson"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ndjson:rows")]
    [InlineData("sqlite:rows.db")]
    public void A_full_temporary_disk_is_told_and_leaves_nothing(string target)
    {
        using Workplace place = Workplace.Empty();
        using SmallDisk disk = new(place["temp"], "4m");

        Outcome outcome = HealthIngestionProcess.Run(
            place.Directory, data.Directory, "--quiet", "--memory-limit", Limit, "--temp-dir", "temp", "--to", target);

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("error: Intermediate data cannot be written to temp: No space left on device", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains("Free disk space, choose another folder with --temp-dir", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(disk.Names);
        Assert.Empty(place.Files());
    }

    [Theory]
    [InlineData("64MiB", "Intermediate data cannot be written to temp: ")]
    [InlineData("1GiB", "rows cannot be written: it may not grow further.")]
    public void A_limit_on_the_size_of_files_is_told_and_leaves_nothing(string memory, string message)
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["temp"]);
        Stopwatch time = Stopwatch.StartNew();
        using Process process = HealthIngestionProcess.Start(
            "bash", place.Directory, [], "-c",
            $"ulimit -f 4096; exec '{HealthIngestionProcess.Path}' '{data.Directory}' --quiet --memory-limit {memory} --temp-dir temp --to ndjson:rows");
        Outcome outcome = HealthIngestionProcess.Finish(process, time);

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("error: " + message, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains("ulimit -f", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(place["temp"]));
        Assert.Empty(place.Files());
    }

    [Theory]
    [InlineData(HealthIngestionProcess.Sigterm, 143, false)]
    [InlineData(HealthIngestionProcess.Sigterm, 143, true)]
    [InlineData(HealthIngestionProcess.Sigkill, 137, false)]
    [InlineData(HealthIngestionProcess.Sigkill, 137, true)]
    public void A_run_that_is_stopped_leaves_no_spill_file(int signal, int exitCode, bool inReduce)
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["temp"]);
        bool spilled = false;

        Outcome outcome = HealthIngestionProcess.SignalWhen(
            place.Directory,
            process =>
            {
                bool isReducing = place.Has("rows.partial") && new FileInfo(place["rows.partial"]).Length > 0;
                spilled |= HasSpilled(process);
                return spilled && isReducing == inReduce;
            },
            [signal],
            data.Directory, "--quiet", "--workers", "1", "--memory-limit", Limit, "--temp-dir", "temp", "--to", "ndjson:rows");

        Assert.True(spilled);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(place["temp"]));
        Assert.False(place.Has("rows"));
    }

    /// <summary>The file has no name any more; the process has it open all the same.</summary>
    private static bool HasSpilled(Process process)
    {
        try
        {
            return Directory.GetFiles($"/proc/{process.Id}/fd")
                .Any(d => new FileInfo(d).LinkTarget is { } target && target.EndsWith(".spill (deleted)", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>200 MB in random order, which takes the most memory: no two events share a key, nor two heart rates an event.</summary>
    public sealed class Shuffled : IDisposable
    {
        private readonly Workplace _workplace = Workplace.Empty();
        private readonly Lazy<string> _made;

        public Shuffled() => _made = new(Make);

        public string Directory => _made.Value;

        public void Dispose() => _workplace.Dispose();

        private string Make()
        {
            Assert.Equal(0, HealthIngestionProcess.Run(_workplace.Directory, "generate", "data", "--size", "200MB", "--style", "ndjson", "--quiet").ExitCode);
            using Process process = HealthIngestionProcess.Start(
                "bash", _workplace.Directory, [], "-c", "for file in data/*; do shuf $file -o $file --random-source=<(yes); done");
            Assert.Equal(0, HealthIngestionProcess.Finish(process, Stopwatch.StartNew()).ExitCode);
            return _workplace["data"];
        }
    }
}
