using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>The commands of dictionaries with a SQLite file: as a user meets them, killed at any moment, on a disk that is full or read-only.</summary>
public sealed class LexiconSqliteTests
{
    private static readonly string Sample = Path.Combine(Repository.Root, "tests", "data", "lexicon", "entries.jsonl");

    private static readonly int Crashes =
        int.TryParse(Environment.GetEnvironmentVariable("FASTINGEST_CRASHES"), CultureInfo.InvariantCulture, out int crashes) ? crashes : 6;

    [Fact]
    public void A_file_is_loaded_reprocessed_and_validated()
    {
        using Workplace place = Workplace.Empty();
        string[] to = ["--to", "sqlite:a.db"];

        Outcome load = HealthIngestionProcess.Run(place.Directory, ["ingest", "--source", "sample", "--file", Sample, .. to]);
        Query(place, "UPDATE entries SET definition = 'wrong' WHERE headword = 'Fuchs'");
        Outcome before = HealthIngestionProcess.Run(place.Directory, ["validate", "--quiet", .. to]);
        Outcome dry = HealthIngestionProcess.Run(place.Directory, ["reprocess", "--dry-run", .. to]);
        Outcome reprocess = HealthIngestionProcess.Run(place.Directory, ["reprocess", "--source", "sample", "--stats-json", "-", .. to]);
        Outcome after = HealthIngestionProcess.Run(place.Directory, ["validate", "--stats-json", "stats.json", .. to]);

        Assert.Matches("""(?m)^sqlite:a.db +61 +1 +59 +0 +0 +1 +1$""", load.Error);
        Assert.Contains("next: sqlite3 a.db ", load.Error, StringComparison.Ordinal);
        Assert.Matches("""(?m)^outdated +1  Fuchs \(de\) in sample, raw 2$""", before.Output);
        Assert.Empty(before.Error);
        foreach (Outcome outcome in new[] { dry, reprocess })
        {
            Assert.Equal(0, outcome.ExitCode);
            Assert.Matches("""(?m)^sample +61 +1 +58 +0 +1 +1 +0$""", outcome.Error);
            Assert.Contains("balance: 61 records = 1 written + 58 unchanged + 0 duplicate + 1 below quality + 1 invalid", outcome.Error, StringComparison.Ordinal);
        }

        Assert.Contains("dry run: no entries were changed", dry.Error, StringComparison.Ordinal);
        Assert.Contains("\"written\": 1", reprocess.Output, StringComparison.Ordinal);
        Assert.Contains("\"balance_ok\": true", reprocess.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("outdated", after.Output, StringComparison.Ordinal);
        Assert.Contains("61 records, 59 with an entry", after.Output, StringComparison.Ordinal);
        Assert.Contains("\"entries\": 59", File.ReadAllText(place["stats.json"]), StringComparison.Ordinal);
        Assert.Equal(["a.db", "rejects.ndjson", "stats.json"], place.Files());
    }

    [Fact]
    public void A_file_that_the_printed_schema_made_is_taken()
    {
        using Workplace place = Workplace.Empty();
        using Process shell = HealthIngestionProcess.Start(
            "bash", place.Directory, [], "-c", $"set -o pipefail; '{HealthIngestionProcess.Path}' schema --for sqlite | sqlite3 -bail a.db");
        Outcome made = HealthIngestionProcess.Finish(shell, Stopwatch.StartNew());
        Assert.True(made.ExitCode == 0, made.Error);

        Run(place, "ingest", "--source", "sample", "--file", Sample, "--to", "sqlite:a.db", "--quiet");
        Run(place, Repository.Set("default"), "--to", "sqlite:a.db", "--quiet");
        Run(place, "ingest", "--source", "sample", "--file", Sample, "--to", "sqlite:b.db", "--quiet");

        Assert.Equal(Dump(place["b.db"]), Dump(place["a.db"]));
    }

    /// <summary>A load into a new file, into one that has another source and half of this one, and reprocess.</summary>
    [Theory]
    [InlineData("new")]
    [InlineData("merge")]
    [InlineData("reprocess")]
    public void What_is_killed_and_run_again_is_as_if_nothing_had_happened(string what)
    {
        using Workplace place = Workplace.Empty();
        Run(place, "generate", "words", "--kind", "lexicon", "--entries", "6000", "--entry-size", "1500", "--quirks", "0.02", "--quiet");
        File.WriteAllLines(place["half.jsonl"], File.ReadLines(place["words/entries.jsonl"]).Where((_, i) => i % 2 == 0));
        string[] load = ["ingest", "--source", "w", "--file", "words/entries.jsonl", "--to", "sqlite:a.db", "--quiet"];
        string[] command = what == "reprocess" ? ["reprocess", "--to", "sqlite:a.db", "--write-batch", "200", "--quiet"] : load;
        if (what == "merge")
        {
            Run(place, "ingest", "--source", "w", "--file", "half.jsonl", "--to", "sqlite:start.db", "--quiet");
            Run(place, "ingest", "--source", "v", "--file", "half.jsonl", "--to", "sqlite:start.db", "--quiet");
        }
        else if (what == "reprocess")
        {
            Run(place, load);
            File.Move(place["a.db"], place["start.db"]);
            using Database start = Database.Open(place["start.db"]);
            start.Query("UPDATE entries SET headword = headword || 'x', duplicate_key = CAST(raw_id AS BLOB) WHERE raw_id % 3 = 0");
        }

        string before = what == "new" ? "" : Dump(place["start.db"]);
        Prepare(place, what);
        Stopwatch alone = Stopwatch.StartNew();
        Run(place, command);
        TimeSpan time = alone.Elapsed;
        string expected = Dump(place["a.db"]);
        string[] files = place.Files();
        Random random = new(what.Length);
        int killed = 0;
        for (int i = 0; i < Crashes || (killed == 0 && i < 10 * Crashes); i++)
        {
            Prepare(place, what);
            using (Process process = HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, [], command))
            {
                Thread.Sleep(time * random.NextDouble());
                HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigkill);
                killed += HealthIngestionProcess.Finish(process, Stopwatch.StartNew()).ExitCode == 0 ? 0 : 1;
            }

            if (what != "reprocess")
            {
                string now = place.Has("a.db") ? Dump(place["a.db"]) : "";
                Assert.True(now == before || now == expected, $"kill {i}: neither as before nor as after");
            }

            Run(place, command);
            Assert.Equal(expected, Dump(place["a.db"]));
            Assert.Equal(files, place.Files());
        }

