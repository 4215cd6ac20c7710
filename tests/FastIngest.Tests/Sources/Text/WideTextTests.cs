using System.Text;
using FastIngest.Sources.Text;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Sources.Text;

public sealed class WideTextTests
{
    private static readonly Encoding[] Encodings =
    [
        new UnicodeEncoding(bigEndian: false, byteOrderMark: true), new UnicodeEncoding(bigEndian: true, byteOrderMark: true),
        new UTF32Encoding(bigEndian: false, byteOrderMark: true), new UTF32Encoding(bigEndian: true, byteOrderMark: true),
    ];

    [Fact]
    public void Wide_text_with_and_without_a_mark_becomes_utf_8_however_it_is_read()
    {
        foreach (string text in (string[])["[]", "[{\"user_id\":\"é\u4E2D\U0001F600\"}]", "[\"" + string.Concat(Enumerable.Repeat("a\U0001F600é", 40_000)) + "\"]"])
        {
            foreach (Encoding encoding in Encodings)
            {
                byte[] bytes = encoding.GetBytes(text);
                Assert.Equal(text, Encoding.UTF8.GetString(Convert([.. encoding.GetPreamble(), .. bytes], 7)));
                Assert.Equal(text, Encoding.UTF8.GetString(Convert(bytes, 100_000)));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("[{}]")]
    [InlineData("\uFEFF[{\"user_id\":\"é\"}]")]
    [InlineData("ab")]
    public void Text_in_utf_8_does_not_change(string text) => Assert.Equal(text.Bytes(), Convert(text.Bytes(), 3));

    [Fact]
    public void A_code_unit_that_is_no_character_becomes_invalid_utf_8()
    {
        Assert.Equal([(byte)'[', 0xFF, (byte)'x', 0xFF, 0xFF, (byte)']'], Convert("[\uD800x\uDC00\uDBFF]".SelectMany(c => new[] { (byte)c, (byte)(c >> 8) }).Prepend((byte)0xFE).Prepend((byte)0xFF).ToArray(), 5));
        Assert.Equal([(byte)'a', (byte)'b', 0xFF], Convert([0xFF, 0xFE, (byte)'a', 0, (byte)'b', 0, (byte)'c'], 5));
        Assert.Equal([(byte)'a', 0xFF, 0xFF], Convert([0xFF, 0xFE, 0, 0, (byte)'a', 0, 0, 0, 0, 0xD8, 0, 0, 1, 2], 5));
    }

    private static byte[] Convert(byte[] bytes, int step)
    {
        using Stream stream = WideText.ToUtf8(new MemoryStream(bytes));
        using MemoryStream result = new();
        stream.CopyTo(result, step);
        return result.ToArray();
    }
}
