using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Json.Shapes;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json.Shapes;

/// <summary>
/// Compares the shape-learned reader with the general reader: it accepts nothing that the general reader rejects, and
/// returns the same fields. All data ends at the end of readable memory, or starts at its start.
/// </summary>
public sealed class ShapeReaderTests
{
    private const int RecordsPerRound = 40;
    private const int TailBytes = 128;

    public static TheoryData<string> Widths => [.. LaneWidths.All];

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_fast_path_reads_mutated_records_as_the_general_reader_does(string width)
    {
        using GuardedMemory memory = new(256 * 1024);
        int tried = 0;
        int taken = 0;
        Fuzz.Run(100_000, 1_000, random =>
        {
            Category category = random.Any(Categories.Named);
            IReadOnlyList<byte[]> corpus = HealthRecords.Of(category);
            Comparison comparison = new(width, RecordSchema.Of(category).Names);
            List<byte[]> learned = [];
            for (int i = random.Next(1, 8); i > 0; i--)
            {
                byte[] record = corpus[random.Next(corpus.Count)];
                record = random.OneIn(3) ? Mutations.Mutate(random, record) : record;
                if (comparison.Learn(record))
                {
                    learned.Add(record);
                }
            }

            for (int i = 0; i < RecordsPerRound; i++)
            {
                byte[] record = learned.Count > 0 && !random.OneIn(6) ? random.Any(learned) : random.Any(corpus);
                record = random.OneIn(3) ? record : Mutations.Mutate(random, record);
                byte[] before = random.OneIn(2) ? [] : "{\"user_id\": \"before\"},\n  "u8.ToArray();
                byte[] cutRecord = random.Any(corpus)[..random.Next(8)];
                byte[] tail = random.OneIn(8) ? cutRecord : [.. ",\n  "u8, .. random.Any(corpus), .. new byte[TailBytes].Select(_ => (byte)' ')];
                byte[] data = [.. before, .. record, .. tail];
                tried++;
                taken += comparison.Check(random.OneIn(2) ? memory.AtEnd(data) : memory.AtStart(data), before.Length) ? 1 : 0;
                if (random.OneIn(10) && comparison.Learn(record))
                {
                    learned.Add(record);
                }
            }
        });

        Assert.True(taken > tried / 4, $"only {taken} of {tried} records took the fast path");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_learned_record_is_read_if_enough_bytes_follow(string width)
    {
        using GuardedMemory memory = new(256 * 1024);
        int records = 0;
        foreach (Category category in Categories.Named)
        {
            foreach (byte[] record in HealthRecords.Of(category).Where((_, i) => i % 7 == 0))
            {
                Comparison comparison = new(width, RecordSchema.Of(category).Names);
                Assert.True(comparison.Learn(record));
                byte[] data = [.. record, .. new byte[TailBytes]];
                Assert.True(comparison.Check(memory.AtEnd(data), 0), ((ReadOnlySpan<byte>)record).Shown());
                Assert.False(comparison.Check(memory.AtEnd(data)[..^TailBytes], 0));
                records++;
            }
        }

        Assert.True(records > 500, $"{records} records");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Optional_fields_of_a_record_do_not_remain_in_the_next_one(string width)
    {
        using GuardedMemory memory = new(64 * 1024);
        string[] members = ["\"user_id\": \"u1\"", "\"date\": \"2024-01-01\"", "\"calories\": 12.5", "\"meal_type\": \"lunch\"", "\"fat\": null", "\"carbs\": 1e3", "\"note\": [\"x\", {\"fat\": 3}]"];
        Comparison comparison = new(width, RecordSchema.Of(Category.Nutrition).Names);
        List<byte[]> records = [];
        for (int set = 0; set < 1 << members.Length; set++)
        {
            byte[] record = $"{{{string.Join(", ", members.Where((_, i) => (set & (1 << i)) != 0))}}}".Bytes();
            if (comparison.Learn(record))
            {
                records.Add(record);
            }
        }

        int taken = 0;
        Fuzz.Run(200_000, 5_000, random =>
        {
            byte[] data = [.. random.Any(records), .. new byte[TailBytes]];
            taken += comparison.Check(memory.AtEnd(data), 0) ? 1 : 0;
        });
        Assert.True(taken > 1_000, $"{taken}");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_value_of_another_kind_is_read_at_the_place_of_the_first_one(string width)
    {
        using GuardedMemory memory = new(64 * 1024);
        string[] values = ["5", "-5e1", "\"x\"", "\"\"", "null", "true", "{}", "{\"a\": 5}", "[]", "[5]", "{\"user_id\": 5}"];
        foreach (string first in values)
        {
            foreach (string second in values)
            {
                foreach (string learned in values)
                {
                    Comparison comparison = new(width, RecordSchema.Of(Category.Nutrition).Names);
                    Assert.True(comparison.Learn($"{{\"user_id\": {learned}}}".Bytes()));
                    Assert.True(comparison.Learn($"{{\"user_id\": {first}, \"fat\": {second}}}".Bytes()));
                    byte[] data = [.. $"{{\"user_id\": {second}, \"fat\": {learned}}}".Bytes(), .. new byte[TailBytes]];
                    comparison.Check(memory.AtEnd(data), 0);
                    data = [.. $"{{\"user_id\": {first}, \"fat\": {second}}}".Bytes(), .. new byte[TailBytes]];
                    Assert.True(comparison.Check(memory.AtEnd(data), 0));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Records_of_one_user_and_day_are_read_after_the_repeated_prefix(string width)
    {
        using GuardedMemory memory = new(64 * 1024);
        Comparison comparison = new(width, RecordSchema.Of(Category.HeartRate).Names);
        string[] users = ["u1", "user_000001", "user_000002", "jos\u00e9"];
        string[] days = ["2024-01-01", "2024-01-02", "2024-1-1"];
        string[] rests = ["", " 01:02:03", "T10:00", "\\u0020", "x"];
        string[] values = ["61", "61.5", "-1", "1e2", "\"61\"", "null", "true", "[1]"];
        string[] ends = ["", ", \"user_id\": \"other\"", ", \"date\": \"2024-01-01\"", ", \"date_time\": null", ", \"note\": \"x\""];
        int user = 0;
        int day = 0;
        Fuzz.Run(300_000, 20_000, random =>
        {
            user = random.OneIn(12) ? random.Next(users.Length) : user;
            day = random.OneIn(8) ? random.Next(days.Length) : day;
            string rest = random.OneIn(3) ? random.Any(rests) : rests[1];
            string value = random.OneIn(3) ? random.Any(values) : values[0];
            string end = random.OneIn(4) ? random.Any(ends) : "";
            byte[] record = $"{{\"user_id\": \"{users[user]}\", \"date_time\": \"{days[day]}{rest}\", \"value\": {value}{end}}}".Bytes();
            byte[] data = [.. record, .. new byte[4 * TailBytes]];
            if (!comparison.Check(memory.AtEnd(data), 0))
            {
                comparison.Learn(record);
            }
        });
        Assert.True(comparison.Repeated > 5_000, $"{comparison.Repeated}");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Nothing_is_read_from_empty_data(string width)
    {
        Comparison comparison = new(width, RecordSchema.Of(Category.Sleep).Names);
        Assert.True(comparison.Learn("{}"u8.ToArray()));
        Assert.False(comparison.Check([], 0));
    }

    [Fact]
    public void A_gap_is_skipped_only_when_the_same_bytes_and_a_brace_follow()
    {
        using GuardedMemory memory = new(4096);
        ShapeReader reader = ShapeReader.Create(new RecordFields(new FieldNames(false, "a")));
        reader.Learn("{\"a\": 1}"u8);
        Assert.Equal(0, GapBefore("{"));
        Assert.Equal(-1, GapBefore(",\n{"));
        reader.LearnGap(",\n"u8);
        Assert.Equal(2, GapBefore(",\n{"));
        Assert.Equal(0, GapBefore("{"));
        Assert.Equal(-1, GapBefore(",\n["));
        Assert.Equal(-1, GapBefore(", {"));
        reader.LearnGap("]["u8);
        Assert.Equal(2, GapBefore(",\n{"));
        reader.LearnGap(Blanks(63));
        Assert.Equal(63, GapBefore(new string(' ', 63) + "{"));
        reader.LearnGap(Blanks(64));
        Assert.Equal(-1, GapBefore(new string(' ', 64) + "{"));
        reader.LearnGap([]);
        Assert.Equal(0, GapBefore("{"));
        Assert.Equal(-1, GapBefore(",\n{"));

        int GapBefore(string text)
        {
            byte[] data = [.. text.Bytes(), .. "\"a\": 2}"u8, .. new byte[TailBytes]];
            return reader.TryRead(memory.AtEnd(data), 0, out int gap, out int length) ? gap : length - 1;
        }

        static byte[] Blanks(int count) => [.. Enumerable.Repeat((byte)' ', count)];
    }

    /// <summary>Both readers with their state.</summary>
    private sealed class Comparison
    {
        private readonly string _width;
        private readonly ShapeReader _fast;
        private readonly RecordFields _fastFields;
        private readonly RecordFields _fields;
        private byte[] _last = [];

        public Comparison(string width, FieldNames names)
        {
            _width = width;
            _fastFields = new RecordFields(names);
            _fields = new RecordFields(names);
            _fast = LaneWidths.Reader(width, _fastFields);
        }

        /// <summary>The number of records that were recognised to begin like the previous one.</summary>
        public int Repeated { get; private set; }

        /// <summary>Learns a record if the general reader accepts all of it; false otherwise.</summary>
        public bool Learn(byte[] record)
        {
            if (GeneralReader.Read(record, true, _fields, out int length) != ReadStatus.Object || length != record.Length)
            {
                return false;
            }

            _fast.Learn(record);
            return true;
        }

        /// <summary>Returns whether the fast path read the record; fails if the two readers differ.</summary>
        public bool Check(ReadOnlySpan<byte> data, int start)
        {
            if (!_fast.TryRead(data, start, out _, out int fastLength))
            {
                _last = [];
                return false;
            }

            ReadOnlySpan<byte> record = data[start..];
            ReadStatus status = GeneralReader.Read(record, true, _fields, out int length);
            if (status != ReadStatus.Object || length != fastLength)
            {
                Assert.Fail($"{_width}: {status} of {length} bytes, but the fast path took {fastLength}: {record.Shown()}");
            }

            string expected = Describe(_fields, record);
            string actual = Describe(_fastFields, record);
            Assert.True(expected == actual, $"{_width}: {record[..length].Shown()}\nexpected {expected}\nactual   {actual}");
            Assert.Equal(_last.AsSpan(0, _fastFields.RepeatedBytes), record[.._fastFields.RepeatedBytes]);
            Repeated += _fastFields.RepeatedBytes > 0 ? 1 : 0;
            _last = record[..length].ToArray();
            return true;
        }

        private static string Describe(RecordFields fields, ReadOnlySpan<byte> record)
        {
            List<string> parts = [];
            for (int i = 0; i < fields.Names.Count; i++)
            {
                Field field = fields[i];
                long? value = null;
                if (field.Kind is FieldKind.Decimal or FieldKind.Number && DecimalParser.TryParse(record.Slice(field.Start, field.Length), out long parsed))
                {
                    value = parsed;
                }

                if (field.Kind == FieldKind.Decimal)
                {
                    // The parsed value must equal the value of the text.
                    Assert.Equal(value, fields.Micros(i));
                    field = field with { Kind = FieldKind.Number };
                }

                parts.Add(field.Kind == FieldKind.Missing ? "-" : $"{field}={value}");
            }

            foreach ((Field name, Field value) in fields.Others)
            {
                parts.Add($"{name}:{value}");
            }

            return string.Join(" ", parts);
        }
    }
}
