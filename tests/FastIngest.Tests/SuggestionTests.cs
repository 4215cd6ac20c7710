namespace FastIngest.Tests;

public sealed class SuggestionTests
{
    private static readonly string[] Options = ["--to", "--workers", "--strict", "--stats-json", "--dry-run", "--io"];

    [Theory]
    [InlineData("--worker", "--workers")]
    [InlineData("--wrokers", "--workers")]
    [InlineData("--Strict", "--strict")]
    [InlineData("--stats", "--stats-json")]
    [InlineData("--dryrun", "--dry-run")]
    [InlineData("--ot", "--to")]
    public void A_slip_of_the_keys_is_understood(string typed, string meant) => Assert.Equal(meant, Suggestion.For(typed, Options));

    [Theory]
    [InlineData("--banana")]
    [InlineData("--x")]
    [InlineData("-")]
    public void Nothing_near_is_nothing_suggested(string typed) => Assert.Null(Suggestion.For(typed, Options));

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    public void The_distance_counts_single_slips(string a, string b, int expected) => Assert.Equal(expected, Suggestion.Distance(a, b));
}
