using System.Text;
using System.Text.Json;
using FastIngest.Health;

namespace FastIngest.Tests.Original;

/// <summary>Tests docs/reading.md sentence by sentence. The records belong to <c>users</c>, because these are short.</summary>
public class OriginalReadingTests
{
    private const string A = """{"user_id":"a"}""", B = """{"user_id":"b"}""", C = """{"user_id":"c"}""";

    [Theory]
    [InlineData("[]", "")]
    [InlineData("[" + A + "," + B + "]", "a b")]
    [InlineData("\uFEFF \r\n[" + A + "]\n[" + B + "]" + C, "a b c")]
    [InlineData(A + "\r\n" + B + "\n\n" + C, "a b c")]
    [InlineData(A + B + "," + C + ",", "a b c")]
    [InlineData("[" + A + B + "]", "a b")]
    public void Every_framing_gives_the_same_records(string text, string users)
    {
        OriginalRun run = OriginalRun.Of(Category.Users, text);
        Assert.Equal(users, string.Join(" ", run.Users));
        Assert.Empty(run.Rejects);
    }

    [Theory]
    [InlineData("[", "", "cut_off@1+0:1")]
    [InlineData("[" + A + B, "a b", "cut_off@31+0:1")]
    [InlineData("[" + A + ",{\"user_id\":", "a", "invalid_json@17+11:1")]
    [InlineData("{\"data\":[" + A, "a", "cut_off@24+0:1")]
    [InlineData("{\"x\":{\"data\":[" + A + "]}", "a", "cut_off@31+0:1")]
    public void A_file_that_ends_too_early_has_one_reject_for_it(string text, string users, string rejects)
    {
        OriginalRun run = OriginalRun.Of(Category.Users, text);
        Assert.Equal((users, rejects), (string.Join(" ", run.Users), run.RejectsText));
    }

    [Theory]
    [InlineData("{\"data\":[" + A + "," + B + "],\"more\":[" + C + "]}", "a b", "")]
    [InlineData("{\"data\":[" + A + "]", "a", "cut_off@25+0:1")]
    [InlineData("{\"x\":{\"y\":1,\"z\":{\"data\":[" + A + "]}}}", "a", "")]
    [InlineData("{\"no\":[1,[" + A + "],{\"no\":[" + B + "]}],\"data\":[" + C + "]}", "c", "")]
    [InlineData("{\"data\":[" + A + ",1,[" + B + "]," + C + "]]}", "a b c", "not_an_object@25+1:1 not_an_object@27+1:1")]
    [InlineData("{\"user_id\":\"w\",\"data\":[" + A + "]}", "w", "")]
    [InlineData("{\"data\":[" + A + "],\"user_id\":\"w\"}", "w", "")]
    [InlineData("{\"data\":[" + A + "],\"user_id\":\"w\"", "a", "invalid_json@0+9:1 invalid_json@24+15:1")]
    [InlineData("{\"data\":[" + A + "],\"user\\u005fid\":\"w\"}", "w", "")]
    [InlineData("{\"\\ud800\":1,\"data\":[" + A + "]}", "a", "")]
    [InlineData("{\"x\":{\"user_id\":\"w\"},\"data\":[" + A + "]}", "a", "")]
    [InlineData("{\"data\":[]}", "", "no_user_id@0+11:1")]
    [InlineData("{\"data\":[" + A + "],nonsense", "a", "")]
    [InlineData("[{\"data\":[" + A + "]}]", "", "no_user_id@1+26:1")]
    public void A_wrapper_is_distinguished_from_a_record(string text, string users, string rejects)
    {
        OriginalRun run = OriginalRun.Of(Category.Users, text);
        Assert.Equal((users, rejects), (string.Join(" ", run.Users), run.RejectsText));
    }

