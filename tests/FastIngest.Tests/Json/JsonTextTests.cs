using System.Buffers;
using System.Text;
using System.Text.Json;
using FastIngest.Json;

namespace FastIngest.Tests.Json;

public class JsonTextTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain", "\"plain\"")]
    [InlineData("Zoë 李雷 😀", "\"Zoë 李雷 😀\"")]
    [InlineData("say \"hi\"", "\"say \\\"hi\\\"\"")]
    [InlineData("a\\b/c", "\"a\\\\b/c\"")]
    [InlineData("\n\r\t\b\f", "\"\\n\\r\\t\\b\\f\"")]
    [InlineData("\0\u0001\u001f\u007f\u2028", "\"\\u0000\\u0001\\u001f\u007f\u2028\"")]
    [InlineData("\"", "\"\\\"\"")]
    public void Text_is_escaped_as_in_Python(string text, string expected) => Assert.Equal(expected, Json(text));

    [Fact]
    public void Every_text_reads_back_whatever_its_length()
    {
        Random random = new(3);
        const string Alphabet = "ab\"\\\n\0\u001fé😀";
        for (int length = 0; length < 200; length++)
        {
            string text = string.Concat(Enumerable.Range(0, length).Select(_ => random.Next(8) == 0
                ? Alphabet.EnumerateRunes().ElementAt(random.Next(9)).ToString()
                : "x"));
            Assert.Equal(text, JsonSerializer.Deserialize<string>(Json(text)));
        }
    }

    private static string Json(string text)
    {
        ArrayBufferWriter<byte> output = new();
        JsonText.Write(output, Encoding.UTF8.GetBytes(text));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
