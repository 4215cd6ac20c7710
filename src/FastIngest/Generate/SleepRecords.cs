using FastIngest.Health;

namespace FastIngest.Generate;

/// <summary>One record per night. The resting heart rate is sometimes missing.</summary>
internal sealed class SleepRecords() : RecordKind(Category.Sleep)
{
    private static readonly Field UserId = Field.First("user_id");
    private static readonly Field Date = Field.Named("date");
    private static readonly Field TotalSleep = Field.Named("total_sleep");
    private static readonly Field DeepSleep = Field.Named("deep_sleep");
    private static readonly Field RemSleep = Field.Named("rem_sleep");
    private static readonly Field LightSleep = Field.Named("light_sleep");
    private static readonly Field Efficiency = Field.Named("efficiency");
    private static readonly Field Latency = Field.Named("latency");
    private static readonly Field Bedtime = Field.Named("bedtime");
    private static readonly Field WakeTime = Field.Named("wake_time");
    private static readonly Field Awakenings = Field.Named("awakenings");
    private static readonly Field SleepQuality = Field.Named("sleep_quality");
    private static readonly Field RestingHeartRate = Field.Named("resting_heart_rate");
    private static readonly Field Spo2 = Field.Named("spo2");

    private static readonly byte[][] Qualities = JsonText.QuoteAll("poor", "fair", "good", "excellent");

    public override void Write(DayCell cell, RecordWriter writer)
    {
        Person person = cell.Person;
        ref RandomSource random = ref cell.Random;

        // Hundredths of an hour. The stages add up to the total.
        int total = random.Around(420, 960);
        int deep = total * random.Between(12, 24) / 100;
        int rem = total * random.Between(16, 27) / 100;
        int efficiency = random.Around(740, 990);
        int latency = random.Around(3, 45);
        int awakenings = random.Below(6);
        int toBed = person.Bedtime + random.Around(-45, 75);
        int awake = toBed + latency + (total * 600 / efficiency);
        int quality = ((total - 420) / 140) + (efficiency > 880 ? 1 : 0) - (awakenings > 3 ? 1 : 0);
        writer.Begin();
        writer.Text(UserId, person.Id);
        writer.Date(Date, cell.DateText);
        writer.Hundredths(TotalSleep, total);
        writer.Hundredths(DeepSleep, deep);
        writer.Hundredths(RemSleep, rem);
        writer.Hundredths(LightSleep, total - deep - rem);
        writer.Tenths(Efficiency, efficiency);
        writer.Integer(Latency, latency);
        writer.Time(Bedtime, (toBed + (12 * 60)) % (24 * 60));
        writer.Time(WakeTime, (awake + (12 * 60)) % (24 * 60));
        writer.Integer(Awakenings, awakenings);
        writer.Text(SleepQuality, Qualities[Math.Clamp(quality, 0, 3)]);
        writer.IntegerOrNull(RestingHeartRate, random.Chance(2) ? null : person.RestingHeartRate + random.Around(-4, 4));
        writer.Integer(Spo2, random.Around(93, 99));
        writer.End(cell);
    }
}
