using FastIngest.Health;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Health;

public sealed class MeasurementDayTests
{
    [Theory]
    [InlineData("{\"weight\": 61.5}", "\"weight\": 61.5")]
    [InlineData("{\"weight\": 62.0}", "\"weight\": 61.5", "\"weight\": 62")]
    [InlineData("{\"weight\": 61.5}", "\"weight\": 61.5", "\"weight\": null")]
    [InlineData("{\"weight\": 61.5}", "\"weight\": 61.5", "\"weight\": \"heavy\"")]
    [InlineData("{\"weight\": 63.0}", "\"weight\": 61, \"weight\": 63")]
    [InlineData(null, "\"weight\": 61, \"weight\": null")]
    [InlineData("{\"weight\": 60.0}", "\"weight\": 60", "\"weight\": 61, \"weight\": null")]
    [InlineData("{\"weight\": 62.0}", "\"weight\": 60", "\"weight\": null, \"weight\": 62")]
    [InlineData("{\"weight\": 64.0}", "\"weight\": 60", "\"weight\": 61, \"weight\": true", "\"weight\": 64")]
    [InlineData("{\"weight\": 62.0}", "\"weight\": 61, \"w\\u0065ight\": 62")]
    [InlineData("{\"a\": 1.0, \"b\": 2.0}", "\"b\": 2", "\"a\": 1")]
    [InlineData("{\"\": 2.0}", "\"\": 1, \"\": 2")]
    [InlineData("{\"a\\\"b\": 1.0}", "\"a\\\"b\": \" 1 \"")]
    [InlineData("{\"Z\": 1.0, \"a\": 2.0, \"é\": 3.0}", "\"é\": 3, \"a\": 2, \"Z\": 1")]
    [InlineData(null, "\"id\": 1, \"device_id\": 2, \"_id\": 3")]
    [InlineData("{\"identity\": 2.0, \"ids\": 1.0}", "\"ids\": 1, \"identity\": 2")]
    [InlineData(null, "\"nested\": {\"weight\": 1}, \"list\": [1], \"far\": 1e13, \"flag\": true")]
    public void The_last_record_wins_and_in_it_the_last_value(string? json, params string[] records)
    {
        Summaries day = Summaries.Of(Category.Measurements, [.. records.Select(r => $"{{\"user_id\": \"u\", \"date\": \"2024-01-01\", {r}}}")]);
        Assert.Equal(json, day.Text(TextSlot.Measurements));
        Assert.Equal(json is not null, day.Text(TextSlot.Summary)!.Contains(" Measured: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Hundreds_of_names_are_written_in_byte_order()
    {
        string[] names = [.. Enumerable.Range(0, 500).Select(i => $"m{i * 7919 % 500}")];
        Summaries day = Summaries.Of(Category.Measurements, $"{{\"user_id\": \"u\", \"date\": \"2024-01-01\", {string.Join(", ", names.Select(n => $"\"{n}\": 1"))}}}");
        Assert.Equal($"{{{string.Join(", ", names.Order(StringComparer.Ordinal).Select(n => $"\"{n}\": 1.0"))}}}", day.Text(TextSlot.Measurements));
    }
}
