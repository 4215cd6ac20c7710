using System.Text;
using FastIngest.Lexicon.Cleaners;
using FastIngest.Lexicon.Texts;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Lexicon.Cleaners;

/// <summary>
/// Tests each cleaner with a table of texts in Latin, Greek, Cyrillic, Arabic, Hebrew, Devanagari, Thai, Han, kana, Hangul
/// and more.
/// </summary>
public sealed class CleanerTests
{
    [Theory]
    [InlineData("water [1]", "water ")]
    [InlineData("[12]вода[3]", "вода")]
    [InlineData("νερό [α]", "νερό [α]")]
    [InlineData("ماء [١]", "ماء [١]")]
    [InlineData("जल [१][2]", "जल [१]")]
    [InlineData("[]", "[]")]
    [InlineData("[[1]]", "[]")]
    [InlineData("[1", "[1")]
    [InlineData("[12[3]", "[12")]
    [InlineData("[1 ]", "[1 ]")]
    [InlineData("水[1]", "水")]
    [InlineData("[", "[")]
    public void References_are_removed(string text, string expected) => Check<RemoveReferences>(text, expected);

    [Theory]
    [InlineData("/ˈwɔːtə/", "ˈwɔːtə")]
    [InlineData("[ʋɐˈda]", "ʋɐˈda")]
    [InlineData("\\a.va.taʁ\\", "\\a.va.taʁ\\")]
    [InlineData("/[a]/", "a")]
    [InlineData("", "")]
    [InlineData("][", "")]
    public void Ipa_delimiters_are_removed(string text, string expected) => Check<RemoveIpaDelimiters>(text, expected);

    [Theory]
    [InlineData("Vie\u0323\u0302t", "Vi\u1EC7t")]
    [InlineData("e\u0301", "é")]
    [InlineData("é", "é")]
    [InlineData("\u212B", "Å")]
    [InlineData("\u2126", "Ω")]
    [InlineData("\u1F71", "\u03AC")]
    [InlineData("\u03B1\u0313\u0301\u0345", "\u1F84")]
    [InlineData("\u0418\u0306", "Й")]
    [InlineData("\u0627\u0653", "آ")]
    [InlineData("\uFB2E", "\u05D0\u05B7")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\u0928\u093C", "\u0929")]
    [InlineData("\u0E33", "\u0E33")]
    [InlineData("\u1112\u1161\u11AB\u1100\u116E\u11A8", "한국")]
    [InlineData("\uAC00\u11A8", "각")]
    [InlineData("\u304B\u3099", "が")]
    [InlineData("\uF900", "\u8C48")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "à\u05AE\u0300\u0315b")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("\u0301a", "\u0301a")]
    [InlineData("r\u0325\u0301", "ŕ\u0325")]
    public void Text_is_composed(string text, string expected) => Check<Normalize>(text, expected);

    [Theory]
    [InlineData("a b", "a b")]
    [InlineData(" a  b ", "a b")]
    [InlineData("a\t\n\v\f\r b", "a b")]
    [InlineData("a\u00A0b\u0085", "a b")]
    [InlineData("\u1680α\u2000β\u200A", "α β")]
    [InlineData("слово\u2028\u2029слово", "слово слово")]
    [InlineData("كلمة\u202Fكلمة", "كلمة كلمة")]
    [InlineData("א \u205F ב", "א ב")]
    [InlineData("日\u3000本", "日 本")]
    [InlineData("かな\u200Bかな", "かな\u200Bかな")]
    [InlineData("क\u180Eख", "क\u180Eख")]
    [InlineData("한\uFEFF글", "한\uFEFF글")]
    [InlineData("– “x” …  »", "– “x” … »")]
    [InlineData(" \u00A0\n", "")]
    [InlineData("", "")]
    public void White_space_becomes_one_blank(string text, string expected) => Check<CollapseWhiteSpace>(text, expected);

    [Theory]
    [InlineData("\u3000 noun \u00A0", "noun")]
    [InlineData("a  b", "a  b")]
    [InlineData("é ", "é")]
    [InlineData("日", "日")]
    [InlineData(" ", "")]
    public void Ends_are_trimmed(string text, string expected) => Check<Trim>(text, expected);

