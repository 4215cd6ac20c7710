using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>A dictionary that many tasks read leaves the tables, ids, rejects and figures of one process, however it is divided.</summary>
public sealed class PlannedDictionaryTests
{
    private const string Work = "work";

    private static readonly string Samples = Path.Combine(Repository.Root, "tests", "data", "lexicon");

    [Theory]
    [InlineData("lines")]
    [InlineData("odd")]
    [InlineData("folder")]
    [InlineData("array")]
    [InlineData("json")]
    [InlineData("generated")]
    public void Any_number_of_tasks_gives_the_tables_of_one_process(string set)
    {
        using Workplace place = Workplace.Empty();
        string[] input = Prepare(place, set);
        Outcome alone = HealthIngestionProcess.Run(
            place.Directory, ["lexicon", "ingest", .. input, "--to", "sqlite:one.db", "--to", "ndjson:one.ndjson", "--rejects", "one.rejects", "--stats-json", "one.json"]);
        Assert.True(alone.ExitCode is 0 or 3, alone.Error);
        foreach (int tasks in (ReadOnlySpan<int>)[1, 2, 3, 16])
        {
            Good(Plan(place, tasks, [.. input, "--to", "sqlite:many.db", "--to", "ndjson:many.ndjson", "--rejects", "many.rejects"]));
            MapAll(place, tasks);
            Good(Do(place, "check"));
            Assert.Contains("a dictionary has no tasks of reduce; nothing to do", Good(Do(place, "reduce", "--task", "0")).Error, StringComparison.Ordinal);
            Outcome many = Do(place, "finish", "--stats-json", "many.json");
            Assert.Equal(alone.ExitCode, many.ExitCode);
            Assert.Equal(Dump(place["one.db"]), Dump(place["many.db"]));
            Assert.Equal(File.ReadAllText(place["one.ndjson"]), File.ReadAllText(place["many.ndjson"]));
            Assert.Equal(place.Has("one.rejects"), place.Has("many.rejects"));
            Assert.True(!place.Has("one.rejects") || File.ReadAllText(place["one.rejects"]) == File.ReadAllText(place["many.rejects"]), $"{set} {tasks}: other rejects");
            Assert.Equal(Figures(place["one.json"]), Figures(place["many.json"]));
            Assert.Equal(Counted(alone), Counted(many));
            Assert.Equal(["check.json", "finished.json", "plan.json"], Directory.EnumerateFileSystemEntries(place[Work]).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
            Assert.Contains("the run was finished before; nothing to do", Good(Do(place, "finish")).Error, StringComparison.Ordinal);
            Clear(place);
        }
    }

    [Fact]
    public void PostgreSQL_has_the_entries_and_the_run_once_also_beside_stored_ones()
    {
        PostgresServer server = PostgresServer.Shared;
        string one = $"s{Guid.NewGuid():N}", many = $"s{Guid.NewGuid():N}";
        using Workplace place = Workplace.Empty();
        string[] input = Prepare(place, "odd");
        File.WriteAllLines(place["half.jsonl"], File.ReadLines(place["odd.jsonl"]).Where((_, i) => i % 2 == 0));
        foreach (string schema in (string[])[one, many])
        {
            HealthIngestionProcess.Run(place.Directory, "lexicon", "ingest", "--source", "w", "--file", "half.jsonl", "--to", server.Url, "--schema", schema, "--quiet");
        }

        HealthIngestionProcess.Run(place.Directory, ["lexicon", "ingest", .. input, "--to", server.Url, "--schema", one, "--quiet"]);
        Good(Plan(place, 3, [.. input, "--to", server.Url, "--schema", many]));
        MapAll(place, 3);
        Good(Do(place, "check"));
        HealthIngestionProcess.RunShell(place.Directory, "cp -a work before");
        Good(Do(place, "finish"));
        string after = Tables(many);
        Assert.Equal(Tables(one), after);

        // As after a crash between the commit and the end of the step.
        HealthIngestionProcess.RunShell(place.Directory, "rm -r work; mv before work");
        Good(Do(place, "finish"));
        Assert.Equal(after, Tables(many));
        Assert.Equal(["2"], server.Query($"SELECT count(*) FROM {many}.ingest_runs"));

        string Tables(string schema) => string.Join('\n', ((string[])[
            "SELECT row_number() OVER (ORDER BY id), source_id, encode(checksum, 'hex'), file_path, line_number, raw_data FROM {0}.raw_entries ORDER BY id",
            "SELECT (SELECT count(*) FROM {0}.raw_entries r WHERE r.id <= raw_id), id, headword, language, pos, ipa, definition, etymology, quality, errors, pipeline_version, duplicate_key FROM {0}.entries ORDER BY raw_id",
        ]).SelectMany(q => server.Query(q.Replace("{0}", schema, StringComparison.Ordinal))));
    }

    /// <summary>Attempts at once, attempts that are killed, and pieces that are torn, damaged, swapped or missing.</summary>
    [Fact]
    public void Whatever_happens_to_the_tasks_every_entry_is_there_once()
    {
        const int tasks = 3;
        using Workplace place = Workplace.Empty();
        string[] input = Prepare(place, "generated");
        Good(HealthIngestionProcess.Run(place.Directory, ["lexicon", "ingest", .. input, "--to", "sqlite:one.db", "--rejects", "one.rejects", "--quiet"]));
        string expected = Dump(place["one.db"]);
        Random random = new(3);
        int killed = 0, named = 0;
        for (int i = 0; i < KillLoop.Times(4) || killed == 0; i++)
        {
            Assert.True(i < 100, "No kill came before the end.");
            Good(Plan(place, tasks, [.. input, "--to", "sqlite:many.db", "--rejects", "many.rejects"]));
            for (int task = 0; task < tasks; task++)
            {
                string[] step = ["--task", $"{task}"];
                killed += Kill(place, "map", random, step);
                Process[] both = [Start(place, "map", step), Start(place, "map", step)];
                foreach (Process process in both)
                {
                    using (process)
                    {
                        Good(HealthIngestionProcess.Finish(process, Stopwatch.StartNew()));
                    }
                }
            }

            int damaged = random.Next(tasks);
            string piece = Piece(place, damaged);
            byte[] bytes = File.ReadAllBytes(piece);
            switch (i % 4)
            {
                case 0:
                    File.WriteAllBytes(piece, bytes[..random.Next(bytes.Length)]);
                    break;
                case 1:
                    bytes[random.Next(bytes.Length)] ^= 4;
                    File.WriteAllBytes(piece, bytes);
                    break;
                case 2:
                    File.Delete(piece);
                    break;
                default:
                    File.Copy(Piece(place, (damaged + 1) % tasks), piece, overwrite: true);
                    break;
            }

            // The check sees what is not whole, the last step what is changed.
            Outcome fault = Do(place, "check");
            fault = fault.ExitCode == 0 ? Do(place, "finish") : fault;
            Assert.Equal(1, fault.ExitCode);
            Assert.Contains(Path.GetFileName(piece), fault.OnlyErrorLine, StringComparison.Ordinal);
            Assert.False(place.Has("many.db"));
            named++;
            File.Delete(place[$"{Work}/map/{damaged}.json"]);
            File.Delete(place[$"{Work}/check.json"]);
            Good(Do(place, "map", "--task", $"{damaged}"));
            Good(Do(place, "check"));
            killed += Kill(place, "finish", random);
            Good(Do(place, "finish"));
            Assert.Equal(expected, Dump(place["many.db"]));
            Assert.Equal(File.ReadAllText(place["one.rejects"]), File.ReadAllText(place["many.rejects"]));
            Assert.False(Directory.Exists(place[$"{Work}/map"]));
            Clear(place);
        }

        Assert.Equal(KillLoop.Times(4), Math.Min(named, KillLoop.Times(4)));
    }

    [Fact]
    public void A_step_that_comes_too_early_and_a_file_that_has_changed_are_errors_that_say_so()
    {
        using Workplace place = Workplace.Empty();
        string[] input = Prepare(place, "lines");
        Good(Plan(place, 2, [.. input, "--to", "sqlite:a.db"]));
        byte[] plan = File.ReadAllBytes(place["work/plan.json"]);
        Good(Plan(place, 2, [.. input, "--to", "sqlite:a.db"]));
        Assert.Equal(plan, File.ReadAllBytes(place["work/plan.json"]));
        Assert.Contains("plan.json is another plan", Plan(place, 3, [.. input, "--to", "sqlite:a.db"]).OnlyErrorLine, StringComparison.Ordinal);
        Good(Do(place, "map", "--task", "1"));
        Fails(75, "1 of 2 tasks of map is not done: 0", Do(place, "check"));
        Fails(75, "the map is not checked", Do(place, "finish"));
        Assert.Matches(@"\nmap     1 of 2 done; [^\n]*; not done: 0\ncheck   failed[^\n]*\nfinish  failed", HealthIngestionProcess.Run(place.Directory, "status", Work).Output);
        File.AppendAllText(place["entries.jsonl"], "\n");
        Fails(1, "entries.jsonl is not the file that was planned: it had ", Do(place, "map", "--task", "0"));
        Fails(1, "The plan has 2 tasks of map, from 0 to 1", Do(place, "map", "--task", "2"));
        Assert.Equal(["1.json"], Directory.GetFiles(place["work/map"], "*.json").Select(f => Path.GetFileName(f)));
        Assert.All(
            Directory.GetFiles(place[Work], "*", SearchOption.AllDirectories),
            f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(f)));

        static void Fails(int exitCode, string message, Outcome outcome)
        {
            Assert.Equal(exitCode, outcome.ExitCode);
            Assert.Contains(message, outcome.OnlyErrorLine, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("lexicon plan needs --work DIR", "--source", "w", "--file", "entries.jsonl", "--to", "sqlite:a.db")]
    [InlineData("a dictionary needs --source ID", "--work", "work", "--to", "sqlite:a.db")]
    [InlineData("a dictionary needs a target", "--work", "work", "--source", "w", "--file", "entries.jsonl")]
    [InlineData("--to names standard output", "--work", "work", "--source", "w", "--file", "entries.jsonl", "--to", "ndjson:-")]
    [InlineData("--to holds a password", "--work", "work", "--source", "w", "--file", "entries.jsonl", "--to", "postgres://me:secret@db/x")]
    [InlineData("--file holds a user or a password", "--work", "work", "--source", "w", "--file", "https://me:secret@example.org/a.jsonl", "--to", "sqlite:a.db")]
    public void What_a_plan_cannot_do_is_said_before_anything_is_written(string message, params string[] arguments)
    {
        using Workplace place = Workplace.Empty();
        Prepare(place, "lines");
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("DATABASE_URL", "")], ["lexicon", "plan", .. arguments]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place[Work]));
    }

    private static string[] Prepare(Workplace place, string set)
    {
        string sample = Path.Combine(Samples, "entries.jsonl");
        string[] lines = File.ReadAllLines(sample);
        switch (set)
        {
            case "lines":
                File.Copy(sample, place["entries.jsonl"]);
                return ["--source", "w", "--file", "entries.jsonl"];
            case "odd":
                // A byte order mark, blank and broken lines, repeated records, a long line, and no line feed at the end.
                StringBuilder odd = new("\uFEFF");
                for (int i = 0; i < lines.Length; i++)
                {
                    odd.Append(lines[i]).Append(i % 3 == 0 ? "\r\n" : "\n");
                    odd.Append(i % 4 == 0 ? " \t\n\n" : "").Append(i % 5 == 0 ? "{\"word\": 5}\nnothing\n" : "").Append(i % 7 == 0 ? lines[i / 2] + "\n" : "");
                    odd.Append(i == 20 ? $$"""{"word": "x", "lang_code": "de", "long": "{{new string('y', 90_000)}}"}""" + "\n" : "");
                }

                File.WriteAllText(place["odd.jsonl"], odd.Append("[1]").ToString());
                return ["--source", "w", "--file", "odd.jsonl", "--max-record-size", "64KiB", "--min-quality", "0.9"];
            case "folder":
                Directory.CreateDirectory(place["words"]);
                File.WriteAllLines(place["words/a.jsonl"], lines[..20]);
                using (GZipStream gz = new(File.Create(place["words/b.jsonl.gz"]), CompressionLevel.Fastest))
                {
                    gz.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines[10..40])));
                }

                File.WriteAllLines(place["words/c.jsonl"], lines[30..]);
                File.WriteAllText(place["words/empty.jsonl"], "");
                File.WriteAllText(place["words/readme.txt"], "not read");
                return ["--source", "w", "--file", "words", "--allow-duplicates"];
            case "array":
                File.WriteAllText(place["a.json"], "{\"entries\": [\n" + string.Join(",\n", lines.Where(l => l.StartsWith('{'))) + "\n]}");
                return ["--source", "w", "--file", "a.json", "--format", "json"];
            case "json":
                File.Copy(Path.Combine(Samples, "kaikki.jsonl"), place["k.json"]);
                File.WriteAllText(place["sources.toml"], "[[source]]\nid = \"w\"\nname = \"Words\"\n");
                return ["--source", "w", "--file", "k.json", "--format", "json", "--catalog", "sources.toml"];
            default:
                Good(HealthIngestionProcess.Run(place.Directory, "generate", "words", "--kind", "lexicon", "--entries", "4000", "--quirks", "0.05", "--quiet"));
                return ["--source", "w", "--file", "words"];
        }
    }

    private static Outcome Plan(Workplace place, int tasks, params string[] options) =>
        HealthIngestionProcess.Run(place.Directory, ["lexicon", "plan", .. options, "--work", Work, "--tasks", $"{tasks}"]);

    private static Outcome Do(Workplace place, string step, params string[] options) =>
        HealthIngestionProcess.Run(place.Directory, [step, "--work", Work, .. options]);

    private static Process Start(Workplace place, string step, params string[] options) =>
        HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, [], [step, "--work", Work, .. options]);

    private static void MapAll(Workplace place, int tasks)
    {
        for (int task = 0; task < tasks; task++)
        {
            Good(Do(place, "map", "--task", $"{task}", "--workers", $"{1 + (task % 3)}"));
        }
    }

    /// <summary>Starts a step and kills it after some reads; 1 if it was killed, 0 if it was done before.</summary>
    private static int Kill(Workplace place, string step, Random random, params string[] options)
    {
        using Process process = Start(place, step, options);
        long reads = random.Next(10, 200);
        HealthIngestionProcess.WaitFor(process, p => HealthIngestionProcess.Reads(p) >= reads);
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigkill);
        return HealthIngestionProcess.Finish(process, Stopwatch.StartNew()).ExitCode == 0 ? 0 : 1;
    }

    /// <summary>The file that the manifest of a task names: a killed attempt may have left another one.</summary>
    private static string Piece(Workplace place, int task)
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(place[$"{Work}/map/{task}.json"]));
        return place[$"{Work}/map/{manifest.RootElement.GetProperty("piece").GetString()}"];
    }

    private static void Clear(Workplace place)
    {
        Directory.Delete(place[Work], recursive: true);
        foreach (string file in place.Files().Where(f => f.StartsWith("many.", StringComparison.Ordinal)))
        {
            File.Delete(place[file]);
        }
    }

    private static Outcome Good(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }

    /// <summary>The lines of the closing report that name no output and no time.</summary>
    private static string[] Counted(Outcome outcome) =>
        [.. outcome.ErrorLines.Where(l => l.StartsWith("balance", StringComparison.Ordinal) || l.StartsWith("warning: ", StringComparison.Ordinal))];

    private static string Figures(string path)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        return string.Join('\n', ((string[])["source", "path", "read", "rejected", "files", "bytes", "rejected_by_reason", "invalid_by_reason", "removed_nuls", "warnings"])
            .Select(n => $"{n} {json.RootElement.GetProperty(n).GetRawText()}"));
    }

    /// <summary>All but times.</summary>
    private static string Dump(string path)
    {
        using Database database = Database.Open(path);
        Assert.Equal("ok", Assert.Single(database.Query("PRAGMA integrity_check"))[0]);
        string[] queries =
        [
            "SELECT source_id, name, reprocess_position FROM data_sources ORDER BY source_id",
            "SELECT id, source_id, hex(checksum), file_path, line_number, raw_data FROM raw_entries ORDER BY id",
            "SELECT raw_id, id, source_id, headword, headword_key, language, pos, ipa, definition, etymology, quality, errors, pipeline_version, hex(duplicate_key) FROM entries ORDER BY raw_id",
            "SELECT files, records, aggregated, rejected, rows FROM ingest_runs",
        ];
        return string.Join('\n', queries.SelectMany(q => database.Query(q)).Select(r => string.Join('|', r)));
    }
}
