using System.Text;
using FastIngest.Health;

namespace FastIngest.Tests.Original;

public class OriginalDayTests
{
    [Theory]
    [InlineData("""{"user_id":"u"}""", "User u on 2024-01-01.")]
    [InlineData("""{"user_id":"u","name":"N"}""", "N on 2024-01-01.")]
    [InlineData("""{"user_id":"u","age":"x","height":1.50}""", "User u (1.5 cm) on 2024-01-01.")]
    [InlineData("""{"user_id":"u","name":"#","fitness_level":"#","weight":60,"gender":"f","age":3}""", "# (age 3, f, 60 kg, # fitness) on 2024-01-01.")]
    [InlineData("""{"user_id":"u","name":"A"},{"user_id":"u","age":5}""", "User u (age 5) on 2024-01-01.")]
    [InlineData("""{"user_id":"other","name":"A"}""", "User u on 2024-01-01.")]
    public void The_opening_leaves_out_what_is_missing(string users, string opening)
    {
        OriginalRun run = OriginalRun.Of([(Category.Users, Encoding.UTF8.GetBytes(users)), (Category.Sleep, """{"user_id":"u","date":"2024-01-01"}"""u8.ToArray())]);
        Assert.Equal(opening + " Sleep: unknown.", run.Summary(0));
    }

    [Fact]
    public void Measurements_keep_the_last_valid_value_of_each_field_in_the_order_of_utf8_bytes()
    {
        OriginalRun run = OriginalRun.Of(Category.Measurements, """
            {"user_id":"u","date":"2024-01-01","\ud83d\ude00":1,"\uff21":2,"b":0.00001,"a\"\n\u0001":"1e4","id":1,"x_id":2,"_id":3,"timestamp":4,"":-0}
            {"user_id":"u","date":"2024-01-01","b":0.000012,"\uff21":null,"kid":5,"c":true}
            """);
        Assert.Equal(
            "{\"\": 0.0, \"a\\\"\\n\\u0001\": 10000.0, \"b\": 1.2e-05, \"kid\": 5.0, \"Ａ\": 2.0, \"😀\": 1.0}",
            run.Row(0).GetProperty("measurements").GetRawText());
        Assert.Equal("User u on 2024-01-01. Measured:  0, a\"\n\u0001 10000, b 0.000012, kid 5, Ａ 2, 😀 1.", run.Summary(0));
    }

    [Fact]
    public void Measurements_without_a_number_make_a_row_without_a_sentence()
    {
        OriginalRun run = OriginalRun.Of(Category.Measurements, """{"user_id":"u","date":"2024-01-01","note":"x"}""");
        Assert.Equal("User u on 2024-01-01.", run.Summary(0));
    }

    [Fact]
    public void The_longest_sleep_gives_the_quality_and_without_any_length_the_first()
    {
        const string Head = """{"user_id":"u","date":"2024-01-01","sleep_quality":""";
        OriginalRun none = OriginalRun.Of(Category.Sleep, $"{Head}null,\"resting_heart_rate\":50}}{Head}\"b\"}}");
        Assert.Equal((null, 50.0), (none.Row(0).GetProperty("sleep_quality").GetString(), none.Row(0).GetProperty("resting_hr").GetDouble()));
        OriginalRun some = OriginalRun.Of(Category.Sleep, $"{Head}\"a\",\"resting_heart_rate\":50}}{Head}\"b\",\"total_sleep\":-1}}{Head}\"c\",\"total_sleep\":-1}}");
        Assert.Equal("b", some.Row(0).GetProperty("sleep_quality").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, some.Row(0).GetProperty("resting_hr").ValueKind);
    }

    [Fact]
    public void Users_and_rows_come_in_the_order_of_utf8_bytes_and_all_profiles_come()
    {
        string[] ids = ["\U0001F600", "\uFF21", "b", "a", "ab", "Z"];
        byte[] users = Encoding.UTF8.GetBytes(string.Concat(ids.Append("none").Select(i => $$"""{"user_id":"{{i}}"}""")));
        byte[] sleep = Encoding.UTF8.GetBytes(string.Concat(ids.Select(i => $$"""{"user_id":"{{i}}","date":"2024-01-02"}{"user_id":"{{i}}","date":"2024-01-01"}""")));
        OriginalRun run = OriginalRun.Of([(Category.Users, users), (Category.Sleep, sleep)]);
        Assert.Equal(["Z", "a", "ab", "b", "none", "\uFF21", "\U0001F600"], run.Users);
        Assert.Equal(["Z", "Z", "a", "a", "ab", "ab"], run.Lines.Take(6).Select((_, i) => run.Row(i).GetProperty("user_id").GetString()));
        Assert.Equal(["2024-01-01", "2024-01-02"], run.Lines.Take(2).Select((_, i) => run.Row(i).GetProperty("date").GetString()));
    }
}