    [Theory]
    [InlineData("STRASSE Straße ẞ", "strasse straße ß")]
    [InlineData("ΟΔΌΣ", "οδόσ")]
    [InlineData("ἈΓΡΌΣ", "ἀγρόσ")]
    [InlineData("СЛОВО Ё", "слово ё")]
    [InlineData("ԲԱՌ", "բառ")]
    [InlineData("ᲡᲘᲢᲧᲕᲐ", "სიტყვა")]
    [InlineData("ᎠᏂ", "ꭰꮒ")]
    [InlineData("VIỆT", "việt")]
    [InlineData("𐐀𐐁", "𐐨𐐩")]
    [InlineData("𞤀", "𞤢")]
    [InlineData("Ⱥ Ɫ", "ⱥ ɫ")]
    [InlineData("ＡＢ", "ａｂ")]
    [InlineData("كلمة 水 한 かな शब्द", "كلمة 水 한 かな शब्द")]
    public void Every_script_with_cases_is_lowered(string text, string expected) => Check<Lowercase>(text, expected);

    [Fact]
    public void Lowering_agrees_with_ToLowerInvariant_for_every_code_point()
    {
        for (int i = 1; i <= 0x10FFFF; i++)
        {
            if (Rune.IsValid(i))
            {
                string text = new Rune(i).ToString();
                Assert.Equal(text.ToLowerInvariant(), Clean<Lowercase>(text));
            }
        }
    }

    [Fact]
    public void White_space_agrees_with_Unicode_for_every_code_point()
    {
        int[] white = [0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, .. Enumerable.Range(0x2000, 11), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000];
        for (int i = 1; i <= 0x10FFFF; i++)
        {
            if (Rune.IsValid(i))
            {
                Assert.Equal(white.Contains(i) ? "a b" : $"a{new Rune(i)}b", Clean<CollapseWhiteSpace>($"a{new Rune(i)}b"));
            }
        }
    }

    [Theory]
    [InlineData("german", "de")]
    [InlineData("ancient greek", "grc")]
    [InlineData("proto-indo-european", "ine-pro")]
    [InlineData("german ", "german ")]
    [InlineData("klingon", "klingon")]
    [InlineData("de", "de")]
    [InlineData("", "")]
    public void The_name_of_a_language_becomes_its_code(string text, string expected) => Check<LanguageNames>(text, expected);

    /// <summary>With quadratic work this test would not end in reasonable time.</summary>
    [Fact]
    public void A_cleaner_needs_linear_time_for_millions_of_matches()
    {
        const int count = 2_000_000;
        Func<string, string>[] cleaners =
            [Clean<RemoveReferences>, Clean<RemoveMarkup>, Clean<RemoveHeadwordMarkup>, Clean<RemoveIpaDelimiters>, Clean<Normalize>, Clean<CollapseWhiteSpace>, Clean<Trim>, Clean<Lowercase>];
        foreach (string piece in (string[])["a\t", "\t", " ", "a ", "a  ", "\u2003a", "–a", "(", ")", "()", "(a", "<", ">", "<>", "<a", "<a>", "</a>", "<b>", "<math>", "<math></b>", "<!--", "<b c=\"", "<b c='\"", "<b d=\"<b c='", "<b ", "<ref", "</", "&", "&amp;", "&#", "[", "[1", "[1]", "1", "*", "†", "\u0301", "e\u0301\u0323", "\u1100", "각"])
        {
            string text = string.Concat(Enumerable.Repeat(piece, count / piece.Length));
            foreach (Func<string, string> clean in cleaners)
            {
                Assert.True(clean(text).Length <= text.Length);
            }
        }
    }

    [Fact]
    public void Cleaning_twice_changes_nothing_more()
    {
        string[] pieces = ["*", "(", ")", "[1]", "[", "]", "<", ">", "b", " ", "\u00A0", "e\u0301", "\u1100\u1161", "é", "日"];
        Fuzz.Run(860_000, 5_000, random =>
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => random.Any(pieces)));
            foreach (Func<string, string> clean in (Func<string, string>[])[Clean<Normalize>, Clean<CollapseWhiteSpace>, Clean<Trim>, Clean<Lowercase>, Clean<RemoveIpaDelimiters>])
            {
                Assert.Equal(clean(text), clean(clean(text)));
            }
        });
    }

    private static void Check<T>(string text, string expected)
        where T : ICleaner
    {
        Assert.Equal(expected, Clean<T>(text));
    }

    private static string Clean<T>(string text)
        where T : ICleaner
    {
        TextBuffer output = new();
        bool changed = T.Clean(text.Bytes(), output);
        string result = changed ? Encoding.UTF8.GetString(output.Text) : text;
        Assert.Equal(changed, result != text);
        return result;
    }
}
