using FastIngest.Health;

namespace FastIngest.Generate;

/// <summary>Zero to two activities per day. Indoor activities have no weather; some types have no distance or steps.</summary>
internal sealed class ActivityRecords() : RecordKind(Category.Activities)
{
    private static readonly Field UserId = Field.First("user_id");
    private static readonly Field Date = Field.Named("date");
    private static readonly Field ActivityType = Field.Named("activity_type");
    private static readonly Field Duration = Field.Named("duration");
    private static readonly Field Weather = Field.Named("weather");
    private static readonly Field CaloriesBurned = Field.Named("calories_burned");
    private static readonly Field Distance = Field.Named("distance");
    private static readonly Field Steps = Field.Named("steps");
    private static readonly Field HeartRateAvg = Field.Named("heart_rate_avg");
    private static readonly Field HeartRateMax = Field.Named("heart_rate_max");

    private static readonly byte[][] Weathers = JsonText.QuoteAll("sunny", "cloudy", "rainy", "snowy", "windy");

    // Metres per minute, steps per minute, kcal per hour for 70 kg, bpm above the resting rate.
    private static readonly (byte[] Name, bool Outdoors, int Speed, int Cadence, int Energy, int Rise)[] Types =
    [
        (JsonText.Quote("Walking"), true, 82, 105, 250, 30),
        (JsonText.Quote("Running"), true, 170, 160, 680, 80),
        (JsonText.Quote("Cycling"), true, 330, 0, 520, 65),
        (JsonText.Quote("Hiking"), true, 70, 95, 420, 50),
        (JsonText.Quote("Swimming"), false, 38, 0, 480, 60),
        (JsonText.Quote("Yoga"), false, 0, 0, 190, 20),
    ];

    public override void Write(DayCell cell, RecordWriter writer)
    {
        Person person = cell.Person;
        ref RandomSource random = ref cell.Random;
        int count = (random.Chance(35 + (10 * person.Fitness)) ? 1 : 0) + (random.Chance(10) ? 1 : 0);
        for (int i = 0; i < count; i++)
        {
            (byte[] name, bool outdoors, int speed, int cadence, int energy, int rise) = Types[random.Below(Types.Length)];
            int duration = random.Around(12, 110);
            int pace = random.Around(85, 115);
            int average = person.RestingHeartRate + rise + random.Below(14);
            writer.Begin();
            writer.Text(UserId, person.Id);
            writer.Date(Date, cell.DateText);
            writer.Text(ActivityType, name);
            writer.Integer(Duration, duration);
            if (outdoors)
            {
                writer.Text(Weather, Weathers[random.Below(Weathers.Length)]);
            }
            else
            {
                writer.Null(Weather);
            }

            writer.Integer(CaloriesBurned, duration * energy * person.Weight / 42_000);
            if (speed > 0)
            {
                writer.Hundredths(Distance, duration * speed * pace / 1000);
            }
            else
            {
                writer.Null(Distance);
            }

            writer.IntegerOrNull(Steps, cadence > 0 ? duration * cadence * pace / 100 : null);
            writer.Integer(HeartRateAvg, average);
            writer.Integer(HeartRateMax, average + random.Between(8, 40));
            writer.End(cell);
        }
    }
}
