using System.Text;
using System.Text.Json;
using FastIngest.Json;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json;

public sealed class JsonStringTests
{
    private static readonly string[] Pieces =
    [
        "a", "é", "日本", "🙂", @"\n", @"\t", @"\r", @"\b", @"\f", @"\/", @"\\", "\\\"", @"\u0041", @"\u00e9", @"\u00E9", @"\u65e5", @"\ufffd",
        @"\ud83d\ude42", @"\uD83D\uDE42", @"\u0000", @"\u007f", @"\u0080", @"\u07ff", @"\u0800", @"\uffff", @"\udbff\udfff", @"\ud800\udc00", "plain text", "",
    ];

    private static readonly string[] Surrogates = [@"\ud83d", @"\ude42", @"\udbff", @"\udc00", @"\ud800", @"\udfff"];

    [Theory]
    [InlineData(@"\u00e9", "é")]
    [InlineData(@"a\nb", "a\nb")]
    [InlineData(@"\""\\\/\b\f\n\r\t", "\"\\/\b\f\n\r\t")]
    [InlineData(@"\ud83d\ude42", "🙂")]
    [InlineData(@"\\u0041", @"\u0041")]
    [InlineData(@"x\ud83dy", "x\uFFFDy")]
    [InlineData(@"\ude42\ud83d", "\uFFFD\uFFFD")]
    [InlineData(@"\ud83d\u0041", "\uFFFDA")]
    public void Escapes_are_decoded(string escaped, string text) => Assert.Equal(text, Unescape(escaped.Bytes()));

    [Theory]
    [InlineData(@"\ud83d", true)]
    [InlineData(@"\ude42", true)]
    [InlineData(@"\ud83d\ude42", false)]
    [InlineData(@"\ud83d\ud83d\ude42", true)]
    [InlineData(@"\ud83d\ude42\ude42", true)]
    [InlineData(@"\ud83dx\ude42", true)]
    [InlineData(@"\ud83d\n\ude42", true)]
    [InlineData(@"\ud83d\\ude42", true)]
    [InlineData(@"\\ud83d", false)]
    [InlineData(@"\ufffd", false)]
    [InlineData(@"\uFFFD\ufffd", false)]
    [InlineData("plain", false)]
    [InlineData("", false)]
    public void A_surrogate_without_its_partner_is_found(string escaped, bool isLone) =>
        Assert.Equal(isLone, JsonString.HasLoneSurrogate(escaped.Bytes()));

    [Fact]
    public void Random_strings_decode_as_System_Text_Json_decodes_them()
    {
        using GuardedMemory memory = new(4096);
        Fuzz.Run(3, 50_000, random =>
        {
            string escaped = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => random.Any(Pieces)));
            string expected = JsonDocument.Parse($"\"{escaped}\"").RootElement.GetString()!;
            Span<byte> bytes = memory.AtEnd(escaped.Bytes());
            Assert.Equal(expected, Unescape(bytes));
            Assert.False(JsonString.HasLoneSurrogate(bytes));
        });
    }

    [Fact]
    public void Random_strings_have_lone_surrogates_where_their_UTF_16_has()
    {
        using GuardedMemory memory = new(4096);
        int lone = 0;
        Fuzz.Run(4, 50_000, random =>
        {
            string escaped = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => random.Any(random.OneIn(2) ? Surrogates : Pieces)));
            bool expected = HasLoneSurrogate(Utf16(escaped));
            Span<byte> bytes = memory.AtEnd(escaped.Bytes());
            Assert.True(expected == JsonString.HasLoneSurrogate(bytes), escaped);
            Unescape(bytes);
            lone += expected ? 1 : 0;
        });
        Assert.InRange(lone, 10_000, int.MaxValue);
    }

    private static string Unescape(ReadOnlySpan<byte> escaped)
    {
        byte[] text = new byte[escaped.Length];
        return Encoding.UTF8.GetString(text, 0, JsonString.Unescape(escaped, text));
    }

    private static string Utf16(string escaped)
    {
        StringBuilder text = new();
        for (int i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
            {
                text.Append(escaped[i]);
            }
            else if (escaped[++i] == 'u')
            {
                text.Append((char)Convert.ToInt32(escaped.Substring(i + 1, 4), 16));
                i += 4;
            }
            else
            {
                text.Append('.');
            }
        }

        return text.ToString();
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
