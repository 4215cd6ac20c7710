using System.IO.Compression;
using System.Text;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>The sample dictionary produces exactly its expected entries, for any layout, compression and chunk boundaries.</summary>
public sealed class EntryGoldenTests
{
    private static readonly string Sample = Path.Combine(RepositoryFolder.Tests, "data", "lexicon");
    private static readonly string Expected = File.ReadAllText(Path.Combine(Sample, "expected.ndjson"));
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Sample, "entries.jsonl"));

    public static TheoryData<int, int> Cuts => new() { { 1, 5000 }, { 2, 7 }, { 4, 1 }, { 16, 5000 } };

    [Theory]
    [MemberData(nameof(Cuts))]
    public void The_sample_gives_its_expected_entries(int workers, int cleanBatch)
    {
        using EntryRuns runs = new();
        File.Copy(Path.Combine(Sample, "entries.jsonl"), runs["a.jsonl"]);

        (string output, EntryResult result, LexiconReport report) = runs.Print(runs.Options("a.jsonl") with { Workers = workers, CleanBatch = cleanBatch });

        Assert.Equal(Expected, output);
        Assert.Equal(64, report.Read);
        Assert.Equal(59, result.Written);
        Assert.True(result.Balances(new EntryFigures(report.Read, report.Rejected)));
    }

    [Fact]
    public void The_dry_run_counts_what_the_output_has()
    {
        using EntryRuns runs = new();
        File.Copy(Path.Combine(Sample, "entries.jsonl"), runs["a.jsonl"]);
        EntryResult printed = runs.Print(runs.Options("a.jsonl")).Result;

        Assert.Equal(printed, runs.Run(runs.Options("a.jsonl"), new DryRunEntrySink()).Sinks[0].Result);
    }

    [Fact]
    public void A_compressed_file_of_several_members_gives_the_same()
    {
        using EntryRuns runs = new();
        byte[] bytes = File.ReadAllBytes(Path.Combine(Sample, "entries.jsonl"));
        using (FileStream file = File.Create(runs["a.jsonl.gz"]))
        {
            foreach (byte[] part in new[] { bytes[..100_001], bytes[100_001..] })
            {
                using GZipStream gzip = new(file, CompressionLevel.Fastest, leaveOpen: true);
                gzip.Write(part);
            }
        }

        Assert.Equal(Expected, runs.Print(runs.Options("a.jsonl.gz")).Output);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(5000)]
    [InlineData(100_000)]
    public void A_truncated_compressed_file_is_reported(int missing)
    {
        using EntryRuns runs = new();
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(File.ReadAllBytes(Path.Combine(Sample, "entries.jsonl")));
        }

        File.WriteAllBytes(runs["a.jsonl.gz"], packed.ToArray()[..^missing]);

        IngestException fault = Assert.Throws<IngestException>(() => runs.Print(runs.Options("a.jsonl.gz")));

        Assert.Contains("a.jsonl.gz cannot be decompressed", fault.Message, StringComparison.Ordinal);
        Assert.Empty(runs.Rejects);
    }

    [Theory]
    [InlineData("[", ",\n", "]")]
    [InlineData("\uFEFF [\n  ", "\n,\n  ", "\n]\n")]
    [InlineData("{\"source\": {\"entries\": 1}, \"entries\": [", ", ", "], \"count\": 64}")]
    [InlineData("", "\n", "\n")]
    [InlineData("", "\r\n", "")]
    public void An_array_and_an_object_with_one_give_the_same(string before, string between, string behind)
    {
        using EntryRuns runs = new();
        runs.Write("a.json", before + string.Join(between, Lines) + behind);
        string expected = string.Join('\n', Expected.Split('\n').Select(WithoutLine));

        runs.Pack("a.json");
        foreach ((string name, int cleanBatch) in new[] { ("a.json", 5000), ("a.json", 1), ("a.json.gz", 5000), ("a.json.gz", 1) })
        {
            string output = runs.Print(runs.Options(name) with { Format = DictionaryFormat.Json, CleanBatch = cleanBatch }).Output;

            Assert.Equal(expected, string.Join('\n', output.Split('\n').Select(WithoutLine)));
        }
    }

    /// <summary>
    /// Records of up to 3 MiB, more than one window holds, some of them broken: the reader must still have every byte that
    /// it returns to.
    /// </summary>
    [Fact]
    public void A_broken_array_is_read_alike_compressed_and_not()
    {
        using EntryRuns runs = new();
        Random random = new(7);
        StringBuilder text = new("[\n");
        for (int i = 0; i < 300; i++)
        {
            string filler = new('y', random.Next(20) == 0 ? 3_000_000 : random.Next(60_000));
            string record = $$"""{"word": "w{{i}}", "lang_code": "de", "senses": [{"glosses": ["g{{i}}"]}], "x": "{{filler}}", "y": [{"z": [] }] }""";
            text.Append(random.Next(12) switch
            {
                0 => record[..^random.Next(record.Length)],
                1 => record.Insert(random.Next(record.Length), "}"),
                2 => "[" + record,
                3 => record + new string(' ', random.Next(200_000)),
                4 => "17",
                _ => record,
            }).Append(random.Next(30) == 0 ? "\n" : ",\n");
        }

        runs.Write("a.json", text.ToString());
        runs.Pack("a.json");
        LexiconOptions options = runs.Options("a.json") with { Format = DictionaryFormat.Json, MaxRecordBytes = 2 << 20 };

        (string plain, EntryResult plainResult, LexiconReport plainReport) = runs.Print(options);
        string[] plainRejects = runs.Rejects;
        (string packed, EntryResult packedResult, LexiconReport packedReport) = runs.Print(options with { Path = runs["a.json.gz"] });

        Assert.True(plainResult.Written > 100 && plainRejects.Length > 20);
        Assert.Equal(plain, packed);
        Assert.Equal(plainResult, packedResult);
        Assert.Equal(plainReport.RejectedByReason, packedReport.RejectedByReason);
        Assert.Equal(plainRejects, runs.Rejects.Select(r => r.Replace("a.json.gz", "a.json", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"entries\": [", "], \"rest\": 1}")]
    public void A_truncated_or_damaged_compressed_array_is_reported(string before, string behind)
    {
        using EntryRuns runs = new();
        runs.Write("a.json", before + string.Join(",\n", Lines[..20]) + behind);
        runs.Pack("a.json");
        byte[] bytes = File.ReadAllBytes(runs["a.json.gz"]);
        foreach (int length in new[] { bytes.Length - 1, bytes.Length - 9, bytes.Length / 2 })
        {
            File.WriteAllBytes(runs["a.json.gz"], bytes[..length]);

            IngestException fault = Assert.Throws<IngestException>(() => runs.Print(runs.Options("a.json.gz") with { Format = DictionaryFormat.Json }));

            Assert.Contains("a.json.gz cannot be decompressed", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_files_of_a_folder_are_read_in_the_order_of_their_names()
    {
        using EntryRuns runs = new();
        Directory.CreateDirectory(runs["d"]);
        runs.Write("d/b.ndjson", string.Join('\n', Lines[30..])).Write("d/A.jsonl", string.Join('\n', Lines[..10])).Write("d/notes.txt", "no dictionary");
        using (GZipStream gzip = new(File.Create(runs["d/a.json.gz"]), CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(string.Join('\n', Lines[10..30])));
        }

        string output = runs.Print(runs.Options("d")).Output;

        Assert.Equal(string.Join('\n', Expected.Split('\n').Select(WithoutLine)), string.Join('\n', output.Split('\n').Select(WithoutLine)));
    }

    private static string WithoutLine(string json)
    {
        int at = json.LastIndexOf(", \"line_number\"", StringComparison.Ordinal);
        return at < 0 ? json : json[..at];
    }
}
