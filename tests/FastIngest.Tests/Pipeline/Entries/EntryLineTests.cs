using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>Lines that are longer than a batch or too large: each becomes exactly one entry or reject, in input order.</summary>
public sealed class EntryLineTests
{
    private const int MiB = 1 << 20;

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n\r\n \t")]
    public void Long_lines_are_entries_in_their_place(string between)
    {
        using EntryRuns runs = new();
        int[] lengths = [10, MiB - 1, MiB, MiB + 1, 5, 3 * MiB, (2 * MiB) + 7, 100, MiB, 4 * MiB];
        runs.Write("a.jsonl", string.Join(between, lengths.Select((l, i) => Line(i, l))));

        (string output, EntryResult result, LexiconReport report) = runs.Print(runs.Options("a.jsonl"));

        Assert.Equal(lengths.Length, result.Written);
        Assert.Equal(0, report.Rejected);
        string[] printed = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < lengths.Length; i++)
        {
            Assert.Contains($"\"headword\": \"w{i}\"", printed[i], StringComparison.Ordinal);
            Assert.EndsWith($"\"line_number\": {1 + (i * between.Count(c => c == '\n'))}}}", printed[i], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(64, 65)]
    [InlineData(MiB, MiB + 1)]
    [InlineData(MiB, 5 * MiB)]
    [InlineData((2 * MiB) + 5, 9 * MiB)]
    public void Too_large_lines_are_rejected_and_reading_continues_after_them(int max, int length)
    {
        using EntryRuns runs = new();
        string[] lines = [Line(0, 60), Line(1, length), Line(2, 60), Line(3, max), "  " + Line(4, length), Line(5, 60), Line(6, length)];
        string text = string.Join('\n', lines);
        runs.Write("a.jsonl", text);

        (string output, EntryResult result, LexiconReport report) = runs.Print(runs.Options("a.jsonl") with { MaxRecordBytes = max });

        Assert.Equal(7, report.Read);
        Assert.Equal(3, report.RejectedByReason["too_large"]);
        Assert.Equal(4, result.Written);
        Assert.Equal(["1", "3", "4", "6"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[(l.LastIndexOf(' ') + 1)..^1]));
        Assert.Equal(["2", "5", "7"], runs.Rejects.Select(r => r[(r.IndexOf("\"line\": ", StringComparison.Ordinal) + 8)..].Split(',')[0]));
    }

    /// <summary>Nothing, only blanks, or complete lines that end exactly where a batch is full.</summary>
    [Theory]
    [InlineData(0, "")]
    [InlineData(0, "\n \n")]
    [InlineData(1, "\n")]
    [InlineData(2, "\n")]
    [InlineData(3, "")]
    public void There_is_no_record_after_the_last_line(int lines, string behind)
    {
        using EntryRuns runs = new();
        runs.Write("a.jsonl", string.Join('\n', Enumerable.Range(0, lines).Select(i => Line(i, MiB - 1))) + behind);
        runs.Pack("a.jsonl");

        foreach (string name in new[] { "a.jsonl", "a.jsonl.gz" })
        {
            LexiconReport report = runs.Print(runs.Options(name)).Report;

            Assert.Equal(lines, report.Read);
            Assert.Equal(0, report.Rejected);
        }
    }

    [Fact]
    public void A_file_of_which_every_record_is_rejected_is_warned_of()
    {
        using EntryRuns runs = new();
        runs.Write("a.json", "[\n{\"word\": \"a\",\n\"lang_code\": \"de\"}\n]");
        runs.Write("b.json", Line(1, 60));

        Assert.Contains("--format json", Assert.Single(runs.Print(runs.Options("a.json")).Report.Warnings), StringComparison.Ordinal);
        Assert.Empty(runs.Print(runs.Options("a.json") with { Format = DictionaryFormat.Json }).Report.Warnings);
        Assert.Empty(runs.Print(runs.Options("b.json")).Report.Warnings);
    }

    [Fact]
    public void A_line_that_is_cut_is_rejected_with_its_place()
    {
        using EntryRuns runs = new();
        string whole = Line(0, 60);
        runs.Write("a.jsonl", "\uFEFF" + whole + "\n" + Line(1, 60)[..30]);

        LexiconReport report = runs.Print(runs.Options("a.jsonl")).Report;

        Assert.Equal(1, report.RejectedByReason["invalid_json"]);
        Assert.Contains($"\"offset\": {3 + whole.Length + 1}, \"length\": 30, \"line\": 2", Assert.Single(runs.Rejects), StringComparison.Ordinal);
    }

    /// <summary>Returns a record of that many bytes, or of the minimum size.</summary>
    private static string Line(int number, int length)
    {
        string start = $"{{\"word\":\"w{number}\",\"lang_code\":\"de\",\"pos\":\"p\",\"x\":\"";
        return start + new string('y', Math.Max(0, length - start.Length - 2)) + "\"}";
    }
}
