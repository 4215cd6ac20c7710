using FastIngest.Health;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Original;

/// <summary>JSONTestSuite: documents that a JSON reader must accept, must reject, or may accept or reject.</summary>
public class OriginalCorpusTests
{
    private static readonly byte[] Before = "[{\"user_id\":\"before\"},\n"u8.ToArray(), After = ",\n{\"user_id\":\"after\"}]"u8.ToArray();

    /// <summary>
    /// Documents that begin an array: with the neighbour as the last item they become a valid array that ends before the
    /// neighbour.
    /// </summary>
    private static readonly string[] OpenArrays =
    [
        "n_array_incomplete.json", "n_array_unclosed.json", "n_array_unclosed_with_new_lines.json",
        "n_array_unclosed_with_object_inside.json", "n_structure_open_array_string.json", "n_structure_unclosed_array.json",
    ];

    /// <summary>
    /// Documents that are not JSON as a whole, but contain no value or several valid values with separators when they are
    /// part of an array.
    /// </summary>
    private static readonly string[] Elements =
    [
        "n_array_comma_after_close.json", "n_single_space.json", "n_structure_double_array.json", "n_structure_no_data.json",
        "n_structure_object_with_trailing_garbage.json",
    ];

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Path.Combine(TestData.JsonTestSuite, "test_parsing")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_of_the_suite_is_read_to_its_end(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(TestData.JsonTestSuite, "test_parsing", name));
        if (bytes.AsSpan().TrimStart("\uFEFF \n"u8).IsEmpty)
        {
            Assert.Contains("as a failed download leaves it", Assert.Throws<IngestException>(() => OriginalRun.Of(Category.Users, bytes)).Message, StringComparison.Ordinal);
            return;
        }

        OriginalRun run = OriginalRun.Of(Category.Users, bytes);
        Assert.Empty(run.Users);
        if (name.StartsWith("y_", StringComparison.Ordinal))
        {
            Assert.DoesNotContain(run.Rejects, r => r.GetProperty("reason").GetString() is "invalid_json" or "too_large" or "invalid_text");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_neighbours_of_a_file_of_the_suite_survive(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(TestData.JsonTestSuite, "test_parsing", name));
        OriginalRun run = OriginalRun.Of(Category.Users, [.. Before, .. bytes, .. After]);
        Assert.Equal(["after", "before"], run.Users);
        bool isInvalid = run.Rejects.Any(r => r.GetProperty("reason").GetString() == "invalid_json");
        Assert.Equal(name[0] == 'n' ? !Elements.Contains(name) && !OpenArrays.Contains(name) : (name[0] != 'y' || name == "y_array_heterogeneous.json") && isInvalid, isInvalid);
        int after = Before.Length + bytes.Length + 2, end = Before.Length + bytes.Length + After.Length - 1;
        Assert.All(run.Rejects, r =>
        {
            long offset = r.GetProperty("offset").GetInt64();
            Assert.True(offset >= end || (offset >= Before.Length && offset + r.GetProperty("length").GetInt64() <= after));
        });
    }
}
