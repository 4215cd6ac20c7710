using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using FastIngest.Health;
using FastIngest.Pipeline.Map;
using static FastIngest.Health.Category;
using static FastIngest.Health.NumberSlot;

namespace FastIngest.Pipeline.Original;

/// <summary>
/// <c>--mode original</c>: the specification as plainly as it can be said, and the oracle of every test. One thread, everything in
/// memory, none of the engine's code. OriginalReader cuts files into elements, OriginalRecord knows their fields, this makes rows of them.
/// </summary>
internal sealed class OriginalIngest
{
    private static readonly Dictionary<Category, string> Sentences = new()
    {
        [Users] = "age {age}, {gender}, {height} cm, {weight} kg, {fitness_level} fitness",
        [Activities] = "Activity: {activity_type}, {duration} min, {distance} km, {steps} steps, {calories_burned} kcal, {weather} weather, heart rate avg {heart_rate_avg}, heart rate max {heart_rate_max}",
        [Workouts] = "Workout: {workout_type}, {duration} min, {sets} sets, {reps} reps, {calories_burned} kcal",
        [Nutrition] = "Meal: {meal_type}, {calories} kcal, {protein} g protein, {carbs} g carbs, {fat} g fat",
        [Sleep] = "Sleep: {total_sleep} h, {deep_sleep} h deep, {rem_sleep} h REM, quality {sleep_quality}, resting heart rate {resting_heart_rate}",
    };
    private static readonly string[] TextFields = ["gender", "fitness_level", "activity_type", "weather", "workout_type", "meal_type", "sleep_quality"];
    private static readonly (Category Category, string Field, int Slot)[] Columns =
    [
        (Activities, "duration", ActivityMinutes), (Activities, "calories_burned", ActivityKcal), (Activities, "distance", ActivityKm),
        (Activities, "steps", ActivitySteps), (Activities, "heart_rate_max", ActivityHrMax), (Workouts, "duration", WorkoutMinutes),
        (Workouts, "calories_burned", WorkoutKcal), (Nutrition, "calories", MealKcal), (Nutrition, "protein", ProteinG),
        (Nutrition, "carbs", CarbsG), (Nutrition, "fat", FatG), (Sleep, "total_sleep", SleepHours), (Sleep, "deep_sleep", DeepSleepHours),
        (Sleep, "rem_sleep", RemSleepHours), (HeartRate, "value", HrMin), (HeartRate, "value", HrMax), (HeartRate, "value", HrMean),
    ];
    private readonly List<(Category Category, OriginalRecord Record)> _records = [];

    /// <summary>Records that became part of rows and profiles, by category.</summary>
    public long[] Aggregated { get; } = new long[Categories.Count];

    /// <summary>Takes in a whole file; gives the number of its records and those rejected, in order.</summary>
    public (long Records, List<Reject> Rejects) Read(byte[] file, Category category, int maxRecordBytes, CancellationToken cancellationToken)
    {
        (long count, List<Reject> rejects) = (0, []);
        foreach ((int offset, int length, RejectReason? unread, var value) in new OriginalReader(file, maxRecordBytes).Elements())
        {
            cancellationToken.ThrowIfCancellationRequested();
            (count, OriginalRecord record) = (count + 1, new(value));
            if ((unread ?? record.Check(category)) is RejectReason reason)
                rejects.Add(new(offset, length, reason));
            else
                _records.Add((category, record));
        }

        return (count, rejects);
    }

    /// <summary>Profiles and rows in key order: user by user, in a batch that is used again for the next.</summary>
    public IEnumerable<SummaryBatch> Batches()
    {
        SummaryBatch batch = new();
        foreach (var user in _records.GroupBy(r => r.Record.Text("user_id")!).OrderBy(u => Utf8Key(u.Key), StringComparer.Ordinal))
        {
            OriginalRecord? profile = user.Any(r => r.Category == Users) ? user.Last(r => r.Category == Users).Record : null;
            string opening = (profile?.Text("name") ?? $"User {user.Key}") + (profile is { } p && Pieces(Users, p) is { Length: > 0 } pieces ? $" ({pieces})" : "");
            if (profile is OriginalRecord own)
                AddProfile(batch, own);
            foreach (var day in user.Where(r => r.Category != Users).GroupBy(r => r.Record.Day!.Value).OrderBy(d => d.Key))
                AddRow(batch, user.Key, day.Key, opening, day.ToLookup(r => r.Category, r => r.Record));
            foreach ((Category category, _) in user)
                Aggregated[(int)category]++;
            yield return batch;
            batch.Reset();
        }
    }

    private static void AddProfile(SummaryBatch batch, OriginalRecord own)
    {
        TextRef Text(string field) => AddText(batch, own.Text(field));
        long Number(string field) => (long?)own.Number(field) ?? UserProfile.Missing;
        (TextRef id, TextRef name, TextRef gender, TextRef fitness) = (Text("user_id"), Text("name"), Text("gender"), Text("fitness_level"));
        batch.AddUser(new() { UserId = id, Name = name, Gender = gender, FitnessLevel = fitness, Age = Number("age"), Height = Number("height"), Weight = Number("weight") });
    }

