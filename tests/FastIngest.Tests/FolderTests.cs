using FastIngest.Json;

namespace FastIngest.Tests;

/// <summary>The folders of the library depend on each other without cycles, at every level.</summary>
public sealed class FolderTests
{
    private static readonly FolderUse[] Uses = FolderGraph.Read(typeof(FieldNames).Assembly, "FastIngest");

    /// <summary>The rooms that each room may use besides itself and the library's root.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Json"] = [],
        ["Sources"] = ["Json"],
        ["Shuffle"] = ["Json"],
        ["Samples"] = ["Json"],
        ["Proto"] = ["Samples", "Json"],
        ["Health"] = ["Samples", "Shuffle", "Json"],
        ["Lexicon"] = ["Sources", "Json"],
        ["Sinks"] = ["Health", "Lexicon", "Json"],
        ["Dialects"] = ["Samples", "Proto", "Health", "Shuffle", "Sinks", "Sources", "Json"],
        ["Pipeline"] = ["Dialects", "Samples", "Health", "Lexicon", "Sinks", "Shuffle", "Sources", "Json"],
        ["Stored"] = ["Health"],
        ["Delivery"] = ["Health", "Stored", "Json"],
        ["Targets"] = ["Lexicon", "Sinks", "Delivery", "Stored"],
        ["Storage"] = ["Samples", "Proto", "Health", "Lexicon", "Sinks", "Stored", "Delivery", "Targets", "Json"],
        ["Reports"] = ["Health", "Stored", "Storage", "Json"],
        ["Generate"] = ["Health", "Json"],
    };

    [Fact]
    public void The_rooms_use_each_other_in_one_direction()
    {
        IReadOnlyList<string> wrong = FolderGraph.WrongDirections(Uses, Allowed);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), Uses.Select(u => FolderGraph.RoomOf(u.From)).Where(r => r.Length > 0).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_folder_uses_a_folder_that_uses_it_at_any_level()
    {
        string[] cycles = [.. FolderGraph.Cycles(Uses).Select(c => $"{c.Cycle} ({c.Examples})")];
        Assert.True(cycles.Length == 0, string.Join('\n', cycles));
    }

    [Theory]
    [InlineData("FastIngest.A.X>FastIngest.B.Y FastIngest.B.Z>FastIngest.A.W", "FastIngest: A, B")]
    [InlineData("FastIngest.A.X.P>FastIngest.A.Y.Q FastIngest.A.Y.R>FastIngest.A.Z FastIngest.A.Z>FastIngest.A.X.S", "FastIngest.A: X, Y, Z")]
    [InlineData("FastIngest.A>FastIngest.A.X FastIngest.A.X>FastIngest.A", "FastIngest.A: (own files), X")]
    [InlineData("FastIngest.A.X>FastIngest.B FastIngest.B>FastIngest.C FastIngest.A.Y>FastIngest.C", "")]
    [InlineData("FastIngest.A.X>FastIngest.A FastIngest.B>FastIngest.A.X", "")]
    public void A_cycle_is_found_where_it_is(string uses, string cycle) => Assert.Equal(
        cycle,
        string.Join('\n', FolderGraph.Cycles([.. uses.Split(' ').Select(u => new FolderUse(u.Split('>')[0], u.Split('>')[1], ""))]).Select(c => c.Cycle)));

    [Fact]
    public void A_type_s_namespace_is_its_folder()
    {
        foreach (CodeFile file in CodeFile.All().Where(f => f.Code.Contains("namespace", StringComparison.Ordinal)))
        {
            string folder = string.Join('.', file.Path.Split('/')[1..^1]);
            Assert.True(file.Code.Contains($"namespace {folder};", StringComparison.Ordinal), $"{file.Path} is not in the namespace {folder}");
        }
    }
}