        Assert.True(killed > 0, "No kill came before the end.");
    }

    [Fact]
    public void A_full_disk_and_a_read_only_one_are_told_and_leave_what_was()
    {
        using Workplace place = Workplace.Empty();
        using SmallDisk disk = new(place["disk"], "4m");
        Run(place, "generate", "words", "--kind", "lexicon", "--entries", "3000", "--quiet");
        string[] load = ["ingest", "--source", "w", "--file", "words/entries.jsonl", "--to", "sqlite:disk/a.db", "--quiet"];

        Fails(HealthIngestionProcess.Run(place.Directory, load), "error: disk/a.db cannot be written: the disk is full.");
        Assert.Empty(disk.Names);

        Run(place, "ingest", "--source", "sample", "--file", Sample, "--to", "sqlite:disk/a.db", "--quiet");
        string before = Dump(place["disk/a.db"]);

        Fails(HealthIngestionProcess.Run(place.Directory, load), "error: disk/a.db cannot be written: the disk is full.");
        Assert.Equal(before, Dump(place["disk/a.db"]));
        Assert.Equal(["a.db"], disk.Names);

        disk.MakeReadOnly();
        Fails(HealthIngestionProcess.Run(place.Directory, load), "error: disk/a.db cannot be written: no permission, or a read-only file system.");
        Fails(
            HealthIngestionProcess.Run(place.Directory, "reprocess", "--to", "sqlite:disk/a.db", "--quiet"),
            "error: disk/a.db cannot be written: no permission, or a read-only file system.");
        Assert.Contains("61 records", HealthIngestionProcess.Run(place.Directory, "validate", "--to", "sqlite:disk/a.db").Output, StringComparison.Ordinal);
    }

    /// <summary>Lines of 60 MiB, beside ordinary ones, as lines and as a compressed array.</summary>
    [Theory]
    [InlineData("jsonl")]
    [InlineData("json")]
    public void Huge_records_stay_within_256_MiB(string format)
    {
        using Workplace place = Workplace.Empty();
        Run(place, "generate", "words", "--kind", "lexicon", "--entries", "2000", "--quiet");
        string[] lines = File.ReadAllLines(place["words/entries.jsonl"]);
        string file = format == "json" ? "a.json.gz" : "a.jsonl";
        using (Stream output = format == "json" ? new GZipStream(File.Create(place[file]), CompressionLevel.Fastest) : File.Create(place[file]))
        using (StreamWriter writer = new(output))
        {
            writer.Write(format == "json" ? "[" : "");
            for (int i = 0; i < lines.Length; i++)
            {
                writer.Write(i > 0 ? (format == "json" ? ",\n" : "\n") : "");
                writer.Write(lines[i]);
                if (i % 700 == 0)
                {
                    writer.Write((format == "json" ? ",\n" : "\n") + $$"""{"word": "w{{i}}", "lang_code": "de", "senses": [{"glosses": ["huge"]}], "x": [""");
                    string item = $"\"{new string('y', 1000 + i)}\", ";
                    for (int bytes = 0; bytes < 60 << 20; bytes += item.Length)
                    {
                        writer.Write(item);
                    }

                    writer.Write("0]}");
                }
            }

            writer.Write(format == "json" ? "]" : "\n");
        }

        string[][] commands =
        [
            ["ingest", "--source", "w", "--file", file, "--format", format, "--to", "sqlite:a.db"],
            ["reprocess", "--to", "sqlite:a.db"],
            ["ingest", "--source", "v", "--file", file, "--format", format, "--to", "sqlite:a.db"],
        ];
        foreach (string[] command in commands)
        {
            Run(place, [.. command, "--quiet", "--stats-json", "stats.json"]);
            using JsonDocument stats = JsonDocument.Parse(File.ReadAllBytes(place["stats.json"]));
            Assert.InRange(stats.RootElement.GetProperty("peak_rss_bytes").GetInt64(), 1, 256 << 20);
        }

        using Database database = Database.Open(place["a.db"]);
        Assert.Equal(6L, database.Query("SELECT count(*) FROM raw_entries JOIN entries e ON e.raw_id = raw_entries.id WHERE length(raw_data) > 60000000 AND definition = 'huge'")[0][0]);
    }

    [Theory]
    [InlineData(2, "no database is named: give --to sqlite:FILE", "reprocess")]
    [InlineData(1, "none.db does not exist.", "reprocess", "--to", "sqlite:none.db")]
    [InlineData(1, "none.db does not exist.", "validate", "--to", "sqlite:none.db")]
    [InlineData(2, "ndjson: cannot be reprocessed. Use sqlite:FILE or postgres://USER@HOST/DATABASE", "validate", "--to", "ndjson:a")]
    [InlineData(2, "The target sqlite: names nothing", "validate", "--to", "sqlite:")]
    [InlineData(1, "--stats-json no/x.json: there is no directory", "reprocess", "--to", "sqlite:none.db", "--stats-json", "no/x.json")]
    public void What_cannot_be_done_is_said_in_one_line(int exitCode, string said, params string[] arguments)
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("DATABASE_URL", "")], arguments);

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(said, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }

    private static void Prepare(Workplace place, string what)
    {
        File.Delete(place["a.db"]);
        if (what != "new")
        {
            File.Copy(place["start.db"], place["a.db"]);
        }
    }

    private static void Query(Workplace place, string sql)
    {
        using Database database = Database.Open(place["a.db"]);
        database.Query(sql);
    }

    private static void Run(Workplace place, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    private static void Fails(Outcome outcome, string beginning)
    {
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith(beginning, outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    /// <summary>All but times and runs.</summary>
    private static string Dump(string path)
    {
        using Database database = Database.Open(path);
        Assert.Equal("ok", Assert.Single(database.Query("PRAGMA integrity_check"))[0]);
        string[] queries =
        [
            "SELECT source_id, reprocess_position FROM data_sources ORDER BY source_id",
            "SELECT id, source_id, hex(checksum), file_path, line_number, raw_data FROM raw_entries ORDER BY id",
            "SELECT raw_id, id, source_id, headword, headword_key, language, pos, ipa, definition, etymology, quality, errors, pipeline_version, hex(duplicate_key) FROM entries ORDER BY raw_id",
        ];
        return string.Join('\n', queries.SelectMany(q => database.Query(q)).Select(r => string.Join('|', r)));
    }
}
