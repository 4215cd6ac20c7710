using System.Text;
using FastIngest.Json;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json;

public sealed class NameCountsTests
{
    [Fact]
    public void The_result_does_not_depend_on_how_the_input_is_divided_or_merged() => Fuzz.Run(3_000, 20, random =>
    {
        int different = random.OneIn(2) ? 50 : 5_000;
        List<(string Name, int File, long Offset)> all = [];
        for (int i = 0; i < 8_000; i++)
        {
            all.Add(($"n{random.Next(different)}", i / 2_000, i));
        }

        NameCounts merged = new();
        foreach (IGrouping<long, (string Name, int File, long Offset)> part in all.GroupBy(a => a.Offset / 500).OrderBy(_ => random.Next()))
        {
            NameCounts counts = new();
            foreach ((string name, _, long offset) in part)
            {
                counts.Add(Encoding.UTF8.GetBytes(name), offset, Encoding.UTF8.GetBytes($"{offset}"), isText: false);
            }

            merged.Add(counts, part.First().File);
        }

        var expected = all.GroupBy(a => a.Name).OrderBy(g => g.Key, StringComparer.Ordinal).Take(NameCounts.MaxNames)
            .Select(g => (g.Key, (long)g.Count(), g.First().File, g.First().Offset, $"{g.First().Offset}")).ToList();
        Assert.Equal(expected, merged.Sorted().Select(n => (Encoding.UTF8.GetString(n.Name), n.Count, n.File, n.Offset, Encoding.UTF8.GetString(n.Example))));
        Assert.Equal(all.Count - expected.Sum(e => e.Item2), merged.Others);
    });

    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("exactly 10", 10, "exactly 10")]
    [InlineData("more than 10", 10, "more than …")]
    [InlineData("123456789é", 10, "123456789…")]
    public void A_long_text_is_cut_between_two_characters(string text, int max, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(ShortText.Cut(Encoding.UTF8.GetBytes(text), max)));
}
