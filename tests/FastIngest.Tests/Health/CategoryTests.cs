using FastIngest.Health;
using FastIngest.Pipeline.HealthData;

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
    [InlineData("users.JSON", Category.Users)]
    [InlineData("Users.json", Category.Users)]
    [InlineData("HEART_RATE.Json", Category.HeartRate)]
    [InlineData("users2.json", Category.Users)]
    [InlineData("sleep2024.json", Category.Sleep)]
    [InlineData("sleep (1).json", Category.Sleep)]
    [InlineData("sleep(1).json", Category.Sleep)]
    [InlineData("sleep copy 2.json", Category.Sleep)]
    [InlineData("sleep - Copy.json", Category.Sleep)]
    [InlineData("Copy of sleep.json", Category.Sleep)]
    [InlineData("Kopie von sleep.json", Category.Sleep)]
    [InlineData("2024-01-02 sleep.json", Category.Sleep)]
    [InlineData("01_sleep.json", Category.Sleep)]
    [InlineData("sleep-2024.json.txt", Category.Sleep)]
    [InlineData("heart-rate.json", Category.HeartRate)]
    [InlineData("Heart Rate.json", Category.HeartRate)]
    [InlineData("users json.json", Category.Users)]
    public void A_file_belongs_to_the_category_that_its_name_begins_with(string name, Category category) =>
        Assert.Equal(category, HealthFileNames.CategoryOf(name, Endings));

    [Theory]
    [InlineData("")]
    [InlineData("users")]
    [InlineData("users.")]
    [InlineData(".json")]
    [InlineData("users.csv")]
    [InlineData("users.json.gz")]
    [InlineData("users.json.partial")]
    [InlineData("my_users.json")]
    [InlineData("heart.json")]
    [InlineData("usersjson")]
    [InlineData("expected.ndjson")]
    [InlineData("sleepdata.json")]
    [InlineData("heartrate.json")]
    [InlineData("._sleep.json")]
    [InlineData(".sleep.json")]
    public void Any_other_file_belongs_to_no_category(string name) => Assert.Null(HealthFileNames.CategoryOf(name, Endings));

    [Theory]
    [InlineData("heartrate.json", "heart_rate.json")]
    [InlineData("HeartRate-2024.JSON", "heart_rate.json")]
    [InlineData("my_sleep.json", "sleep.json")]
    [InlineData("sleepdata.jsonl", "sleep.jsonl")]
    [InlineData("workout.json", "workouts.json")]
    [InlineData("slepe.json", "sleep.json")]
    [InlineData("activites.csv", "activities.csv")]
    [InlineData("food_log.json", "nutrition.json")]
    [InlineData("user.json", "users.json")]
    [InlineData("expected.ndjson", null)]
    [InlineData("notes.json", null)]
    [InlineData("rejects.ndjson", null)]
    [InlineData("readme.md", null)]
    public void A_name_that_is_nearly_that_of_a_category_gets_a_guess(string name, string? guess) =>
        Assert.Equal(guess, HealthFileNames.Explain(name, name, HealthFileNames.Endings).Guess);

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
        Assert.Equal(Categories.Count - 1, Categories.Named.Select(c => c.Name()).Distinct().Count());
        Assert.Equal(RejectReasons.Count, Enum.GetValues<RejectReason>().Select(r => r.Name()).Distinct().Count());
    }
}