    [Fact]
    public void A_wrappers_array_begins_in_the_first_4096_bytes()
    {
        // The brace that begins the first object of the array is the last of that many bytes.
        string Wrapper(int bytes) => $$"""{"note":"{{new string('x', bytes - 17)}}","d":[{{A}}]}""";
        Assert.Equal('{', Wrapper(4096)[4096 - 1]);
        Assert.Equal(["a"], OriginalRun.Of(Category.Users, Wrapper(4096)).Users);
        Assert.Empty(OriginalRun.Of(Category.Users, Wrapper(4097)).Users);
        Assert.Empty(OriginalRun.Of(Category.Users, "\uFEFF" + Wrapper(4096)).Users);
    }

    [Theory]
    [InlineData("[" + A + ",{\"user_id\":\"x\"," + B + "]", "a b")] // a missing end
    [InlineData("[" + A + ",\n{\"user_id\":\"x\n" + B + "]", "a b")] // a string without an end
    [InlineData("[" + A + ",{\"user_id\":\"x}," + B + "," + C + "]", "a b c")]
    [InlineData(A + "\n{\"user_id\":\"x\",\n  {\"q\n" + B + "\n" + C, "a b c")] // a torn line
    [InlineData("[" + A + ",{\"user_id\":\"x\",\"y\":[" + B + "," + C + "]", "a b c")]
    [InlineData("nonsense " + A + " " + B, "b")]
    [InlineData("nonsense\n" + A + " " + B, "a b")]
    [InlineData("[" + A + "," + "tru" + "," + B + "]", "a b")]
    [InlineData("[" + A + "]]," + B, "a b")]
    [InlineData("{\"x\":: {}, \"y\":{}}" + A, "a")]
    public void A_broken_record_costs_itself_alone(string text, string users)
    {
        OriginalRun run = OriginalRun.Of(Category.Users, text);
        Assert.Equal(users, string.Join(" ", run.Users));
        Assert.Contains("invalid_json", run.RejectsText, StringComparison.Ordinal);
    }

    [Fact]
    public void Sixteen_places_are_tried_before_the_error()
    {
        // Each place fails at its second byte, before the error of the first: an unclosed string at the end of the line.
        string Text(int places) => "{\"a\":\"" + string.Concat(Enumerable.Repeat(",{x", places)) + "," + A.Replace('"', '\'') + "\n" + B;
        Assert.Equal(["b"], OriginalRun.Of(Category.Users, Text(3)).Users);

        // A valid object inside the broken string is found if it is the sixteenth place, but not if it is the seventeenth.
        string Nested(int places) => "{\"a\":\"" + string.Concat(Enumerable.Repeat(",{x", places)) + ",{}\n" + B;
        Assert.Equal("invalid_json@0+52:1 no_user_id@52+2:1", OriginalRun.Of(Category.Users, Nested(15)).RejectsText);
        Assert.Equal("invalid_json@0+58:1", OriginalRun.Of(Category.Users, Nested(16)).RejectsText);
    }

    [Theory]
    [InlineData("[{\"user_id\":\"a\",\"x\":[\"]}\\\"}\",{}]}," + B + "]", "b", "too_large@1+32:1")]
    [InlineData("[\"aaaaaaaaaaaaaaaaaa\\\"\"," + B + "]", "b", "too_large@1+22:1")]
    [InlineData("[12345678901234567890," + B + "]", "b", "too_large@1+21:1")]
    [InlineData("[12345678901234567890]" + B, "", "too_large@1+36:1")]
    [InlineData("[[1,2,3,4,5,6,7,8,9]," + B + "]", "b", "too_large@1+19:1")]
    [InlineData("[{\"a\":[1,2,3,4,5,6,7,8,9," + B + "]", "b", "too_large@1+24:1")]
    [InlineData(A + "\n" + B, "a b", "")]
    [InlineData("{\"user_id\":\"a\" }\n" + B, "b", "too_large@0+16:1")]
    [InlineData("{\"a\":\"0123456789012345678901234567890123456789012345678\"}\n" + B, "b", "too_large@0+57:1")] // 4 times
    [InlineData("{\"a\":\"01234567890123456789012345678901234567890123456789012\"}\n" + B, "b", "too_large@0+62:1")] // and more
    public void A_record_too_large_reaches_to_its_closing_bracket(string text, string users, string rejects)
    {
        OriginalRun run = OriginalRun.Of(Category.Users, text, maxRecordBytes: 15);
        Assert.Equal((users, rejects), (string.Join(" ", run.Users), run.RejectsText));
        Assert.All(run.Rejects, r => Assert.Equal(15, r.GetProperty("raw").GetString()!.Length));
    }

