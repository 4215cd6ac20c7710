using System.Globalization;
using System.IO.Compression;
using System.Text;
using FastIngest.Lexicon.Cleaners;
using FastIngest.Lexicon.Texts;
using FastIngest.Lexicon.Unicode;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Lexicon;

/// <summary>Tests normalization form C with Unicode's test file, and against an implementation of the definition.</summary>
public sealed class NormalizeTests
{
    private static readonly string TestFile = Path.Combine(TestData.Root, "tests", "data", "unicode", $"NormalizationTest-{NormalizationData.UnicodeVersion}.txt.gz");

    [Fact]
    public void Every_line_of_Unicode_s_normalization_test_passes()
    {
        int lines = 0;
        foreach (string[] columns in Lines().Where(l => l[0] != '@').Select(Columns))
        {
            for (int i = 0; i < 5; i++)
            {
                string expected = columns[i < 3 ? 1 : 3];
                Assert.True(expected == Nfc(columns[i]), $"column {i + 1} of {Codes(columns[0])}: {Codes(Nfc(columns[i]))} instead of {Codes(expected)}");
            }

            lines++;
        }

        Assert.True(lines > 19_000, $"{lines} lines");
    }

    [Fact]
    public void Every_code_point_that_part_1_does_not_list_is_unchanged()
    {
        HashSet<string> listed = [.. Lines().SkipWhile(l => !l.StartsWith("@Part1", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(l => l[0] != '@').Select(l => Columns(l)[0])];
        Assert.True(listed.Count > 16_000, $"{listed.Count} code points");
        TextBuffer output = new();
        for (int i = 0; i <= 0x10FFFF; i++)
        {
            if (Rune.IsValid(i) && !listed.Contains(new Rune(i).ToString()))
            {
                string text = new Rune(i).ToString();
                Assert.True(text == Nfc(text), $"U+{i:X4}");
            }
        }
    }

    [Fact]
    public void Random_text_is_normalized_according_to_the_definition()
    {
        int[] interesting = [.. Interesting()];
        int changed = 0;
        Fuzz.Run(700_000, 20_000, random =>
        {
            StringBuilder text = new();
            for (int i = random.Next(1, random.OneIn(20) ? 200 : 8); i > 0; i--)
            {
                int codePoint = random.Next(6) switch
                {
                    0 => random.Next(0x20, 0x7F),
                    1 => random.Next(0x300, 0x370),
                    2 => random.Next(0xAC00, 0xD7A4),
                    3 => random.Next(0x1100, 0x1200),
                    _ => random.Any(interesting),
                };
                text.Append(new Rune(codePoint));
            }

            string expected = PlainNormalization.Nfc(text.ToString());
            changed += expected != text.ToString() ? 1 : 0;
            Assert.True(expected == Nfc(text.ToString()), Codes(text.ToString()));
        });
        Assert.True(changed > 5_000, $"{changed}");
    }

    [Fact]
    public void A_million_marks_in_the_worst_order_are_normalized_quickly()
    {
        string marks = string.Concat(Enumerable.Repeat("\u0301\u0323", 500_000));
        string expected = "\u1EA1" + new string('\u0323', 499_999) + new string('\u0301', 500_000);
        Assert.Equal(expected, Nfc("a" + marks));
    }

    private static string Nfc(string text)
    {
        TextBuffer output = new();
        byte[] bytes = text.Bytes();
        bool changed = Normalize.Clean(bytes, output);
        string result = changed ? Encoding.UTF8.GetString(output.Text) : text;
        Assert.Equal(changed, result != text);
        return result;
    }

    private static IEnumerable<int> Interesting()
    {
        for (int i = 0; i < NormalizationData.Decompositions.Length; i++)
        {
            if (NormalizationData.Decompositions[i] != 0)
            {
                yield return NormalizationData.Decompositions[i];
            }
        }
    }

    private static IEnumerable<string> Lines()
    {
        using GZipStream stream = new(File.OpenRead(TestFile), CompressionMode.Decompress);
        using StreamReader reader = new(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                yield return line;
            }
        }
    }

    private static string[] Columns(string line) => [.. line.Split(';').Take(5).Select(c => string.Concat(c.Split(' ').Select(Parse)))];

    private static string Parse(string code) => new Rune(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString();

    private static string Codes(string text) => string.Join(' ', text.EnumerateRunes().Select(r => r.Value.ToString("X4", CultureInfo.InvariantCulture)));
}
