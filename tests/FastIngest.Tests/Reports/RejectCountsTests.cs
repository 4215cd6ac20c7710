using System.Text;
using FastIngest.Reports;
using FastIngest.Tests.Storage;

namespace FastIngest.Tests.Reports;

/// <summary>Rejects are counted by reason, whatever the length of the lines.</summary>
public sealed class RejectCountsTests
{
    [Fact]
    public async Task Lines_of_any_length_count_once()
    {
        using TempFolder folder = new();
        StringBuilder lines = new();
        int[] lengths = [0, 10, 262_000, 262_144, 262_145, 600_000, 3, 1_000_000, 1];
        foreach (int length in lengths)
        {
            lines.Append($$"""{"file": "a\nb.json", "category": "sleep", "reason": "no_date", "offset": 1, "length": 2, "line": 3, "raw": "{{new string('x', length)}}"}""").Append('\n');
        }

        lines.Append("""{"file": "h.json", "category": "heart_rate", "reason": "no_value", "offset": 1, "length": 2, "line": 3}""");
        File.WriteAllText(folder["rejects.ndjson"], lines.ToString());

        Assert.Equal([new RejectCount("sleep", "no_date", lengths.Length), new RejectCount("heart_rate", "no_value", 1)], await RejectCounts.ReadAsync(folder["rejects.ndjson"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("no JSON\n", "line 1 has no category")]
    [InlineData("{\"category\": \"sleep\"}\n", "line 1 has no category")]
    [InlineData("{\"category\": 1, \"reason\": []}\n", "line 1 has no category")]
    [InlineData("{\"category\": \"a\", \"reason\": \"b\"}\n\n", "line 2 has no category")]
    public async Task Another_file_is_named(string text, string expected)
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["x"], text);
        IngestException fault = await Assert.ThrowsAsync<IngestException>(() => RejectCounts.ReadAsync(folder["x"], TestContext.Current.CancellationToken));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_has_no_rejects()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["x"], "");
        Assert.Empty(await RejectCounts.ReadAsync(folder["x"], TestContext.Current.CancellationToken));
    }
}
