using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json;

public sealed class FieldNamesTests
{
    public static TheoryData<Category> Categories => [.. FastIngest.Health.Categories.Named];

    [Theory]
    [MemberData(nameof(Categories))]
    public void Every_schema_finds_its_names_and_nothing_else(Category category)
    {
        FieldNames names = RecordSchema.Of(category).Names;
        HashSet<string> known = [.. Enumerable.Range(0, names.Count).Select(names.NameAt)];
        Assert.Equal(names.Count, known.Count);
        for (int i = 0; i < names.Count; i++)
        {
            Assert.Equal(i, names.Find(names.NameAt(i).Bytes()));
        }

        int strangers = 0;
        foreach (string stranger in known.SelectMany(Neighbours).Where(n => !known.Contains(n)))
        {
            Assert.True(names.Find(stranger.Bytes()) == -1, stranger);
            strangers++;
        }

        Assert.True(strangers > 1000);
    }

    [Fact]
    public void More_names_than_a_set_of_64_bits_holds_are_rejected() =>
        Assert.Throws<ArgumentException>(() => new FieldNames(false, [.. Enumerable.Range(0, 65).Select(i => $"name{i}")]));

    private static IEnumerable<string> Neighbours(string name)
    {
        yield return "";
        for (int i = 0; i < name.Length; i++)
        {
            yield return name[..i];
            yield return name[i..];
            yield return name.Remove(i, 1);
            yield return name.Insert(i, "_");
            for (char c = ' '; c < 128; c++)
            {
                yield return name[..i] + c + name[(i + 1)..];
            }
        }

        yield return name.ToUpperInvariant();
        yield return name + "\0";
        yield return name + name;
    }
}
