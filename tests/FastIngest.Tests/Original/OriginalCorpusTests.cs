using FastIngest.Health;

namespace FastIngest.Tests.Original;

/// <summary>JSONTestSuite: what a JSON reader must take, must refuse, and may do either with.</summary>
public class OriginalCorpusTests
{
    private static readonly byte[] Before = "[{\"user_id\":\"before\"},\n"u8.ToArray(), After = ",\n{\"user_id\":\"after\"}]"u8.ToArray();

    private static readonly string[] Swallows =
    [
        "n_array_incomplete.json", "n_array_unclosed.json", "n_array_unclosed_with_new_lines.json",
        "n_array_unclosed_with_object_inside.json", "n_structure_open_array_string.json", "n_structure_unclosed_array.json",
    ];

    /// <summary>No JSON as a whole, but none or several good values with separators as a part of an array.</summary>
    private static readonly string[] Elements =
    [
        "n_array_comma_after_close.json", "n_single_space.json", "n_structure_double_array.json", "n_structure_no_data.json",
        "n_structure_object_with_trailing_garbage.json",
    ];

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(OriginalRun.Data("JSONTestSuite", "test_parsing")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_of_the_suite_is_read_to_its_end(string name)
    {
        byte[] bytes = File.ReadAllBytes(OriginalRun.Data("JSONTestSuite", "test_parsing", name));
        OriginalRun run = OriginalRun.Of(Category.Users, bytes);
        Assert.Empty(run.Users);
        if (name.StartsWith("y_", StringComparison.Ordinal))
        {
            Assert.DoesNotContain(run.Rejects, r => r.Reason is RejectReason.InvalidJson or RejectReason.TooLarge or RejectReason.InvalidText);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_neighbours_of_a_file_of_the_suite_survive(string name)
    {
        byte[] bytes = File.ReadAllBytes(OriginalRun.Data("JSONTestSuite", "test_parsing", name));
        OriginalRun run = OriginalRun.Of(Category.Users, [.. Before, .. bytes, .. After]);
        if (Swallows.Contains(name))
        {
            // An open array with the neighbour as its last item is a valid array.
            Assert.Equal(["before"], run.Users);
            Assert.Equal($"not_an_object@{Before.Length}+{bytes.Length + After.Length}:2", run.RejectsText);
            return;
        }

        Assert.Equal(["after", "before"], run.Users);
        bool isInvalid = run.Rejects.Any(r => r.Reason is RejectReason.InvalidJson);
        Assert.Equal(name[0] == 'n' ? !Elements.Contains(name) : name[0] != 'y' && isInvalid, isInvalid);
        int after = Before.Length + bytes.Length + 2, end = Before.Length + bytes.Length + After.Length - 1;
        Assert.All(run.Rejects, r => Assert.True(r.Offset >= end || (r.Offset >= Before.Length && r.Offset + r.Length <= after)));
    }
}
