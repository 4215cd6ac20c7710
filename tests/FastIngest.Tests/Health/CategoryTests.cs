using FastIngest.Health;

namespace FastIngest.Tests.Health;

public sealed class CategoryTests
{
    private static readonly string[] Endings = [".json", ".jsonl", ".ndjson"];

    [Theory]
    [InlineData("users.json", Category.Users)]
    [InlineData("activities.jsonl", Category.Activities)]
    [InlineData("workouts.ndjson", Category.Workouts)]
    [InlineData("nutrition-2024-01.json", Category.Nutrition)]
    [InlineData("sleep_a.b.c.json", Category.Sleep)]
    [InlineData("heart_rate.json", Category.HeartRate)]
    [InlineData("heart_rate_.json", Category.HeartRate)]
    [InlineData("heart_rate-2024-01.json", Category.HeartRate)]
    [InlineData("measurements.2024.json", Category.Measurements)]
    [InlineData("measurements..json", Category.Measurements)]
    [InlineData("users.json.json", Category.Users)]
    public void A_file_belongs_to_the_category_that_its_name_begins_with(string name, Category category) =>
        Assert.Equal(category, Categories.OfFile(name, Endings));

    [Theory]
    [InlineData("")]
    [InlineData("users")]
    [InlineData("users.")]
    [InlineData(".json")]
    [InlineData("users.csv")]
    [InlineData("users.JSON")]
    [InlineData("users.json.gz")]
    [InlineData("users.json.partial")]
    [InlineData("Users.json")]
    [InlineData("users2.json")]
    [InlineData("my_users.json")]
    [InlineData("heart-rate.json")]
    [InlineData("heart.json")]
    [InlineData("usersjson")]
    [InlineData("users json.json")]
    [InlineData("expected.ndjson")]
    public void Any_other_file_belongs_to_none(string name) => Assert.Null(Categories.OfFile(name, Endings));

    [Fact]
    public void Slots_of_columns_are_distinct_and_complete()
    {
        int[] numbers = [.. SummaryColumn.All.Where(c => c.Kind is ColumnKind.Count or ColumnKind.Number).Select(c => c.Slot)];
        int[] texts = [.. SummaryColumn.All.Where(c => c.Kind is ColumnKind.Text or ColumnKind.Json).Select(c => c.Slot)];
        Assert.Equal(Enumerable.Range(0, NumberSlot.Length), numbers.Order());
        Assert.Equal(Enumerable.Range(0, TextSlot.Length), texts.Order());
        Assert.Equal(SummaryColumn.All.Count, SummaryColumn.All.Select(c => c.Name).Distinct().Count());
        Assert.Equal(["user_id", "date"], SummaryColumn.All.Take(2).Select(c => c.Name));
        Assert.Equal(Enum.GetValues<Category>().Where(c => c != Category.Users), SummaryColumn.All.Select(c => c.Owner).OfType<Category>().Distinct());
    }

    [Fact]
    public void Every_category_and_reason_has_a_name_of_its_own()
    {
        Assert.Equal(Categories.Count, Enum.GetValues<Category>().Select(c => c.Name()).Distinct().Count());
        Assert.Equal(RejectReasons.Count, Enum.GetValues<RejectReason>().Select(r => r.Name()).Distinct().Count());
    }
}
