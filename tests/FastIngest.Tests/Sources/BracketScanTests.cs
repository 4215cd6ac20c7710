using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Sources;

public sealed class BracketScanTests
{
    [Theory]
    [InlineData("{}", 2)]
    [InlineData("{\"a\":[1,2]} tail", 11)]
    [InlineData("[[], {}] ]", 8)]
    [InlineData("\"text\" x", 6)]
    [InlineData("\"a\\\"b\"", 6)]
    [InlineData("{\"}\\\\\":\"]\\\"\"}", 13)]
    [InlineData("{", -1)]
    [InlineData("\"open", -1)]
    [InlineData("{\"open}", -1)]
    [InlineData("123", -1)]
    [InlineData("]", -1)]
    public void A_value_ends_where_its_brackets_and_quotes_close(string text, int end)
    {
        using Document document = new(text.Bytes());
        Assert.Equal(end, BracketScan.EndOfValue(document.Window, 0, long.MaxValue));
        Assert.Equal(-1, BracketScan.EndOfValue(document.Window, 0, Math.Max(0, end - 1)));
    }

    [Fact]
    public void The_scan_stops_beyond_64_levels_and_crosses_piece_borders()
    {
        using Document deep = new($"{new string('[', 64)}{new string(']', 64)}".Bytes());
        Assert.Equal(128, BracketScan.EndOfValue(deep.Window, 0, long.MaxValue));
        using Document deeper = new($"{new string('[', 65)}{new string(']', 65)}".Bytes());
        Assert.Equal(-1, BracketScan.EndOfValue(deeper.Window, 0, long.MaxValue));
        for (int i = -3; i <= 3; i++)
        {
            string text = $"{{\"{new string('x', (256 * 1024) - 4 + i)}\\\"}}\"}} ";
            using Document document = new(text.Bytes());
            Assert.Equal(text.Length - 1, BracketScan.EndOfValue(document.Window, 0, long.MaxValue));
        }
    }
}
