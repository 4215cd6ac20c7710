using FastIngest.Health;

namespace FastIngest.Tests.Original;

public class OriginalValueTests
{
    [Theory]
    [InlineData("7", "7")]
    [InlineData("-0", "0")]
    [InlineData("0.0000005", "0")]
    [InlineData("0.0000015", "0.000002")]
    [InlineData("0.0000025", "0.000002")]
    [InlineData("-0.0000025", "-0.000002")]
    [InlineData("0.00000250000000000000000000000000000000000000000000000000000000000001", "0.000003")]
    [InlineData("0.00000250000000000000000000000000000000000000000000000000000000000000", "0.000002")]
    [InlineData("0.00000249999999999999999999999999999999999999999999999999999999999999", "0.000002")]
    [InlineData("5e-7", "0")]
    [InlineData("5.0000001E-7", "0.000001")]
    [InlineData("1e1", "10")]
    [InlineData("168.20", "168.2")]
    [InlineData("9000000000000", "9000000000000")]
    [InlineData("9000000000000.0000005", "9000000000000")]
    [InlineData("9000000000000.0000006", null)]
    [InlineData("-9000000000001", null)]
    [InlineData("90000000000000e-1", "9000000000000")]
    [InlineData("1e999999999", null)]
    [InlineData("0e999999999", "0")]
    [InlineData("1e-999999999", "0")]
    [InlineData("1e99999999999999999999999999", null)]
    [InlineData("-1e-99999999999999999999999999", "0")]
    [InlineData("1e0000000000000000000000000000000001", "10")]
    [InlineData("\"12.5\"", "12.5")]
    [InlineData("\" \\t\\r\\n12.50 \"", "12.5")]
    [InlineData("\"\\u00a012\"", null)]
    [InlineData("\"1 2\"", null)]
    [InlineData("\"+1\"", null)]
    [InlineData("\"01\"", null)]
    [InlineData("\".5\"", null)]
    [InlineData("\"5.\"", null)]
    [InlineData("\"0x10\"", null)]
    [InlineData("\"NaN\"", null)]
    [InlineData("\"1e3\"", "1000")]
    [InlineData("\"12\\n\"", "12")]
    [InlineData("\"\\u0661\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("true", null)]
    [InlineData("[1]", null)]
    [InlineData("{}", null)]
    [InlineData("null", null)]
    public void A_number_is_exact_to_the_millionth(string json, string? plain)
    {
        OriginalRun run = OriginalRun.Of(Category.Activities, $$"""[{"user_id":"u","date":"2024-01-01","duration":{{json}}}]""");
        Assert.Equal(plain is null ? "User u on 2024-01-01. Activity: unknown." : $"User u on 2024-01-01. Activity: unknown, {plain} min.", run.Summary(0));
    }

    [Fact]
    public void Numbers_of_megabytes_are_read_in_no_time()
    {
        string nines = new('9', 3_000_000), zeros = new('0', 3_000_000);
        OriginalRun run = OriginalRun.Of(
            Category.Activities,
            $$"""[{"user_id":"u","date":"2024-01-01","duration":{{nines}},"distance":0.{{zeros}}1e3000000,"steps":1.{{nines}},"calories_burned":1{{zeros}}e-{{zeros}}3000000}]""");
        Assert.Equal("User u on 2024-01-01. Activity: unknown, 0.1 km, 2 steps, 1 kcal.", run.Summary(0));
    }

    [Theory]
    [InlineData("0.1 0.2", 0.15, "0.2")]
    [InlineData("0.25", 0.25, "0.2")]
    [InlineData("0.35", 0.35, "0.4")]
    [InlineData("-0.25", -0.25, "-0.2")]
    [InlineData("-0.35 -0.35", -0.35, "-0.4")]
    [InlineData("1 1 2", 4.0 / 3, "1.3")]
    [InlineData("0.000001 0 0", 3.3333333333333335e-7, "0")]
    [InlineData("-1 1", 0, "0")]
    [InlineData("9000000000000 8999999999999.999999 9000000000000", 8999999999999.999999666666, "9000000000000")]
    [InlineData("52 143.25 61", 85.41666666666667, "85.4")]
    public void The_mean_is_the_nearest_double_and_its_text_rounds_ties_to_even(string values, double mean, string text)
    {
        string[] all = values.Split(' ');
        OriginalRun run = OriginalRun.Of(
            Category.HeartRate, string.Join("\n", all.Select(v => $$"""{"user_id":"u","date_time":"2024-01-01","value":{{v}}}""")));
        Assert.Equal(mean, run.Row(0).GetProperty("hr_mean").GetDouble());
        Assert.Contains($"mean {text} over {all.Length} readings.", run.Summary(0), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"2024-02-29\"", "2024-02-29")]
    [InlineData("\"0001-01-01\"", "0001-01-01")]
    [InlineData("\"9999-12-31T23:59:60.123456789012+23:59\"", "9999-12-31")]
    [InlineData("\"2024-01-01 00:00\"", "2024-01-01")]
    [InlineData("\"2024-01-01T00:00Z\"", "2024-01-01")]
    [InlineData("\"2024-01-01T00:00-0530\"", "2024-01-01")]
    [InlineData("\"2024-01-01T00:00:00+05:30\"", "2024-01-01")]
    [InlineData("\"2024\\u002d01-01\"", "2024-01-01")]
    [InlineData("\"0000-01-01\"", null)]
    [InlineData("\"2023-02-29\"", null)]
    [InlineData("\"1900-02-29\"", null)]
    [InlineData("\"2024-13-01\"", null)]
    [InlineData("\"2024-1-1\"", null)]
    [InlineData("\"2024-01-01Z\"", null)]
    [InlineData("\"2024-01-01T\"", null)]
    [InlineData("\"2024-01-01T12\"", null)]
    [InlineData("\"2024-01-01t12:00\"", null)]
    [InlineData("\"2024-01-01  12:00\"", null)]
    [InlineData("\"2024-01-01T24:00\"", null)]
    [InlineData("\"2024-01-01T12:60\"", null)]
    [InlineData("\"2024-01-01T12:00:61\"", null)]
    [InlineData("\"2024-01-01T12:00:00.\"", null)]
    [InlineData("\"2024-01-01T12:00.5\"", null)]
    [InlineData("\"2024-01-01T12:00z\"", null)]
    [InlineData("\"2024-01-01T12:00+24:00\"", null)]
    [InlineData("\"2024-01-01T12:00+05:60\"", null)]
    [InlineData("\"2024-01-01T12:00+05\"", "2024-01-01")]
    [InlineData("\"2024-01-01T12:00 Z\"", "2024-01-01")]
    [InlineData("\" 2024-01-01\"", null)]
    [InlineData("\"2024-01-01\\n\"", null)]
    [InlineData("\"\\u0662024-01-01\"", null)]
    [InlineData("\"\"", "2000-01-01")]
    [InlineData("20240101", null)]
    [InlineData("false", null)]
    public void A_day_is_as_written_or_the_record_is_rejected(string json, string? day)
    {
        OriginalRun run = OriginalRun.Of(Category.Sleep, $$"""{"user_id":"u","date":{{json}},"timestamp":"2000-01-01"}""");
        Assert.Equal(day is null ? "no_date@0" : "", run.RejectsText.Split('+')[0]);
        Assert.Equal(day is null ? [] : [$"User u on {day}. Sleep: unknown."], run.Lines.Select((_, i) => run.Summary(i)));
    }

    [Fact]
    public void The_first_key_that_is_present_and_not_null_gives_the_day() =>
        Assert.Equal("User u on 2024-01-02. Sleep: unknown.", OriginalRun.Of(
            Category.Sleep, """{"timestamp":"2024-01-03","date_time":"2024-01-02","user_id":"u","date":null}""").Summary(0));

    [Theory]
    [InlineData("17", "17")]
    [InlineData("1.50e1", "1.50e1")]
    [InlineData("true", "true")]
    [InlineData("\" \"", " ")]
    [InlineData("\"\\ud83d\\udeb4\\n\"", "🚴\n")]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    [InlineData("[\"a\"]", null)]
    public void A_text_field_may_be_a_number_or_boolean_as_written(string json, string? text)
    {
        OriginalRun run = OriginalRun.Of(Category.Workouts, $$"""{"user_id":{{json}},"date":"2024-01-01","workout_type":{{json}}}""");
        Assert.Equal(text is null ? "no_user_id" : "", run.RejectsText.Split('@')[0]);
        Assert.Equal(text is null ? [] : [$"User {text} on 2024-01-01. Workout: {text}."], run.Lines.Select((_, i) => run.Summary(i)));
    }

    [Theory]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"a\":\"\\udc00\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"a\":[[{\"b\":[\"x\",{\"\\udfff\":null}]}]]}")]
    [InlineData("{\"a\":1,\"a\":\"\\ud800\",\"a\":2}")]
    public void A_lone_surrogate_anywhere_rejects_the_record(string json) =>
        Assert.Equal("invalid_text@0", OriginalRun.Of(Category.Users, json.Replace("{\"", "{\"user_id\":\"u\",\"", StringComparison.Ordinal)).RejectsText.Split('+')[0]);

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    public void Invalid_utf8_in_a_key_or_a_string_rejects_the_record(byte[] text)
    {
        byte[] value = [.. "{\"user_id\":\"u\",\"a\":[{\"b\":\""u8, .. text, .. "\"}]}\n{\"user_id\":\"v\"}"u8];
        byte[] key = [.. "{\"user_id\":\"u\",\"a\":[{\""u8, .. text, .. "\":0}]}\n{\"user_id\":\"v\"}"u8];
        Assert.All([value, key], bytes =>
        {
            OriginalRun run = OriginalRun.Of(Category.Users, bytes);
            Assert.Equal("invalid_text@0", run.RejectsText.Split('+')[0]);
            Assert.Equal(["v"], run.Users);
        });
    }

    [Fact]
    public void A_repeated_key_counts_as_its_last_value_whatever_that_is() =>
        Assert.Equal("User u on 2024-01-01. Activity: unknown, 2 km.", OriginalRun.Of(
            Category.Activities, """{"user_id":"t","user_id":"u","date":"2024-01-01","activity_type":"Run","activity_type":null,"distance":1,"distance":"2","steps":5,"steps":{}}""").Summary(0));
}