    private static void AddRow(SummaryBatch batch, string userId, int date, string opening, ILookup<Category, OriginalRecord> records)
    {
        ref DailySummary row = ref batch.AddRow();
        (row.Day, row.Present, row.Texts[TextSlot.UserId]) = (date, (byte)records.Sum(r => 1 << (int)r.Key), AddText(batch, userId));
        foreach (SummaryColumn column in SummaryColumn.All.Where(c => c.Kind == ColumnKind.Count))
            row.Numbers[column.Slot] = records[column.Owner!.Value].Count();
        foreach ((Category category, string field, int slot) in Columns)
        {
            BigInteger[] all = [.. records[category].Select(r => r.Number(field)).OfType<BigInteger>()];
            row.Numbers[slot] = all.Length == 0 ? double.NaN : slot is HrMin ? Double(all.Min()) : slot is HrMax or ActivityHrMax ? Double(all.Max())
                : Double(all.Aggregate(BigInteger.Add), slot == HrMean ? all.Length : 1);
        }

        foreach (OriginalRecord longest in records[Sleep].OrderByDescending(r => r.Number("total_sleep")).Take(1)) // the first on a tie or without any length
            (row.Numbers[RestingHr], row.Texts[TextSlot.SleepQuality]) = (Double(longest.Number("resting_heart_rate")), AddText(batch, longest.Text("sleep_quality")));
        var measured = records[Measurements].SelectMany(r => r.MeasurementNames.Select(name => (Name: name, Value: r.Number(name))))
            .Where(m => m.Value is not null).GroupBy(m => m.Name, m => m.Value!.Value).OrderBy(m => Utf8Key(m.Key), StringComparer.Ordinal).ToList();
        if (measured.Count > 0)
            row.Texts[TextSlot.Measurements] = AddText(batch, $"{{{string.Join(", ", measured.Select(m => $"{Quote(m.Key)}: {Repr(Double(m.Last()))}"))}}}");
        int start = batch.TextLength;
        foreach (Category category in Enum.GetValues<Category>())
        {
            BigInteger[] rates = category == HeartRate ? [.. records[HeartRate].Select(r => r.Number("value")!.Value)] : [];
            row.Parts[(int)category] = AddText(batch, category == Users ? $"{opening} on {DateOnly.FromDayNumber(date).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}."
                : category == Measurements ? measured.Count == 0 ? "" : $" Measured: {string.Join(", ", measured.Select(m => $"{m.Key} {Plain(m.Last())}"))}."
                : category != HeartRate ? string.Concat(records[category].Select(r => $" {Pieces(category, r)}."))
                : rates.Length == 0 ? "" : $" Heart rate: {Plain(rates.Min())} to {Plain(rates.Max())} bpm, mean "
                    + $"{Plain(OriginalRecord.Divide(rates.Aggregate(BigInteger.Add), rates.Length * (BigInteger)100_000) * 100_000)} over {rates.Length} readings.").Length;
        }

        row.Texts[TextSlot.Summary] = batch.TextSince(start);
    }

    /// <summary>What a record says of its category; pieces without a value are left out with their commas.</summary>
    private static string Pieces(Category category, OriginalRecord record)
    {
        string[] opening = [.. Sentences[category].Split(": ").SkipLast(1).Select(o => o + ": ")];
        IEnumerable<string> pieces = Sentences[category].Split(": ")[^1].Split(", ").Select(piece => (Piece: piece, Field: piece.Split('{', '}')[1]))
            .Select(p => (p.Piece, p.Field, Value: TextFields.Contains(p.Field) ? record.Text(p.Field) : record.Number(p.Field) is BigInteger number ? Plain(number) : null))
            .Where(p => p.Value is not null || p.Field.EndsWith("_type", StringComparison.Ordinal)).Select(p => p.Piece.Replace($"{{{p.Field}}}", p.Value ?? "unknown", StringComparison.Ordinal));
        return string.Concat(opening) + string.Join(", ", opening.Length > 0 ? pieces.DefaultIfEmpty("unknown") : pieces);
    }

    private static TextRef AddText(SummaryBatch batch, string? text) => text is null ? TextRef.Null : batch.AddText(Encoding.UTF8.GetBytes(text));

    /// <summary>A text that sorts as the UTF-8 bytes of another.</summary>
    private static string Utf8Key(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    /// <summary>A plain decimal: no trailing zeros, no exponent.</summary>
    private static string Plain(BigInteger millionths) => ((decimal)millionths / 1_000_000).ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>The double nearest to a mean of millionths; the middle of two doubles has fewer decimals than are taken, and one more says whether there is a rest.</summary>
    private static double Double(BigInteger? sum, int count = 1) => sum is not BigInteger exact ? double.NaN : double.Parse(
        $"{BigInteger.DivRem(exact * BigInteger.Pow(10, 140), count, out BigInteger rest)}{(rest.IsZero ? 0 : 1)}e-147", CultureInfo.InvariantCulture);

    /// <summary>A double as Python's <c>repr</c> prints it, below 10^15.</summary>
    private static string Repr(double value) => Regex.Replace(value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant(), "^-?[0-9]+$", "$0.0");

    private static string Quote(string text) => $"\"{Regex.Replace(text, """["\\\x00-\x1f]""", m => "\"\\\n\r\t\f\b".IndexOf(m.Value[0], StringComparison.Ordinal) is >= 0 and int i
        ? $"\\{"\"\\nrtfb"[i]}" : $"\\u{(int)m.Value[0]:x4}")}\"";
}
