using System.Text;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Tests.Sinks.Summaries;

public class SummaryPartsTests
{
    [Fact]
    public void Lengths_are_written_and_read_back()
    {
        DailySummary.PartArray parts = default;
        parts[0] = 85;
        parts[2] = int.MaxValue - 100;
        parts[6] = 9;
        Span<byte> text = stackalloc byte[SummaryParts.MaxBytes];
        int bytes = SummaryParts.Write(text, parts);
        Assert.Equal("85,0,2147483547,0,0,0,9", Encoding.ASCII.GetString(text[..bytes]));
        Assert.True(SummaryParts.TryRead(text[..bytes], int.MaxValue - 6, out DailySummary.PartArray read));
        Assert.Equal(((ReadOnlySpan<int>)parts).ToArray(), ((ReadOnlySpan<int>)read).ToArray());
    }

    [Fact]
    public void The_length_for_samples_is_written_only_if_it_is_not_0()
    {
        DailySummary.PartArray parts = default;
        parts[0] = 3;
        parts[7] = 7;
        Span<byte> text = stackalloc byte[SummaryParts.MaxBytes];
        int bytes = SummaryParts.Write(text, parts);
        Assert.Equal("3,0,0,0,0,0,0,7", Encoding.ASCII.GetString(text[..bytes]));
        Assert.True(SummaryParts.TryRead(text[..bytes], 10, out DailySummary.PartArray read));
        Assert.Equal(((ReadOnlySpan<int>)parts).ToArray(), ((ReadOnlySpan<int>)read).ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("10,0,0,0,0,0")]
    [InlineData("10,0,0,0,0,0,0,0,0")]
    [InlineData("10,0,0,0,0,0,0,")]
    [InlineData("9,0,0,0,0,0,0")]
    [InlineData("11,-1,0,0,0,0,0")]
    [InlineData("10,0,0,0,0,0,0 ")]
    [InlineData("10;0;0;0;0;0;0")]
    [InlineData("99999999999,0,0,0,0,0,0")]
    public void What_does_not_fit_a_summary_of_ten_bytes_is_not_read(string text) =>
        Assert.False(SummaryParts.TryRead(Encoding.ASCII.GetBytes(text), 10, out _));
}
