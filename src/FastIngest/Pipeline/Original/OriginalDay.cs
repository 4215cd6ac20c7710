using System.Text;
using FastIngest.Health;
using static FastIngest.Health.NumberSlot;

namespace FastIngest.Pipeline.Original;

/// <summary>One day of one user: sums in millionths, and the sentences as they come.</summary>
internal sealed class OriginalDay
{
    private readonly Int128?[] _numbers = new Int128?[NumberSlot.Length];
    private readonly StringBuilder?[] _sentences = new StringBuilder?[Categories.Count];
    private readonly SortedDictionary<string, long> _measured = new(OriginalDays.Utf8Order);
    private long? _longestSleep;

    public OriginalDay()
    {
        foreach (SummaryColumn column in SummaryColumn.All.Where(c => c.Kind == ColumnKind.Count))
        {
            _numbers[column.Slot] = 0;
        }
    }

    public byte Present { get; private set; }

    public string? SleepQuality { get; private set; }

    /// <summary>The object as Python's <c>json.dumps(…, ensure_ascii=False)</c> prints it.</summary>
    public string? MeasurementsJson => _measured.Count == 0 ? null
        : "{" + string.Join(", ", _measured.Select(m => $"{Quote(m.Key)}: {OriginalNumber.Repr(OriginalNumber.ToDouble(m.Value))}")) + "}";

    public void Add(Category category, OriginalRecord r)
    {
        Present |= (byte)(1 << (int)category);
        string? Number(string form, string name) => Piece(form, r.Number(name));
        string? Text(string form, string name) => Piece(form, r.Text(name));
        void Say(string opening, params string?[] pieces) =>
            (_sentences[(int)category] ??= new()).Append(Sentence(opening, pieces));

        switch (category)
        {
            case Category.Activities:
                Sum(ActivityCount, OriginalNumber.One);
                Sum(ActivityMinutes, r.Number("duration"));
                Sum(ActivityKcal, r.Number("calories_burned"));
                Sum(ActivityKm, r.Number("distance"));
                Sum(ActivitySteps, r.Number("steps"));
                Keep(ActivityHrMax, r.Number("heart_rate_max"), Int128.Max);
                Say("Activity", r.Text("activity_type") ?? "unknown", Number("# min", "duration"), Number("# km", "distance"),
                    Number("# steps", "steps"), Number("# kcal", "calories_burned"), Text("# weather", "weather"),
                    Number("heart rate avg #", "heart_rate_avg"), Number("heart rate max #", "heart_rate_max"));
                break;
            case Category.Workouts:
                Sum(WorkoutCount, OriginalNumber.One);
                Sum(WorkoutMinutes, r.Number("duration"));
                Sum(WorkoutKcal, r.Number("calories_burned"));
                Say("Workout", r.Text("workout_type") ?? "unknown", Number("# min", "duration"), Number("# sets", "sets"),
                    Number("# reps", "reps"), Number("# kcal", "calories_burned"));
                break;
            case Category.Nutrition:
                Sum(MealCount, OriginalNumber.One);
                Sum(MealKcal, r.Number("calories"));
                Sum(ProteinG, r.Number("protein"));
                Sum(CarbsG, r.Number("carbs"));
                Sum(FatG, r.Number("fat"));
                Say("Meal", r.Text("meal_type") ?? "unknown", Number("# kcal", "calories"), Number("# g protein", "protein"),
                    Number("# g carbs", "carbs"), Number("# g fat", "fat"));
                break;
            case Category.Sleep:
                if (_numbers[SleepCount] == 0 || r.Number("total_sleep") > (_longestSleep ?? long.MinValue))
                {
                    (_longestSleep, SleepQuality) = (r.Number("total_sleep"), r.Text("sleep_quality"));
                    _numbers[RestingHr] = r.Number("resting_heart_rate");
                }

                Sum(SleepCount, OriginalNumber.One);
                Sum(SleepHours, r.Number("total_sleep"));
                Sum(DeepSleepHours, r.Number("deep_sleep"));
                Sum(RemSleepHours, r.Number("rem_sleep"));
                Say("Sleep", Number("# h", "total_sleep"), Number("# h deep", "deep_sleep"), Number("# h REM", "rem_sleep"),
                    Text("quality #", "sleep_quality"), Number("resting heart rate #", "resting_heart_rate"));
                break;
            case Category.HeartRate:
                Sum(HrCount, OriginalNumber.One);
                Sum(HrMean, r.Number("value"));
                Keep(HrMin, r.Number("value"), Int128.Min);
                Keep(HrMax, r.Number("value"), Int128.Max);
                break;
            case Category.Measurements:
                foreach (string name in r.MeasurementNames)
                {
                    _measured[name] = r.Number(name)!.Value;
                }

                break;
        }
    }

    /// <summary>The number of a slot as its column shows it; NaN is null.</summary>
    public double Column(int slot) => _numbers[slot] is not Int128 value ? double.NaN
        : slot == HrMean ? OriginalNumber.Mean(value, HrReadings) : OriginalNumber.ToDouble(value);

    /// <summary>The part of the summary that the category's records make, with the blank before it.</summary>
    public string Sentences(Category category) => category switch
    {
        Category.HeartRate when HrReadings > 0 => Sentence(
            "Heart rate",
            $"{OriginalNumber.Plain(_numbers[HrMin]!.Value)} to {OriginalNumber.Plain(_numbers[HrMax]!.Value)} bpm",
            $"mean {OriginalNumber.PlainMean(_numbers[HrMean]!.Value, HrReadings)} over {HrReadings} readings"),
        Category.Measurements when _measured.Count > 0 =>
            Sentence("Measured", [.. _measured.Select(m => $"{m.Key} {OriginalNumber.Plain(m.Value)}")]),
        _ => _sentences[(int)category]?.ToString() ?? "",
    };

    public static string Join(params string?[] pieces) => string.Join(", ", pieces.Where(p => p is not null));

    public static string? Piece(string form, string? text) => text is null ? null : form.Replace("#", text, StringComparison.Ordinal);

    public static string? Piece(string form, long? millionths) =>
        millionths is long number ? Piece(form, OriginalNumber.Plain(number)) : null;

    private Int128 HrReadings => _numbers[HrCount]!.Value / OriginalNumber.One;

    private void Sum(int slot, long? value) => Keep(slot, value, (a, b) => a + b);

    private void Keep(int slot, long? value, Func<Int128, Int128, Int128> join)
    {
        if (value is long number)
        {
            _numbers[slot] = _numbers[slot] is Int128 known ? join(known, number) : number;
        }
    }

    private static string Sentence(string opening, params string?[] pieces) =>
        $" {opening}: {(pieces.Any(p => p is not null) ? Join(pieces) : "unknown")}.";

    private static string Quote(string text)
    {
        StringBuilder json = new("\"");
        foreach (char c in text)
        {
            string? escape = c switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", '\f' => "\\f", '\b' => "\\b", _ => null };
            json.Append(escape ?? (c < ' ' ? $"\\u{(int)c:x4}" : c.ToString()));
        }

        return json.Append('"').ToString();
    }
}
