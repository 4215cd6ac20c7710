using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>Every sample set gives its expected rows, in every target, however the binary is told to read it.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Sets => [.. Repository.Sets];

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_sample_set_gives_its_expected_rows_however_it_is_read(string set)
    {
        List<(string Isa, string[] Options)> ways = [];
        foreach (string isa in InstructionSets())
        {
            foreach (string workers in (string[])["1", "2", "7"])
            {
                foreach (string[] chunk in (string[][])[[], ["--chunk-size", "64"], ["--chunk-size", "1000"]])
                {
                    foreach (string io in (string[])["mmap", "pread"])
                    {
                        ways.Add((isa, ["--workers", workers, "--io", io, .. chunk]));
                        if (chunk.Length == 0)
                        {
                            ways.Add((isa, ["--workers", workers, "--io", io, "--memory-limit", "64MiB"]));
                        }
                    }
                }
            }
        }

        string expected = Repository.Expected(set);
        string? rejects = null;
        Lock gate = new();
        Parallel.ForEach(ways, new ParallelOptions { MaxDegreeOfParallelism = 2 }, way =>
        {
            string found = Check(set, expected, way.Isa, way.Options);
            lock (gate)
            {
                Assert.Equal(rejects ??= found, found);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_reference_gives_the_same_rows_and_rejects(string set)
    {
        string expected = Repository.Expected(set);
        string rejects = Check(set, expected, "", ["--workers", "2"]);

        Assert.Equal(rejects, Check(set, expected, "", ["--mode", "original"]));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Each_target_alone_gets_the_rows(string set)
    {
        using Workplace place = Workplace.Empty();
        string expected = Repository.Expected(set);

        Assert.Equal(expected, HealthIngestionProcess.Run(place.Directory, Repository.Set(set), "--quiet", "--to", "ndjson:-").Output);
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, Repository.Set(set), "--quiet", "--to", "ndjson:rows.ndjson").ExitCode);
        Assert.Equal(expected, File.ReadAllText(place["rows.ndjson"]));
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, Repository.Set(set), "--quiet", "--to", "sqlite:rows.db").ExitCode);
        AssertHolds(place["rows.db"], expected);
    }

    [Fact]
    public void Vectors_that_do_not_exist_are_refused()
    {
        Outcome outcome = HealthIngestionProcess.Run(Repository.Root, [("FASTINGEST_ISA", "mmx")], Repository.Set("default"), "--dry-run");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("FASTINGEST_ISA=mmx is not available here. Use one of: ", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    /// <summary>The vectors that the binary has here, as <c>--version</c> lists them.</summary>
    internal static string[] InstructionSets()
    {
        string line = HealthIngestionProcess.Run("/", "--version").Output.Split('\n').Single(l => l.StartsWith("vectors ", StringComparison.Ordinal));
        return line[(line.IndexOf("(of ", StringComparison.Ordinal) + 4)..line.IndexOf(';')].Split(", ");
    }

    /// <summary>One run into all three targets; gives the rejects.</summary>
    private static string Check(string set, string expected, string isa, string[] options)
    {
        using Workplace place = Workplace.Empty();
        Outcome outcome = HealthIngestionProcess.Run(
            place.Directory,
            [("FASTINGEST_ISA", isa)],
            [Repository.Set(set), "--quiet", "--to", "ndjson:rows.ndjson", "--to", "ndjson:-", "--to", "sqlite:rows.db", .. options]);

        string how = $"{set} {isa} {string.Join(' ', options)}: {outcome.Error}";
        Assert.True(outcome.ExitCode == 0, how);
        Assert.True(expected == outcome.Output, how);
        Assert.True(expected == File.ReadAllText(place["rows.ndjson"]), how);
        AssertHolds(place["rows.db"], expected);
        return place.Has("rejects.ndjson") ? File.ReadAllText(place["rejects.ndjson"]) : "";
    }

    /// <summary>The table has the expected columns, rows and values, each of its type, in order.</summary>
    private static void AssertHolds(string path, string expected)
    {
        using Database database = Database.Open(path);
        string[] columns = [.. database.Columns("daily_summaries").Where(c => c is not ("summary_parts" or "metrics"))];
        List<object?[]> rows = database.Query($"SELECT {string.Join(", ", columns)} FROM daily_summaries");
        string[] lines = expected.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines.Length, rows.Count);
        for (int i = 0; i < lines.Length; i++)
        {
            using JsonDocument line = JsonDocument.Parse(lines[i]);
            JsonProperty[] properties = [.. line.RootElement.EnumerateObject()];
            Assert.Equal(columns, properties.Select(p => p.Name));
            for (int c = 0; c < columns.Length; c++)
            {
                object? value = properties[c].Value.ValueKind switch
                {
                    JsonValueKind.Null => null,
                    JsonValueKind.String => properties[c].Value.GetString(),
                    JsonValueKind.Number when columns[c].EndsWith("_count", StringComparison.Ordinal) => properties[c].Value.GetInt64(),
                    JsonValueKind.Number => properties[c].Value.GetDouble(),
                    _ => properties[c].Value.GetRawText(),
                };
                Assert.True(Equals(value, rows[i][c]), $"{path}: line {i + 1}, {columns[c]}: {value} expected, {rows[i][c]} found");
            }
        }
    }
}
