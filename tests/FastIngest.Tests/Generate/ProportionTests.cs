using FastIngest.Generate;

namespace FastIngest.Tests.Generate;

public class ProportionTests
{
    [Fact]
    public void Files_have_the_proportions_of_the_real_data_set()
    {
        using GeneratedData data = GeneratedData.Make(o => o with { Users = 25, Days = 365 });
        double ToRealSize(int file) => data.Result.Files[file].Bytes * (5000.0 / 25) / 1e9;
        Assert.InRange(ToRealSize(5), 2.95, 3.05);
        Assert.InRange(ToRealSize(3), 2.35, 2.45);
        Assert.InRange(ToRealSize(2), 0.82, 0.92);
        Assert.InRange(data.TotalBytes * (5000.0 / 25) / 1e9, 6.5, 7.5);
    }

    [Theory]
    [InlineData("users", 1, "user_id name email age gender height weight fitness_level join_date")]
    [InlineData("nutrition", 4 * 59, "user_id date meal_type calories protein carbs fat fiber sugar sodium foods notes")]
    [InlineData("sleep", 59, "user_id date total_sleep deep_sleep rem_sleep light_sleep efficiency latency bedtime wake_time awakenings sleep_quality resting_heart_rate spo2")]
    [InlineData("heart_rate", 12 * 59, "user_id date_time value context hrv")]
    [InlineData("measurements", 2, "measurement_id user_id date weight body_fat muscle_mass bmi waist chest bicep thigh body_water bone_mass notes")]
    [InlineData("activities", null, "user_id date activity_type duration weather calories_burned distance steps heart_rate_avg heart_rate_max")]
    [InlineData("workouts", null, "user_id date workout_type start_time duration intensity sets reps load calories_burned heart_rate_avg heart_rate_max muscle_groups location")]
    public void Records_have_their_fields_and_number(string category, int? recordsPerUser, string fields)
    {
        using GeneratedData data = GeneratedData.Make(o => o with { Users = 4, Days = 59 });
        var records = data.Records(category);
        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.Equal(fields, string.Join(' ', record.EnumerateObject().Select(member => member.Name))));
        Assert.Equal(records.Count, data.Result.Files.Single(file => Path.GetFileName(file.Path) == category + ".json").Records);
        if (recordsPerUser is not null)
        {
            Assert.Equal(4 * recordsPerUser, records.Count);
        }
    }

    [Fact]
    public void Every_user_and_day_has_twelve_heart_rates_in_time_order()
    {
        using GeneratedData data = GeneratedData.Make(o => o with { Users = 7, Days = 100, Style = GeneratorStyle.Compact });
        var records = data.Records("heart_rate");
        int next = 0;
        for (int user = 1; user <= 7; user++)
        {
            for (int day = 0; day < 100; day++)
            {
                string date = new DateOnly(2023, 1, 1).AddDays(day).ToString("O");
                string before = "";
                for (int reading = 0; reading < 12; reading++)
                {
                    var record = records[next++];
                    string time = record.GetProperty("date_time").GetString()!;
                    Assert.Equal(GeneratedData.UserId(user), record.GetProperty("user_id").GetString());
                    Assert.StartsWith(date + " ", time, StringComparison.Ordinal);
                    Assert.True(string.CompareOrdinal(before, time) < 0);
                    Assert.InRange(record.GetProperty("value").GetInt32(), 30, 220);
                    before = time;
                }
            }
        }

        Assert.Equal(records.Count, next);
    }

    [Theory]
    [InlineData("activities")]
    [InlineData("workouts")]
    [InlineData("nutrition")]
    [InlineData("sleep")]
    [InlineData("measurements")]
    public void Records_are_grouped_by_user_and_then_by_day(string category)
    {
        using GeneratedData data = GeneratedData.Make(o => o with { Users = 7, Days = 100 });
        string[] keys = [.. data.Records(category).Select(r => r.GetProperty("user_id").GetString() + r.GetProperty("date").GetString())];
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
    }
}