    [Fact]
    public void A_reject_knows_where_it_stood()
    {
        OriginalRun run = OriginalRun.Of(Category.Users, "[" + A + ",\r\n7,\n\n\"x\",\n{\"user_id\":tru}\n, " + B + "]");
        Assert.Equal("not_an_object@19+1:2 not_an_object@23+3:4 invalid_json@28+18:5", run.RejectsText);
        Assert.Equal("{\"user_id\":tru}\n, ", run.Rejects[2].GetProperty("raw").GetString());
    }

    [Theory]
    [InlineData("[" + A + ",[1,\n" + B + "," + C + "]", "a b c", "not_an_object@17+4:1")] // a torn bracket
    [InlineData("[" + A + ",[{1:[]}" + "," + B + "]", "a b", "invalid_json@17+8:1")]
    [InlineData("[" + A + ",[\"\\ud800\", " + B + "]]", "a b", "not_an_object@17+11:1 invalid_json@44+1:1")]
    [InlineData("[" + A + ",[[[],{}]]," + B + "]", "a b", "not_an_object@17+5:1 no_user_id@22+2:1 invalid_json@25+2:1 invalid_json@42+1:1")]
    [InlineData("[" + A + ",[1,[2]]," + B + "]", "a b", "not_an_object@17+7:1")]
    [InlineData("{\"data\":[" + A + ",[" + B + "]," + C + "],\"n\":" + A + "}", "a b c", "not_an_object@25+1:1")]
    [InlineData("{\"data\":[" + A + ",{:[{}]}," + C + "],\"n\":" + A + "}", "a c", "invalid_json@25+3:1 no_user_id@28+2:1")]
    public void An_array_among_the_records_does_not_swallow_them(string text, string users, string rejects)
    {
        OriginalRun run = OriginalRun.Of(Category.Users, text);
        Assert.Equal((users, rejects), (string.Join(" ", run.Users), run.RejectsText));
    }

    /// <summary>The optimized engine uses only Utf8JsonReader; it must report errors at the same positions as a document.</summary>
    [Fact]
    public void The_reader_alone_reports_the_same_place_of_an_error_as_a_document()
    {
        Random random = new(17);
        const string Alphabet = "{}[],:\"\\ \n\r\tau0123456789.eE+-truefalsn/é\u0001";
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes("{\"a\":" + string.Concat(random.GetItems<char>(Alphabet, random.Next(1, 14))));
            foreach (bool isFinal in new[] { true, false })
            {
                Assert.Equal(Outcome(bytes, isFinal, document: true), Outcome(bytes, isFinal, document: false));
            }
        }
    }

    private static (string, long, long) Outcome(byte[] bytes, bool isFinal, bool document)
    {
        Utf8JsonReader reader = new(bytes, isFinal, default);
        try
        {
            bool whole = false;
            if (document)
            {
                whole = JsonDocument.TryParseValue(ref reader, out JsonDocument? parsed);
                parsed?.Dispose();
            }
            else
            {
                while (!whole && reader.Read())
                {
                    whole = reader.CurrentDepth == 0 && reader.TokenType == JsonTokenType.EndObject;
                }
            }

            return whole ? ("whole", 0, reader.BytesConsumed) : ("cut", 0, 0);
        }
        catch (JsonException e)
        {
            return ("wrong", e.LineNumber!.Value, e.BytePositionInLine!.Value);
        }
    }
}
