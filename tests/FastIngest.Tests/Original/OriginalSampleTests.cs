using System.Text;
using FastIngest.Health;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Original;

public class OriginalSampleTests
{
    [Theory]
    [InlineData("compact")]
    [InlineData("default")]
    [InlineData("ndjson")]
    [InlineData("pretty")]
    [InlineData("quirks")]
    public void A_sample_gives_its_expected_rows_byte_for_byte(string set)
    {
        OriginalRun run = OriginalRun.OfFolder(TestData.Health(set));
        byte[] expected = File.ReadAllBytes(Path.Combine(TestData.Health(set), "expected.ndjson"));
        Assert.Equal(Encoding.UTF8.GetString(expected), string.Concat(run.Lines.Select(l => l + "\n")));
        Assert.All(run.Categories, c => Assert.Equal(c.Records, c.Aggregated + c.Rejected));
    }

    [Fact]
    public void The_quirks_reject_eight_records_with_their_reasons()
    {
        OriginalRun run = OriginalRun.OfFolder(TestData.Health("quirks"));
        Assert.Equal(
            ["no_user_id", "no_date", "no_date", "no_date", "no_value", "not_an_object", "not_an_object", "no_user_id"],
            run.Rejects.Select(r => r.GetProperty("reason").GetString()));
        Assert.Equal(["17", "u1", "u3"], run.Users);
        Assert.Equal(5, run.Categories[(int)Category.Users].Records);
        Assert.Equal(4, run.Categories[(int)Category.Users].Aggregated);
    }
}
