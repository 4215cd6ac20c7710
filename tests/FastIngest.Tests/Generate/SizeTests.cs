using FastIngest.Generate;

namespace FastIngest.Tests.Generate;

public class SizeTests
{
    [Theory]
    [InlineData(100_000, GeneratorStyle.Pretty, 0)]
    [InlineData(1_000_000, GeneratorStyle.Pretty, 0)]
    [InlineData(1_600_000, GeneratorStyle.Compact, 0)]
    [InlineData(2_900_000, GeneratorStyle.Spaced, 0.1)]
    [InlineData(10_000_000, GeneratorStyle.Ndjson, 0)]
    [InlineData(33_000_000, GeneratorStyle.Pretty, 0.01)]
    [InlineData(150_000_000, GeneratorStyle.Pretty, 0)]
    public void The_files_together_have_the_requested_size(long bytes, GeneratorStyle style, double quirkRate)
    {
        using GeneratedData data = GeneratedData.Make(o => o with { TotalBytes = bytes, Style = style, QuirkRate = quirkRate });
        Assert.InRange(data.TotalBytes, bytes * 0.98, bytes * 1.02);
        Assert.All(data.Result.Files, file => Assert.Equal(new FileInfo(file.Path).Length, file.Bytes));
    }

    [Fact]
    public void With_users_set_the_size_determines_the_days_even_beyond_a_year()
    {
        using GeneratedData data = GeneratedData.Make(o => o with { TotalBytes = 5_000_000, Users = 2 });
        Assert.Equal(2, data.Result.Files[0].Records);
        Assert.InRange(data.TotalBytes, 4_900_000, 5_100_000);
    }

    [Fact]
    public void With_days_set_the_size_determines_the_users()
    {
        using GeneratedData data = GeneratedData.Make(o => o with { TotalBytes = 3_000_000, Days = 10 });
        Assert.InRange(data.TotalBytes, 2_940_000, 3_060_000);
        Assert.Equal(data.Result.Files[0].Records * 10, data.Result.Files[4].Records);
    }

    [Fact]
    public void With_users_and_days_set_the_size_is_ignored()
    {
        using GeneratedData data = GeneratedData.Make(o => o with { TotalBytes = 1_000_000_000, Users = 2, Days = 3 });
        Assert.Equal(2 * 3 * 12, data.Result.Files[5].Records);
    }

    [Fact]
    public void The_default_is_100_users_with_30_days()
    {
        using GeneratedData data = GeneratedData.Make(o => o);
        Assert.Equal(100, data.Result.Files[0].Records);
        Assert.Equal(100 * 30, data.Result.Files[4].Records);
    }

    [Fact]
    public void A_byte_is_rounded_up_to_a_user_and_a_day()
    {
        using GeneratedData data = GeneratedData.Make(o => o with { TotalBytes = 1 });
        Assert.Equal(1, data.Result.Files[0].Records);
        Assert.Equal(12, data.Result.Files[5].Records);
    }
}
