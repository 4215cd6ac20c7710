using System.Globalization;
using System.Numerics;
using System.Text;
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
    private static readonly Dictionary<Category, (string? Title, Piece[] Pieces)> Sentences = new()
    {
        [Users] = Sentence(Users, "age {age}, {gender}, {height} cm, {weight} kg, {fitness_level} fitness"),
        [Activities] = Sentence(Activities, "Activity: {activity_type}, {duration} min, {distance} km, {steps} steps, {calories_burned} kcal, {weather} weather, heart rate avg {heart_rate_avg}, heart rate max {heart_rate_max}"),
        [Workouts] = Sentence(Workouts, "Workout: {workout_type}, {duration} min, {sets} sets, {reps} reps, {calories_burned} kcal"),
        [Nutrition] = Sentence(Nutrition, "Meal: {meal_type}, {calories} kcal, {protein} g protein, {carbs} g carbs, {fat} g fat"),
        [Sleep] = Sentence(Sleep, "Sleep: {total_sleep} h, {deep_sleep} h deep, {rem_sleep} h REM, quality {sleep_quality}, resting heart rate {resting_heart_rate}"),
    };
    private static readonly (Category Category, string Field, int Slot)[] Columns =
    [
        (Activities, "duration", ActivityMinutes), (Activities, "calories_burned", ActivityKcal), (Activities, "distance", ActivityKm),
        (Activities, "steps", ActivitySteps), (Activities, "heart_rate_max", ActivityHrMax), (Workouts, "duration", WorkoutMinutes), (Workouts, "calories_burned", WorkoutKcal),
        (Nutrition, "calories", MealKcal), (Nutrition, "protein", ProteinG), (Nutrition, "carbs", CarbsG), (Nutrition, "fat", FatG), (Sleep, "total_sleep", SleepHours),
        (Sleep, "deep_sleep", DeepSleepHours), (Sleep, "rem_sleep", RemSleepHours), (HeartRate, "value", HrMin), (HeartRate, "value", HrMax), (HeartRate, "value", HrMean),
    ];
    private static readonly SummaryColumn[] Counted = [.. SummaryColumn.All.Where(c => c.Kind == ColumnKind.Count)];
    private readonly List<OriginalRecord> _records = [];
    private readonly StringBuilder _sentence = new();

    /// <summary>Whether a summary has sentences about the records.</summary>
    public bool HasSentences { get; init; } = true;

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
        OriginalElement element = new(category);
        OriginalUnknown unknown = new(Fields.Unknown);
        OriginalRecord? record = null;
        string defaultUser = Encoding.UTF8.GetString(rules.DefaultUser.Span);
        foreach ((int offset, int length, RejectReason? unread, ReadOnlyMemory<byte> json) in file)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Counts.Found[(int)category]++;
            RejectReason? reason = unread ?? element.Read(json);
            if (reason is null)
            {
                record = new OriginalRecord(element, fileIndex, defaultUser, previous: record);
                if (Selection is not null && !record.IsIn(Selection))
                {
                    Filtered[(int)category]++;
                    continue;
                }

                reason = Judge(ref record, offset);
            }

            if (reason is not null)
            {
                yield return new(offset, length, reason.Value);
                continue;
            }

            _records.Add(Pseudonyms is null ? record! : record!.With(Pseudonyms));
            unknown.Add(element);
            OriginalFindings.CountUnreadable(element, record!, offset, Fields);
        }

        unknown.Complete();
    }

    /// <summary>Applies the rules of the run to a record, which may change it; returns why it is rejected, or null.</summary>
    private RejectReason? Judge(ref OriginalRecord record, long offset)
    {
        if (record.Reject is not null)
            return record.Reject;
        List<(string Field, int Number)> implausible = OriginalFindings.Implausible(record);
        foreach ((string field, int number) in implausible)
            Fields.Implausible.Add(Encoding.UTF8.GetBytes(field), offset, Encoding.UTF8.GetBytes(OriginalNumber.Plain(record.NumberAt(number)!.Value)), isText: false);
        bool isDayImplausible = record.Day < new DateOnly(1900, 1, 1).DayNumber || record.Day > rules.Today.DayNumber + 1;
        if (isDayImplausible)
            Fields.Implausible.Add("date"u8, offset, Encoding.UTF8.GetBytes(DateOnly.FromDayNumber(record.Day!.Value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), isText: true);
        if (rules.Implausible == ImplausiblePolicy.Keep || (implausible.Count == 0 && !isDayImplausible))
            return null;
        if (rules.Implausible == ImplausiblePolicy.Reject)
            return RejectReason.Implausible;
        record = record.Without(implausible.Select(f => f.Number));
        return isDayImplausible ? RejectReason.NoDate : record.Reject;
    }

    /// <summary>Returns profiles and rows in key order, one user at a time. The batch is reused for the next user.</summary>
    public IEnumerable<SummaryBatch> Batches()
    {
        SummaryBatch batch = new();
        List<OriginalRecord>[] ofDay = [.. Enum.GetValues<Category>().Select(_ => new List<OriginalRecord>())];
        foreach (var user in Union().GroupBy(r => r.UserId).OrderBy(u => Utf8Key(u.Key), StringComparer.Ordinal))
        {
            string opening = $"User {user.Key}";
            foreach (OriginalRecord profile in user.Where(r => r.Category == Users).TakeLast(1))
            {
                opening = (profile.Text("name") ?? opening) + (Sentence(profile) is { Length: > 0 } pieces ? $" ({pieces})" : "");
                TextRef[] texts = [AddText(batch, profile.UserId), .. "name gender fitness_level".Split(' ').Select(field => AddText(batch, profile.Text(field)))];
                long[] numbers = [.. "age height weight".Split(' ').Select(field => profile.Number(field) ?? UserProfile.Missing)];
                batch.AddUser(new() { UserId = texts[0], Name = texts[1], Gender = texts[2], FitnessLevel = texts[3], Age = numbers[0], Height = numbers[1], Weight = numbers[2] });
            }
            foreach (var day in user.Where(r => r.Category != Users).GroupBy(r => r.Day!.Value).OrderBy(d => d.Key))
            {
                foreach (List<OriginalRecord> records in ofDay)
                    records.Clear();
                foreach (OriginalRecord record in day)
                    ofDay[(int)record.Category].Add(record);
                AddRow(batch, user.Key, DateOnly.FromDayNumber(day.Key), opening, ofDay);
            }

            foreach (OriginalRecord record in user)
                Counts.Aggregated[(int)record.Category]++;
            yield return batch;
            batch.Reset();
        }
    }

    /// <summary>Returns the multiset union of the records over the files: of each distinct record, as many as the file with most of them has.</summary>
    private IEnumerable<OriginalRecord> Union()
    {
        Dictionary<Category, int> firstFile = [];
        foreach (OriginalRecord record in _records)
            firstFile.TryAdd(record.Category, record.File);
        return _records.TrueForAll(r => r.File == firstFile[r.Category]) ? _records : WithoutRepeats();
    }

    private IEnumerable<OriginalRecord> WithoutRepeats()
    {
        Dictionary<OriginalRecord, int> kept = [];
        Dictionary<(OriginalRecord, int), int> inFile = [];
        foreach (OriginalRecord record in _records)
        {
            int count = inFile[(record, record.File)] = inFile.GetValueOrDefault((record, record.File)) + 1;
            if (count > kept.GetValueOrDefault(record))
            {
                kept[record] = count;
                yield return record;
            }
            else
                Counts.Repeated[(int)record.Category]++;
        }
    }

    private void AddRow(SummaryBatch batch, string userId, DateOnly date, string opening, List<OriginalRecord>[] records)
    {
        ref DailySummary row = ref batch.AddRow();
        (row.Day, row.Present, row.Texts[TextSlot.UserId]) = (date.DayNumber, (byte)Enum.GetValues<Category>().Where(c => records[(int)c].Count > 0).Sum(c => 1 << (int)c), AddText(batch, userId));
        foreach (SummaryColumn column in Counted)
            row.Numbers[column.Slot] = records[(int)column.Owner!.Value].Count;
        List<long> rates = Numbers(records[(int)HeartRate], "value");
        foreach ((Category category, string field, int slot) in Columns)
            row.Numbers[slot] = (category == HeartRate ? rates : Numbers(records[(int)category], field)) is not { Count: > 0 } all ? double.NaN
                : slot == HrMin ? OriginalNumber.Mean(all.Min(), 1) : slot is HrMax or ActivityHrMax ? OriginalNumber.Mean(all.Max(), 1)
                : OriginalNumber.Mean(Sum(all), slot == HrMean ? all.Count : 1);
        foreach (OriginalRecord longest in records[(int)Sleep].OrderByDescending(r => r.Number("total_sleep")).Take(1)) // the first one on a tie, or if none has a length
            (row.Numbers[RestingHr], row.Texts[TextSlot.SleepQuality]) = (longest.Number("resting_heart_rate") is long rate ? OriginalNumber.Mean(rate, 1) : double.NaN, AddText(batch, longest.Text("sleep_quality")));
        var measured = records[(int)Measurements].SelectMany(r => r.Measured)
            .GroupBy(m => m.Name).OrderBy(m => Utf8Key(m.Key), StringComparer.Ordinal).Select(m => (Name: m.Key, Value: m.Last().Micros)).ToList();
        if (measured.Count > 0)
            row.Texts[TextSlot.Measurements] = AddText(batch, $"{{{string.Join(", ", measured.Select(m => $"{Quote(m.Name)}: {Repr(OriginalNumber.Mean(m.Value, 1))}"))}}}");
        int start = batch.TextLength;
        foreach (Category category in Enum.GetValues<Category>())
            row.Parts[(int)category] = AddText(batch, category switch
            {
                Users => $"{opening} on {date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.",
                _ when !HasSentences => "",
                HeartRate => rates is not { Count: > 0 } n ? ""
                    : $" Heart rate: {OriginalNumber.Plain(n.Min())} to {OriginalNumber.Plain(n.Max())} bpm, mean {OriginalNumber.Plain((decimal)OriginalNumber.Divide(Sum(n), n.Count * 100_000L) * 100_000)} over {n.Count} readings.",
                Measurements => measured.Count == 0 ? "" : $" Measured: {string.Join(", ", measured.Select(m => $"{m.Name} {OriginalNumber.Plain(m.Value)}"))}.",
                _ => string.Concat(records[(int)category].Select(r => $" {Sentence(r)}.")),
            }).Length;
        row.Texts[TextSlot.Summary] = batch.TextSince(start);
    }

    /// <summary>Fills the sentence of a category with the values of a record. A piece without a value is omitted, together with its comma.</summary>
    private string Sentence(OriginalRecord record)
    {
        (string? title, Piece[] pieces) = Sentences[record.Category];
        _sentence.Clear();
        foreach (Piece piece in pieces)
        {
            string? value = piece.Text >= 0 ? record.TextAt(piece.Text) ?? piece.Otherwise : record.NumberAt(piece.Number) is long number ? OriginalNumber.Plain(number) : null;
            if (value is not null)
                _sentence.Append(_sentence.Length > 0 ? ", " : "").Append(piece.Before).Append(value).Append(piece.After);
        }

        return title is null ? _sentence.ToString() : $"{title}: {(_sentence.Length > 0 ? _sentence : "unknown")}";
    }

    private static (string? Title, Piece[] Pieces) Sentence(Category category, string sentence) => sentence.Split(": ") is var parts
        && Array.ConvertAll(parts[^1].Split(", "), piece => new Piece(category, piece.Split('{', '}'))) is var pieces ? (parts.Length == 1 ? null : parts[0], pieces) : default;

    private static List<long> Numbers(List<OriginalRecord> records, string field)
    {
        if (records.Count == 0)
            return [];
        int index = OriginalFields.Of(records[0].Category).IndexOfNumber(field);
        List<long> numbers = new(records.Count);
        foreach (OriginalRecord record in records)
        {
            if (record.NumberAt(index) is long number)
                numbers.Add(number);
        }

        return numbers;
    }

    private static BigInteger Sum(List<long> numbers) => (BigInteger)numbers.Aggregate((Int128)0, (sum, number) => sum + number);
    private static TextRef AddText(SummaryBatch batch, string? text) => text is null ? TextRef.Null : batch.AddText(Encoding.UTF8.GetBytes(text));
    private static string Utf8Key(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text)); // sorts like the bytes

    // Format a double (below 10^15) and a string like Python's json.dumps.
    private static string Repr(double value) => Regex.Replace(value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant(), "^-?[0-9]+$", "$0.0");
    private static string Quote(string text) => $"\"{Regex.Replace(text, """["\\\x00-\x1f]""", m => "\"\\\n\r\t\f\b".IndexOf(m.Value[0], StringComparison.Ordinal) is >= 0 and int i
        ? $"\\{"\"\\nrtfb"[i]}" : $"\\u{(int)m.Value[0]:x4}")}\"";

    /// <summary>A field in a sentence, with the words around it.</summary>
    private sealed class Piece(Category category, string[] parts)
    {
        public string Before { get; } = parts[0];

        public string After { get; } = parts[2];

        /// <summary>The index of the field among the texts of its category, or -1.</summary>
        public int Text { get; } = Array.IndexOf(OriginalFields.Of(category).Texts, parts[1]);

        /// <summary>The index of the field among the numbers of its category, or -1.</summary>
        public int Number { get; } = OriginalFields.Of(category).IndexOfNumber(parts[1]);

        /// <summary>What stands for a text that is missing; null if the piece is then omitted.</summary>
        public string? Otherwise { get; } = parts[1].EndsWith("_type", StringComparison.Ordinal) ? "unknown" : null;
    }
}
