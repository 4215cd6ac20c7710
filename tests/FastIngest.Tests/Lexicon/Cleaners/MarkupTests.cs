using System.Text;
using FastIngest.Lexicon.Cleaners;
using FastIngest.Lexicon.Texts;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Lexicon.Cleaners;

/// <summary>What counts as markup in a text, and what is a symbol.</summary>
public sealed class MarkupTests
{
    [Theory]
    [InlineData("x<y and a>b")]
    [InlineData("a<b>c")]
    [InlineData("a<b and c>d")]
    [InlineData("<= 3 and > 2 items")]
    [InlineData("<5 kg")]
    [InlineData("a -> b <- c <-> d <=> e => f")]
    [InlineData("x < y")]
    [InlineData("<3")]
    [InlineData(">:(")]
    [InlineData("<>")]
    [InlineData("< >")]
    [InlineData("<<i")]
    [InlineData("List<String>, Map<String, Object> and vector<data>")]
    [InlineData("List<Object> and Option<Time>")]
    [InlineData("Write to <a@b.c> or see <https://example.org/a>.")]
    [InlineData("<νερό>水")]
    [InlineData("dir <file>")]
    [InlineData("AT&T, R&D and Q&A; fish & chips")]
    [InlineData("&amp &unknown; &; &#; &#x; &#xD800; &#0; &#1114112; &#x9F;")]
    [InlineData("i<j, p<q, s>t, u<v>w")]
    // HTML comments are explained by their own signs in two glosses of one word.
    [InlineData("The start sign <!-- | the end sign -->")]
    [InlineData("a<b>c | d")]
    // reader-dict/monolingual#2717: aspoxicilline in the French edition.
    [InlineData("sensible (CMI90<0,05 μg/ml)")]
    // kaikki.org, Greek edition: the etymology of κόρφος.
    [InlineData("κόρφος < μεσαιωνική ελληνική κόρφος (με ανομοίωση [lf > rf]) < αρχαία ελληνική κόλπος")]
    public void Symbols_are_no_markup(string text) => Check(text, text);

    [Theory]
    [InlineData("<b>wet</b> thing", "wet thing")]
    [InlineData("<><i>x</i>", "<>x")]
    [InlineData("<<i>x</i>>", "<x>")]
    [InlineData("a<b>c and <b>bold</b>", "a<b>c and bold")]
    [InlineData("<I CLASS=\"x\">a</i >", "a")]
    [InlineData("H<sub>2</sub>O, x<sup>2", "H2O, x2")]
    [InlineData("तेल<br/>जल", "तेल जल")]
    [InlineData("first<br>second<BR />third", "first second third")]
    [InlineData("a <span style='color: red'>b", "a b")]
    [InlineData("a <font color=red>b</font>", "a b")]
    [InlineData("вода<ref name=\"x\">1 <b>y</b></ref>!", "вода!")]
    [InlineData("a<ref name=x />b", "ab")]
    [InlineData("a<!-- hidden <b> -->b", "ab")]
    [InlineData("<nowiki><b>bold</b></nowiki>", "<b>bold</b>")]
    [InlineData("<b>a<nowiki></b></nowiki>c</b>", "a</b>c")]
    [InlineData("<math>a<b>c \\in \\{x<y\\}</math>", "a<b>c \\in \\{x<y\\}")]
    [InlineData("a<nowiki/>b", "ab")]
    [InlineData("<div><p>a</p><p>b</p></div>", "  a  b  ")]
    [InlineData("</i>", "")]
    [InlineData("ماء<b>", "ماء<b>")]
    [InlineData("<a href=\"https://example.org?a=1&amp;b=2\">link</a>", "link")]
    // tatuylonen/wiktextract's own tests of clean_value use these.
    [InlineData("a<sup>foo</sup> &amp; <small>b</small>", "afoo & b")]
    // WikiExtractor/wikiextractor#300: tags that are not filtered out.
    [InlineData("Benzene, <chem>C6H6</chem>, <poem style=\"margin-left:2em\">\"domestic:\"</poem><section end=\"x\" />", "Benzene, C6H6, \"domestic:\"")]
    // reader-dict/monolingual#54: octonion in the French edition.
    [InlineData("<math>x=x_0+x_1{\\rm i}</math>", "x=x_0+x_1{\\rm i}")]
    public void Markup_is_removed(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d")]
    [InlineData("&lt;b&gt;bold&lt;/b&gt;", "<b>bold</b>")]
    [InlineData("&amp;lt;", "&lt;")]
    [InlineData("it&#39;s &#x1F600; &apos;&quot;&nbsp;", "it's 😀 '\"\u00A0")]
    [InlineData("&thetasym;&Auml;&auml;", "ϑÄä")]
    [InlineData("&&amp;", "&&")]
    [InlineData("&#60;i&#62;x</i>", "<i>x")]
    public void A_reference_is_decoded_once_and_is_no_markup_then(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("*")]
    [InlineData("†")]
    [InlineData("( )")]
    [InlineData("A(B)C")]
    [InlineData("<3")]
    [InlineData("<br>")]
    [InlineData("<b></b>")]
    [InlineData("-ness")]
    [InlineData("&c.")]
    public void A_headword_never_vanishes(string text) => Assert.Equal(text, Clean<RemoveHeadwordMarkup>(text));

    [Fact]
    public void Markup_is_found_as_the_reference_finds_it()
    {
        string[] pieces =
        [
            "<", ">", "/", "<b>", "</b>", "<B>", "<i>", "</i>", "<br>", "<ref>", "</ref>", "<ref name=\"x\">", "<ref name=x/>", "<math>", "</math>", "<nowiki>", "</nowiki>", "<nowiki/>",
            "<!--", "-->", " | ", " ", "a", "=", "\"", "'", "<b ", " c=", "&", "amp", ";", "&lt;", "&#60", "&#x3c;", "#", "é", "水", "<data>", "</data>", "<p>", "</ b>", "</b >", "<sup",
        ];
        Fuzz.Run(871_000, 20_000, random =>
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => random.Any(pieces)));
            Assert.Equal(ReferenceMarkup.Remove(text), Clean<RemoveMarkup>(text));
        });
    }

    private static void Check(string text, string expected)
    {
        Assert.Equal(expected, Clean<RemoveMarkup>(text));
        Assert.Equal(expected, ReferenceMarkup.Remove(text));
    }

    private static string Clean<T>(string text)
        where T : ICleaner
    {
        TextBuffer output = new();
        return T.Clean(text.Bytes(), output) ? Encoding.UTF8.GetString(output.Text) : text;
    }
}
