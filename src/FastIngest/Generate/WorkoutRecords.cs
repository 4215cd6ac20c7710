using FastIngest.Health;

namespace FastIngest.Generate;

/// <summary>Zero to three workouts per day, more for fitter persons.</summary>
internal sealed class WorkoutRecords() : RecordKind(Category.Workouts)
{
    private static readonly Field UserId = Field.First("user_id");
    private static readonly Field Date = Field.Named("date");
    private static readonly Field WorkoutType = Field.Named("workout_type");
    private static readonly Field StartTime = Field.Named("start_time");
    private static readonly Field Duration = Field.Named("duration");
    private static readonly Field Intensity = Field.Named("intensity");
    private static readonly Field Sets = Field.Named("sets");
    private static readonly Field Reps = Field.Named("reps");
    private static readonly Field Load = Field.Named("load");
    private static readonly Field CaloriesBurned = Field.Named("calories_burned");
    private static readonly Field HeartRateAvg = Field.Named("heart_rate_avg");
    private static readonly Field HeartRateMax = Field.Named("heart_rate_max");
    private static readonly Field MuscleGroups = Field.Named("muscle_groups");
    private static readonly Field Location = Field.Named("location");

    private static readonly byte[][] Intensities = JsonText.QuoteAll("low", "moderate", "high");
    private static readonly byte[][] Locations = JsonText.QuoteAll("gym", "home", "park", "Fitnessstudio Süd");

    // The name, whether the workout has a load (in kg), and the two trained muscle groups.
    private static readonly (byte[] Name, bool Load, byte[][] Muscles)[] Types =
    [
        (JsonText.Quote("Strength"), true, JsonText.QuoteAll("chest", "triceps")),
        (JsonText.Quote("Weightlifting"), true, JsonText.QuoteAll("back", "biceps")),
        (JsonText.Quote("CrossFit"), true, JsonText.QuoteAll("full body", "core")),
        (JsonText.Quote("HIIT"), false, JsonText.QuoteAll("full body", "cardio")),
        (JsonText.Quote("Cardio"), false, JsonText.QuoteAll("legs", "cardio")),
        (JsonText.Quote("Pilates"), false, JsonText.QuoteAll("core", "lower back")),
    ];

    public override void Write(DayCell cell, RecordWriter writer)
    {
        Person person = cell.Person;
        ref RandomSource random = ref cell.Random;
        int count = random.Below(3) + (random.Chance(10 + (12 * person.Fitness)) ? 1 : 0);
        int start = random.Between(6 * 60, 9 * 60);
        for (int i = 0; i < count; i++)
        {
            (byte[] name, bool load, byte[][] muscles) = Types[random.Below(Types.Length)];
            int duration = random.Around(15, 95);
            int intensity = random.Below(3);
            int average = person.RestingHeartRate + 35 + (18 * intensity) + random.Below(16);
            writer.Begin();
            writer.Text(UserId, person.Id);
            writer.Date(Date, cell.DateText);
            writer.Text(WorkoutType, name);
            writer.Time(StartTime, start);
            writer.Integer(Duration, duration);
            writer.Text(Intensity, Intensities[intensity]);
            writer.Integer(Sets, random.Between(2, 6));
            writer.Integer(Reps, random.Between(6, 15));
            if (load)
            {
                writer.Tenths(Load, 25 * random.Between(4, 60));
            }
            else
            {
                writer.Null(Load);
            }

            writer.Integer(CaloriesBurned, duration * (4 + (2 * intensity)) * person.Weight / 700);
            writer.Integer(HeartRateAvg, average);
            writer.Integer(HeartRateMax, average + random.Between(10, 35));
            writer.Texts(MuscleGroups, muscles);
            writer.Text(Location, Locations[random.Below(Locations.Length)]);
            writer.End(cell);
            start += duration + random.Between(60, 240);
        }
    }
}
