using FastIngest.Health;
using FastIngest.Shuffle;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Health;

public sealed class EventWriterTests
{
    [Theory]
    [InlineData("{\"user_id\": \"u\", \"date\": \"2024-01-01\"}", null)]
    [InlineData("{\"user_id\": 17, \"date\": \"2024-01-01\"}", null)]
    [InlineData("{\"user_id\": true, \"date\": \"2024-01-01\"}", null)]
    [InlineData("{\"user\\u005fid\": \"u\", \"date\": \"2024-01-01\"}", null)]
    [InlineData("{\"user_id\": \"u\", \"date\": null, \"date_time\": \"2024-01-01 10:00\"}", null)]
    [InlineData("{\"user_id\": \"u\", \"timestamp\": \"2024-01-01T10:00:00Z\"}", null)]
    [InlineData("{\"user_id\": \"u\", \"date\": \"2024\\u002d01-01\"}", null)]
    [InlineData("{}", RejectReason.NoUserId)]
    [InlineData("{\"user_id\": null, \"date\": \"bad\"}", RejectReason.NoUserId)]
    [InlineData("{\"user_id\": \"\", \"date\": \"2024-01-01\"}", RejectReason.NoUserId)]
    [InlineData("{\"user_id\": {}, \"date\": \"2024-01-01\"}", RejectReason.NoUserId)]
    [InlineData("{\"user_id\": [1], \"date\": \"2024-01-01\"}", RejectReason.NoUserId)]
    [InlineData("{\"user_id\": \"u\", \"user_id\": null, \"date\": \"2024-01-01\"}", RejectReason.NoUserId)]
    [InlineData("{\"User_id\": \"u\", \"date\": \"2024-01-01\"}", RejectReason.NoUserId)]
    [InlineData("{\"user_id\": \"u\"}", RejectReason.NoDate)]
    [InlineData("{\"user_id\": \"u\", \"date\": \"2023-02-29\"}", RejectReason.NoDate)]
    [InlineData("{\"user_id\": \"u\", \"date\": \"\", \"date_time\": \"2024-01-01\"}", null)]
    [InlineData("{\"user_id\": \"u\", \"date\": 20240101, \"date_time\": \"2024-01-01\"}", RejectReason.NoDate)]
    [InlineData("{\"user_id\": \"u\", \"date\": {}, \"timestamp\": \"2024-01-01\"}", RejectReason.NoDate)]
    [InlineData("{\"user_id\": \"u\", \"date\": null, \"date_time\": null, \"timestamp\": null}", RejectReason.NoDate)]
    [InlineData("{\"user_id\": \"u\", \"date\": \" 2024-01-01\"}", RejectReason.NoDate)]
    public void A_record_needs_a_user_and_a_day(string record, RejectReason? reason)
    {
        foreach (Category category in (Category[])[Category.Activities, Category.Workouts, Category.Nutrition, Category.Sleep, Category.Measurements])
        {
            Assert.Equal(reason, Map(category, record));
        }

        Assert.Equal(reason == RejectReason.NoDate ? null : reason, Map(Category.Users, record));
        Assert.Equal(reason ?? RejectReason.NoValue, Map(Category.HeartRate, record));
    }

    [Theory]
    [InlineData("72", null)]
    [InlineData("-0.5", null)]
    [InlineData("\" 72.5\\n\"", null)]
    [InlineData("9e12", null)]
    [InlineData("9e13", RejectReason.NoValue)]
    [InlineData("\"\"", RejectReason.NoValue)]
    [InlineData("\"72 bpm\"", RejectReason.NoValue)]
    [InlineData("\"NaN\"", RejectReason.NoValue)]
    [InlineData("\"\\u00a072\"", RejectReason.NoValue)]
    [InlineData("null", RejectReason.NoValue)]
    [InlineData("true", RejectReason.NoValue)]
    [InlineData("[72]", RejectReason.NoValue)]
    [InlineData("70, \"value\": null", RejectReason.NoValue)]
    public void A_heart_rate_record_needs_a_value(string value, RejectReason? reason) =>
        Assert.Equal(reason, Map(Category.HeartRate, $"{{\"user_id\": \"u\", \"date\": \"2024-01-01\", \"value\": {value}}}"));

    [Fact]
    public void Samples_discarded_before_a_chunk_is_reread_are_not_counted()
    {
        MapOutput output = new(PartitionBoundaries.FromSample([], 1));
        EventWriter writer = new(Category.HeartRate);
        Assert.Null(Summaries.Map(writer, Category.HeartRate, "{\"user_id\": \"u\", \"date\": \"2024-01-01\", \"value\": 1}", output));
        writer.Reset();
        writer.Flush(output);
        Assert.Empty(output.Touched);
    }

    private static RejectReason? Map(Category category, string record) =>
        Summaries.Map(new EventWriter(category), category, record, new MapOutput(PartitionBoundaries.FromSample([], 1)));
}
