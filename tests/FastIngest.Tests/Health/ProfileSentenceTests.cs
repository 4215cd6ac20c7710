using System.Text;
using FastIngest.Health;
using FastIngest.Json;

namespace FastIngest.Tests.Health;

public class ProfileSentenceTests
{
    private static readonly int Day = new DateOnly(2023, 1, 1).DayNumber;

    [Fact]
    public void A_whole_profile_gives_all_pieces() => Assert.Equal(
        "Fatima Ivanov (age 25, Other, 184 cm, 121.1 kg, Intermediate fitness) on 2023-01-01.",
        Text("Fatima Ivanov", 25_000_000, "Other", 184_000_000, 121_100_000, "Intermediate"));

    [Fact]
    public void A_missing_piece_is_omitted_with_its_comma() => Assert.Equal(
        "李雷 (age 40, male, 180 cm) on 2023-01-01.",
        Text("李雷", 40_000_000, "male", 180_000_000, UserProfile.Missing, ""));

    [Fact]
    public void A_profile_without_pieces_has_no_parentheses() => Assert.Equal(
        "Ann on 2023-01-01.",
        Text("Ann", UserProfile.Missing, "", UserProfile.Missing, UserProfile.Missing, ""));

    [Fact]
    public void A_profile_without_a_name_is_named_by_its_user_id() => Assert.Equal(
        "User u7 (0.5 kg, low fitness) on 2023-01-01.",
        Text("", UserProfile.Missing, "", UserProfile.Missing, 500_000, "low"));

    [Fact]
    public void A_user_without_a_profile_is_named_by_the_user_id()
    {
        SummaryBatch output = new();
        ProfileSentence.Write(output, new ProfileView("17"u8), new DateOnly(1, 1, 1).DayNumber);
        Assert.Equal("User 17 on 0001-01-01.", Encoding.UTF8.GetString(output.Text(output.TextSince(0))));
    }

    [Fact]
    public void Profile_and_sentence_may_share_a_batch_that_grows()
    {
        SummaryBatch batch = new();
        string name = new('n', 16 * 1024 - 4);
        UserProfile profile = new()
        {
            UserId = batch.AddText("u"u8),
            Name = batch.AddText(Encoding.UTF8.GetBytes(name)),
            Gender = TextRef.Null,
            FitnessLevel = TextRef.Null,
            Age = UserProfile.Missing,
            Height = UserProfile.Missing,
            Weight = UserProfile.Missing,
        };
        int start = batch.TextLength;
        ProfileSentence.Write(batch, new ProfileView(batch, profile), Day);
        Assert.Equal($"{name} on 2023-01-01.", Encoding.UTF8.GetString(batch.Text(batch.TextSince(start))));
    }

    [Fact]
    public void Every_day_is_written_and_read_back()
    {
        Span<byte> text = stackalloc byte[DayText.Bytes];
        for (int day = 0; day <= DateOnly.MaxValue.DayNumber; day += 13)
        {
            DayText.Write(text, day);
            Assert.Equal(DateOnly.FromDayNumber(day).ToString("yyyy-MM-dd", null), Encoding.ASCII.GetString(text));
            Assert.True(DayText.TryRead(text, out int read));
            Assert.Equal(day, read);
        }
    }

    [Theory]
    [InlineData("2023-02-29")]
    [InlineData("0000-01-01")]
    [InlineData("2023-13-01")]
    [InlineData("2023-1-01")]
    [InlineData("2023/01/01")]
    [InlineData("2023-01-0x")]
    public void A_text_that_is_not_a_day_is_rejected(string text) =>
        Assert.False(DayText.TryRead(Encoding.ASCII.GetBytes(text), out _));

    private static string Text(string name, long age, string gender, long height, long weight, string fitness)
    {
        SummaryBatch output = new();
        ProfileView profile = new("u7"u8)
        {
            Name = Encoding.UTF8.GetBytes(name),
            Age = age,
            Gender = Encoding.UTF8.GetBytes(gender),
            Height = height,
            Weight = weight,
            FitnessLevel = Encoding.UTF8.GetBytes(fitness),
        };
        ProfileSentence.Write(output, profile, Day);
        return Encoding.UTF8.GetString(output.Text(output.TextSince(0)));
    }
}
