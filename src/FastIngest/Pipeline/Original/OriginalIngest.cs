using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using static FastIngest.Health.Category;
using static FastIngest.Health.NumberSlot;

namespace FastIngest.Pipeline.Original;

/// <summary>
/// The reference implementation (<c>--mode original</c>): the simplest form of the specification, and the oracle of the tests. It uses one thread, holds all data in
/// memory and shares no code with the engine. The dialect's reference reader finds the records, <see cref="OriginalRecord"/> reads their fields, this class makes the rows.
/// </summary>
internal sealed class OriginalIngest(RecordRules rules)
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
        (Activities, "steps", ActivitySteps), (Activities, "heart_rate_max", ActivityHrMax), (Workouts, "duration", WorkoutMinutes), (Workouts, "calories_burned", WorkoutKcal),
        (Nutrition, "calories", MealKcal), (Nutrition, "protein", ProteinG), (Nutrition, "carbs", CarbsG), (Nutrition, "fat", FatG), (Sleep, "total_sleep", SleepHours),
        (Sleep, "deep_sleep", DeepSleepHours), (Sleep, "rem_sleep", RemSleepHours), (HeartRate, "value", HrMin), (HeartRate, "value", HrMax), (HeartRate, "value", HrMean),
    ];
    private readonly List<(Category Category, OriginalRecord Record, int File)> _records = [];

    /// <summary>The number of records found, of records that became part of rows and profiles, and of repeats of a record of another file, by category.</summary>
    public (long[] Found, long[] Aggregated, long[] Repeated) Counts { get; } = (new long[Categories.Count], new long[Categories.Count], new long[Categories.Count]);

    /// <summary>What is unusual about the fields of the file that was read last.</summary>
    public FieldFindings Fields { get; } = new();
    /// <summary>The users and days that are taken; null for all.</summary>
    public RecordSelection? Selection { get; init; }

    /// <summary>Replaces user ids and names; null to keep them.</summary>
    public PseudonymKey? Pseudonyms { get; init; }

    /// <summary>The number of records outside the selection, by category.</summary>
    public long[] Filtered { get; } = new long[Categories.Count];

    /// <summary>Reads a whole file and returns its rejects in order.</summary>
    public IEnumerable<Reject> Read(IEnumerable<ReferenceRecord> file, Category category, int fileIndex, CancellationToken cancellationToken)
    {
        foreach ((int offset, int length, RejectReason? unread, JsonElement found) in file)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Counts.Found[(int)category]++;
            JsonElement element = unread is null ? WithUser(found, category) : found;
            if (unread is null && Selection is not null && !new OriginalRecord(element).IsIn(Selection, category))
            {
                Filtered[(int)category]++;
                continue;
            }

            JsonElement value = default;
            if ((unread ?? Accept(element, category, offset, out value)) is RejectReason reason)
            {
                yield return new(offset, length, reason);
                continue;
            }

            _records.Add((category, Pseudonyms is null ? new(value) : new OriginalRecord(value).With(Pseudonyms, category), fileIndex));
            foreach (byte[] name in OriginalFindings.Unknown(value, category))
                Fields.Unknown.Add(name, 1);
            foreach ((byte[] name, byte[] text, bool isText) in OriginalFindings.Unreadable(new(value), category))
                Fields.Unreadable.Add(name, offset, text, isText);
        }
    }

    /// <summary>Gives a record without a user the default user, if there is one.</summary>
    private JsonElement WithUser(JsonElement value, Category category) =>
        rules.DefaultUser.IsEmpty || new OriginalRecord(value).Check(category) != RejectReason.NoUserId ? value
            : OriginalFindings.With(value, new Dictionary<string, string?> { ["user_id"] = Encoding.UTF8.GetString(rules.DefaultUser.Span) });

    /// <summary>Checks a record and applies the rules of the run to it; returns why it is rejected, or null.</summary>
    private RejectReason? Accept(JsonElement value, Category category, long offset, out JsonElement accepted)
    {
        accepted = value;
        RejectReason? reason = new OriginalRecord(value).Check(category);
        if (reason is not null)
            return reason;
        OriginalRecord record = new(accepted);
        var implausible = OriginalFindings.Implausible(record, category).ToList();
        foreach ((string field, string number) in implausible)
            Fields.Implausible.Add(Encoding.UTF8.GetBytes(field), offset, Encoding.UTF8.GetBytes(number), isText: false);
        bool isDayImplausible = category != Users && (record.Day < new DateOnly(1900, 1, 1).DayNumber || record.Day > rules.Today.DayNumber + 1);
        if (isDayImplausible)
            Fields.Implausible.Add("date"u8, offset, Encoding.UTF8.GetBytes(DateOnly.FromDayNumber(record.Day!.Value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), isText: true);
        if (rules.Implausible == ImplausiblePolicy.Keep || (implausible.Count == 0 && !isDayImplausible))
            return null;
        if (rules.Implausible == ImplausiblePolicy.Reject)
            return RejectReason.Implausible;
        accepted = OriginalFindings.With(accepted, implausible.ToDictionary(f => f.Field, f => (string?)null));
        return isDayImplausible ? RejectReason.NoDate : new OriginalRecord(accepted).Check(category);
    }

    /// <summary>Returns profiles and rows in key order, one user at a time. The batch is reused for the next user.</summary>
    public IEnumerable<SummaryBatch> Batches()
    {
        SummaryBatch batch = new();
        foreach (var user in Union().GroupBy(r => r.Record.Text("user_id")!).OrderBy(u => Utf8Key(u.Key), StringComparer.Ordinal))
        {
            string opening = $"User {user.Key}";
            foreach ((_, OriginalRecord profile, _) in user.Where(r => r.Category == Users).TakeLast(1))
            {
                opening = (profile.Text("name") ?? opening) + (Pieces(Users, profile) is { Length: > 0 } pieces ? $" ({pieces})" : "");
                TextRef[] texts = [.. "user_id name gender fitness_level".Split(' ').Select(field => AddText(batch, profile.Text(field)))];
                long[] numbers = [.. "age height weight".Split(' ').Select(field => (long?)profile.Number(field) ?? UserProfile.Missing)];
                batch.AddUser(new() { UserId = texts[0], Name = texts[1], Gender = texts[2], FitnessLevel = texts[3], Age = numbers[0], Height = numbers[1], Weight = numbers[2] });
            }
            foreach (var day in user.Where(r => r.Category != Users).GroupBy(r => r.Record.Day!.Value).OrderBy(d => d.Key))
                AddRow(batch, user.Key, DateOnly.FromDayNumber(day.Key), opening, day.ToLookup(r => r.Category, r => r.Record));
            foreach ((Category category, _, _) in user)
                Counts.Aggregated[(int)category]++;
            yield return batch;
            batch.Reset();
        }
    }

    /// <summary>Returns the multiset union of the records over the files: of each distinct record, as many as the file with most of them has.</summary>
    private IEnumerable<(Category Category, OriginalRecord Record, int File)> Union()
    {
        Dictionary<string, int> kept = [], inFile = [];
        foreach (var found in _records)
        {
            string key = found.Record.KeyOf(found.Category);
            int count = inFile[$"{found.File} {key}"] = inFile.GetValueOrDefault($"{found.File} {key}") + 1;
            if (count > kept.GetValueOrDefault(key))
            {
                kept[key] = count;
                yield return found;
            }
            else
                Counts.Repeated[(int)found.Category]++;
        }
    }

    private static void AddRow(SummaryBatch batch, string userId, DateOnly date, string opening, ILookup<Category, OriginalRecord> records)
    {
        ref DailySummary row = ref batch.AddRow();
        (row.Day, row.Present, row.Texts[TextSlot.UserId]) = (date.DayNumber, (byte)records.Sum(r => 1 << (int)r.Key), AddText(batch, userId));
        foreach (SummaryColumn column in SummaryColumn.All.Where(c => c.Kind == ColumnKind.Count))
            row.Numbers[column.Slot] = records[column.Owner!.Value].Count();
        foreach ((Category category, string field, int slot) in Columns)
            row.Numbers[slot] = Numbers(records[category], field) is not { Length: > 0 } all ? double.NaN : slot == HrMin ? Double(all.Min())
                : slot is HrMax or ActivityHrMax ? Double(all.Max()) : Double(Sum(all), slot == HrMean ? all.Length : 1);
        foreach (OriginalRecord longest in records[Sleep].OrderByDescending(r => r.Number("total_sleep")).Take(1)) // the first one on a tie, or if none has a length
            (row.Numbers[RestingHr], row.Texts[TextSlot.SleepQuality]) = (Double(longest.Number("resting_heart_rate")), AddText(batch, longest.Text("sleep_quality")));
        var measured = records[Measurements].SelectMany(r => r.MeasurementNames.Select(name => (Name: name, Value: r.Number(name)))).Where(m => m.Value is not null)
            .GroupBy(m => m.Name).OrderBy(m => Utf8Key(m.Key), StringComparer.Ordinal).Select(m => (Name: m.Key, Value: m.Last().Value!.Value)).ToList();
        if (measured.Count > 0)
            row.Texts[TextSlot.Measurements] = AddText(batch, $"{{{string.Join(", ", measured.Select(m => $"{Quote(m.Name)}: {Repr(Double(m.Value))}"))}}}");
        int start = batch.TextLength;
        foreach (Category category in Enum.GetValues<Category>())
            row.Parts[(int)category] = AddText(batch, category switch
            {
                Users => $"{opening} on {date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.",
                HeartRate => Numbers(records[HeartRate], "value") is not { Length: > 0 } n ? ""
                    : $" Heart rate: {Plain(n.Min())} to {Plain(n.Max())} bpm, mean {Plain(OriginalRecord.Divide(Sum(n), n.Length * 100_000L) * 100_000)} over {n.Length} readings.",
                Measurements => measured.Count == 0 ? "" : $" Measured: {string.Join(", ", measured.Select(m => $"{m.Name} {Plain(m.Value)}"))}.",
                _ => string.Concat(records[category].Select(r => $" {Pieces(category, r)}.")),
            }).Length;
        row.Texts[TextSlot.Summary] = batch.TextSince(start);
    }

    /// <summary>Fills the sentence of a category with the values of a record. A piece without a value is omitted, together with its comma.</summary>
    private static string Pieces(Category category, OriginalRecord record)
    {
        string[] parts = Sentences[category].Split(": ");
        IEnumerable<string> pieces = parts[^1].Split(", ").Select(piece => (Piece: piece, Field: piece.Split('{', '}')[1]))
            .Select(p => (p.Piece, p.Field, Value: TextFields.Contains(p.Field) ? record.Text(p.Field) : record.Number(p.Field) is BigInteger number ? Plain(number) : null))
            .Where(p => p.Value is not null || p.Field.EndsWith("_type", StringComparison.Ordinal)).Select(p => p.Piece.Replace($"{{{p.Field}}}", p.Value ?? "unknown", StringComparison.Ordinal));
        return parts.Length == 1 ? string.Join(", ", pieces) : $"{parts[0]}: {string.Join(", ", pieces.DefaultIfEmpty("unknown"))}";
    }

    private static BigInteger[] Numbers(IEnumerable<OriginalRecord> records, string field) => [.. records.Select(r => r.Number(field)).OfType<BigInteger>()];
    private static BigInteger Sum(BigInteger[] numbers) => numbers.Aggregate(BigInteger.Add);
    private static TextRef AddText(SummaryBatch batch, string? text) => text is null ? TextRef.Null : batch.AddText(Encoding.UTF8.GetBytes(text));
    private static string Utf8Key(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text)); // sorts like the bytes
    private static string Plain(BigInteger micros) => ((decimal)micros / 1_000_000).ToString("0.######", CultureInfo.InvariantCulture);
    /// <summary>The double nearest to a mean of micros. The middle of two doubles has fewer decimals than are computed; one more digit shows whether there is a remainder.</summary>
    private static double Double(BigInteger? sum, int count = 1) => sum is not BigInteger exact ? double.NaN : double.Parse(
        $"{BigInteger.DivRem(exact * BigInteger.Pow(10, 140), count, out BigInteger rest)}{(rest.IsZero ? 0 : 1)}e-147", CultureInfo.InvariantCulture);

    // Format a double (below 10^15) and a string like Python's json.dumps.
    private static string Repr(double value) => Regex.Replace(value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant(), "^-?[0-9]+$", "$0.0");
    private static string Quote(string text) => $"\"{Regex.Replace(text, """["\\\x00-\x1f]""", m => "\"\\\n\r\t\f\b".IndexOf(m.Value[0], StringComparison.Ordinal) is >= 0 and int i
        ? $"\\{"\"\\nrtfb"[i]}" : $"\\u{(int)m.Value[0]:x4}")}\"";
}
