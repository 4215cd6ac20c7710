using System.Text;
using FastIngest.Health;

namespace FastIngest.Tests.Health;

/// <summary>What a database returns of the column <c>metrics</c> gets the form of this program, or stays as it is.</summary>
public sealed class MetricJsonTests
{
    [Theory]
    [InlineData("{\"weight\":{\"max\":2.0,\"min\":1.0,\"mean\":1.5,\"count\":2},\"steps\":{\"count\":1,\"sum\":5.0}}",
        "{\"steps\": {\"sum\": 5.0, \"count\": 1}, \"weight\": {\"count\": 2, \"min\": 1.0, \"max\": 2.0, \"mean\": 1.5}}")]
    [InlineData("{\"steps\": 5}", "{\"steps\": 5}")]
    [InlineData("{\"a\": {\"sum\": 1.0, \"count\": 1}, \"steps\": {\"sum\": 5.0}}", "{\"a\": {\"sum\": 1.0, \"count\": 1}, \"steps\": {\"sum\": 5.0}}")]
    [InlineData("[1]", "[1]")]
    [InlineData("5", "5")]
    public void Other_JSON_stays_as_it_is(string stored, string expected)
    {
        SummaryBatch batch = new();

        TextRef text = MetricJson.Normalise(Encoding.UTF8.GetBytes(stored), batch);

        Assert.Equal(expected, Encoding.UTF8.GetString(batch.Text(text)));
    }
}
