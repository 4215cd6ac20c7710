using HealthIngestion.CommandLine;

namespace HealthIngestion.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("4096B", 4096)]
    [InlineData("64KiB", 65536)]
    [InlineData("64kib", 65536)]
    [InlineData("64k", 65536)]
    [InlineData("64K", 65536)]
    [InlineData("64kB", 64000)]
    [InlineData("64 MiB", 64L << 20)]
    [InlineData("1M", 1L << 20)]
    [InlineData("1MB", 1_000_000)]
    [InlineData("1GB", 1_000_000_000)]
    [InlineData("1G", 1L << 30)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData("0.5k", 512)]
    [InlineData("1.0001kB", 1000)]
    [InlineData("2TiB", 2L << 40)]
    [InlineData("1TB", 1_000_000_000_000)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_size_is_read_as_it_is_meant(string text, long expected)
    {
        Assert.True(ByteSize.TryParse(text, out long bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("1.5")]
    [InlineData("1.5B")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("1..5k")]
    [InlineData("1XB")]
    [InlineData("1KiBB")]
    [InlineData("1Ki")]
    [InlineData("9223372036854775808")]
    [InlineData("9223372036854775807k")]
    [InlineData("99999999999999999999999999999999999")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
