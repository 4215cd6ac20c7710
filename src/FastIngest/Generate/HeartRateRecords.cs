using FastIngest.Health;

namespace FastIngest.Generate;

/// <summary>Twelve readings per day, one in every two hours. The context (asleep, resting, active) depends on the time of day.</summary>
internal sealed class HeartRateRecords() : RecordKind(Category.HeartRate)
{
    private const int ReadingsPerDay = 12;
    private const int SlotSeconds = 24 * 60 * 60 / ReadingsPerDay;

    private static readonly Field UserId = Field.First("user_id");
    private static readonly Field DateTime = Field.Named("date_time");
    private static readonly Field Value = Field.Named("value");
    private static readonly Field Context = Field.Named("context");
    private static readonly Field Hrv = Field.Named("hrv");

    private static readonly byte[][] Contexts = JsonText.QuoteAll("sleeping", "resting", "active", "exercise");

    // For each context: bpm above the resting rate, and the heart rate variability in ms.
    private static readonly (int Low, int High)[] Rise = [(-6, 4), (0, 18), (14, 46), (48, 92)];
    private static readonly (int Low, int High)[] Variability = [(45, 95), (30, 80), (20, 55), (10, 30)];

    public override void Write(DayCell cell, RecordWriter writer)
    {
        Person person = cell.Person;
        ref RandomSource random = ref cell.Random;
        for (int slot = 0; slot < ReadingsPerDay; slot++)
        {
            int dice = random.Below(100);
            int context = slot is < 3 or 11 ? (dice < 90 ? 0 : 1) : dice < 50 ? 1 : dice < 90 ? 2 : 3;
            writer.Begin();
            writer.Text(UserId, person.Id);
            writer.DateTime(DateTime, cell.DateText, (slot * SlotSeconds) + random.Below(SlotSeconds));
            writer.Integer(Value, person.RestingHeartRate + random.Around(Rise[context].Low, Rise[context].High));
            writer.Text(Context, Contexts[context]);
            writer.Integer(Hrv, random.Around(Variability[context].Low, Variability[context].High));
            writer.End(cell);
        }
    }
}
