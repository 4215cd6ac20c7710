using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>The valid contents of a catalog, and the faults reported for invalid ones.</summary>
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
    [InlineData("not toml", "line 1: Expected `=` after key")]
    [InlineData("[source]\nid = \"a\"", "line 1: expected [[source]]")]
    [InlineData("source = [\"a\"]", "line 1: expected [[source]]")]
    [InlineData("[[table]]\nid = \"a\"", "line 1: unknown table [[table]]")]
    [InlineData("\nid = \"a\"", "line 2: unknown name id")]
    [InlineData("[[source]]\nname = \"a\"\n\n[[source]]\nid = \"b\"", "line 2: the source has no id")]
    [InlineData("[[source]]\nid = \"a\"\nid = \"b\"", "line 3: duplicate key id")]
    [InlineData("[[source]]\nid = \"a\"\n[[source]]\nid = \"a\"\n[[source]]\nid = \"b\"", "line 4: duplicate source a")]
    [InlineData("[[source]]\nid = \"a\"\nquality = \"high\"", "line 3: expected a number")]
    [InlineData("[[source]]\nid = \"a\"\nquality = inf", "line 3: expected a number")]
    [InlineData("[[source]]\nid = \"a\"\ncolor = \"red\"", "line 3: unknown key color")]
    [InlineData("[[source]]\nid = \"a", "line 2: Invalid End-Of-File found on string literal")]
    [InlineData("[[source]]\nid = \"a\" name = \"b\"", "line 2: Expected end-of-line after value")]
    [InlineData("[[source]]\nid = 5", "line 2: expected a quoted string")]
    [InlineData("[[source]]\nid = \"a\"\nlanguages = \"de\"", "line 3: expected an array of quoted strings")]
    [InlineData("[[source]]\nid = \"a\"\nlanguages = [\n\"de\",\n5]", "line 5: expected a quoted string")]
    public void A_fault_is_reported_with_its_line(string text, string expected)
    {
        IngestException fault = Assert.Throws<IngestException>(() => SourceCatalog.Parse(text, "c.toml"));

        Assert.StartsWith($"The catalog c.toml, {expected}", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
        Assert.NotEmpty(fault.Remedy);
    }

    [Fact]
    public void A_missing_catalog_is_reported() =>
        Assert.Equal("The catalog none.toml does not exist.", Assert.Throws<IngestException>(() => SourceCatalog.Read("none.toml")).Message);
}
