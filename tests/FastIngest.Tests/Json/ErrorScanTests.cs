using System.Text;
using System.Text.Json;
using FastIngest.Json;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json;

/// <summary>The scan finds the errors of the JSON reader of .NET at the same bytes.</summary>
public sealed class ErrorScanTests
{
    private const int Documents = 200_000;

    private static readonly string[] Parts =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"a\":", "\"a\":1", "{\"a\":1", "{\"a\":\"b\"}", "[1,2]", " ", "\n", "\r\n", "\t", "\\", "\\n", "\\u00e9", "\\u0", "\\ud83d\\ude00", "\\x",
        "0", "01", "-", "-1", "1.", "1.5", "1e", "1e+", "1E-7", ".5", "+1", "1a", "true", "tru", "false", "fals!", "null", "nul", "nulL", "é", "\0", "\u007f", "/", "/**/", "//\n", "'", "\uFEFF",
    ];

    [Fact]
    public void Errors_of_random_texts_are_where_the_reader_reports_them()
    {
        Random random = new(1);
        int found = 0;
        for (int i = 0; i < Documents; i++)
        {
            string[] parts = random.GetItems(Parts, random.Next(1, 12));
            byte[] text = Encoding.UTF8.GetBytes((random.Next(2) == 0 ? "{\"a\":" : "") + string.Concat(parts));
            found += Agrees(text) ? 1 : 0;
        }

        Assert.InRange(found, Documents / 4, Documents);
    }

    [Fact]
    public void Errors_of_changed_records_are_where_the_reader_reports_them()
    {
        byte[] record = """{"user_id": "u\u00e9\n", "n": [-1.5e+3, {"a": true, "b": [false, null]}], "d": "2024-01-01"}""".Bytes();
        for (int at = 0; at < record.Length; at++)
        {
            for (int b = 0; b < 256; b++)
            {
                byte[] changed = [.. record];
                changed[at] = (byte)b;
                Agrees(changed);
                Agrees([.. record[..at], (byte)b, .. record[at..]]);
            }

            Agrees([.. record[..at], .. record[(at + 1)..]]);
            Agrees(record[..at]);
        }
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    public void Depth_is_limited_as_in_the_reader(int depth)
    {
        string open = string.Concat(Enumerable.Repeat("{\"a\":[", depth / 2)) + (depth % 2 == 0 ? "" : "{");
        Agrees(Encoding.UTF8.GetBytes(open + "x"));
        Agrees(Encoding.UTF8.GetBytes(open + "{}"));
    }

    /// <summary>Compares both; returns whether the scan found an error. It may miss only errors at the end and too great depths.</summary>
    private static bool Agrees(byte[] text)
    {
        if (text is [] or [(byte)'/' or 0xEF, ..])
        {
            // The general reader passes on nothing that begins like this.
            return false;
        }

        int found = ErrorScan.Find(text);
        foreach (bool isFinal in (bool[])[true, false])
        {
            int? error = ErrorOf(text, isFinal);
            if (found != ErrorScan.None)
            {
                Assert.True(error == found, $"{found}, but the reader says {error} (final: {isFinal}): {Encoding.UTF8.GetString(text)}");
            }
            else
            {
                Assert.True(error is null || error >= text.Length - 1 || text.Count(b => b is (byte)'{' or (byte)'[') > 64, $"missed {error}: {Encoding.UTF8.GetString(text)}");
            }
        }

        return found != ErrorScan.None;
    }

    /// <summary>The offset of the error of the first value; null without one.</summary>
    private static int? ErrorOf(byte[] text, bool isFinal)
    {
        Utf8JsonReader json = new(text, isFinal, default);
        try
        {
            while (json.Read() && (json.CurrentDepth > 0 || json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray))
            {
            }

            return null;
        }
        catch (JsonException e)
        {
            int offset = 0;
            for (long line = e.LineNumber ?? 0; line > 0; line--)
            {
                offset += text.AsSpan(offset..).IndexOf((byte)'\n') + 1;
            }

            return offset + (int)(e.BytePositionInLine ?? 0);
        }
    }
}
