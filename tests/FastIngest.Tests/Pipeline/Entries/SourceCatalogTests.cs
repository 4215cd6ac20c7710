using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>What a catalog may hold, and what is said of one that is wrong.</summary>
public sealed class SourceCatalogTests
{
    [Fact]
    public void Everything_that_is_known_of_a_source_is_read()
    {
        const string Text = """
            # two of them
            [[source]]
            id = "a"  # a comment
            name = 'C:\"x"'
            languages = [
                "de",
                "grc", ]
            quality = 0.5
            version = "\u00e4\n"

            [[source]]
            id = "b"
            """;

        IReadOnlyList<DataSource> sources = SourceCatalog.Parse(Text, "c.toml");

        Assert.Equal(["a", "b"], sources.Select(s => s.Id));
        Assert.Equal(["de", "grc"], sources[0].Languages);
        Assert.Equal(new DataSource("a", "C:\\\"x\"", Quality: 0.5, Version: "ä\n"), sources[0] with { Languages = null });
        Assert.Empty(SourceCatalog.Parse("", "c.toml"));
    }

    [Theory]
    [InlineData("not toml", "line 1: [[source]] was expected")]
    [InlineData("[source]\nid = \"a\"", "line 1: [[source]] was expected")]
    [InlineData("[[table]]\nid = \"a\"", "[[table]] is no table of a catalog")]
    [InlineData("[[source]]\nname = \"a\"", "a source has no id")]
    [InlineData("[[source]]\nid = \"a\"\nid = \"b\"", "line 3: id stands twice in one table")]
    [InlineData("[[source]]\nid = \"a\"\n[[source]]\nid = \"a\"", "the source a stands there twice")]
    [InlineData("[[source]]\nid = \"a\"\nquality = \"high\"", "line 3: a number was expected")]
    [InlineData("[[source]]\nid = \"a\"\ncolor = \"red\"", "color is no key of a source")]
    [InlineData("[[source]]\nid = \"a", "line 2: a text has no end")]
    [InlineData("[[source]]\nid = 5", "line 2: a text in quotes was expected")]
    [InlineData("[[source]]\nid = \"a\"\nlanguages = \"de\"", "line 3: [ of an array was expected")]
    public void What_is_wrong_is_said_with_its_line(string text, string said)
    {
        IngestException fault = Assert.Throws<IngestException>(() => SourceCatalog.Parse(text, "c.toml"));

        Assert.StartsWith("The catalog c.toml, line ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        Assert.NotEmpty(fault.Remedy);
    }

    [Fact]
    public void A_catalog_that_is_not_there_is_said_to_be_missing() =>
        Assert.Equal("The catalog none.toml does not exist.", Assert.Throws<IngestException>(() => SourceCatalog.Read("none.toml")).Message);
}
