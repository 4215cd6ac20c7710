using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Json.Shapes;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json.Shapes;

/// <summary>
/// Compares the runs of the shape-learned reader with the general reader on the same bytes: every record of a run must have
/// the key of the record before the run, a valid time, and the number that the run returned.
/// </summary>
public sealed class RunTests
{
    private const int Tail = 4096;

    private static readonly byte[] Gap = ",\n  "u8.ToArray();

    public static TheoryData<string> Widths => [.. LaneWidths.All];

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_run_contains_only_samples_of_one_key_even_with_mutated_records(string width)
    {
        using GuardedMemory memory = new(256 * 1024);
        int inRuns = 0;
        int records = 0;
        Fuzz.Run(20_000, 300, random =>
        {
            string user = random.Any(["u1", "user_000001", "josé", "a\\u0041"]);
            string order = random.Any(["value last", "value first", "nested"]);
            List<byte[]> all = [];
            for (int i = 0; i < 40; i++)
            {
                byte[] record = Sample(random, random.OneIn(30) ? "other" : user, random.OneIn(15) ? "2024-01-02" : "2024-01-01", order);
                all.Add(random.OneIn(12) ? Mutations.Mutate(random, record) : record);
            }

            byte[] data = [.. all.SelectMany(r => r.Concat(Gap)), .. Enumerable.Repeat((byte)' ', random.OneIn(2) ? Tail : random.Next(400))];
            records += all.Count;
            inRuns += ReadAll(width, memory.AtEnd(data));
        });
        Assert.True(inRuns > records / 10, $"{inRuns} of {records} records were read in runs");
    }

    [Theory]
    [InlineData("2024-01-01 23:59:59", 3)]
    [InlineData("2024-01-01", 3)]
    [InlineData("2024-01-01T10:00", 3)]
    [InlineData("2024-01-01T10:00:00.250+01:00", 3)]
    [InlineData("2024-01-01 10:00:60", 3)]
    [InlineData("2024-01-01 24:00:00", 1)]
    [InlineData("2024-01-01 10:60:00", 1)]
    [InlineData("2024-01-01 10:00:0x", 1)]
    [InlineData("2024-01-01x10:00:00", 1)]
    [InlineData("2024-01-01 10:00:0\\u0030", 1)]
    public void The_time_of_each_record_is_checked(string second, int expected)
    {
        string[] times = ["2024-01-01 10:00:00", "2024-01-01 11:00:00", second, "2024-01-01 12:00:00"];
        Assert.Equal(expected, Run([.. times.Select(t => $$"""{"user_id": "u1", "date_time": "{{t}}", "value": 61}""")]));
    }

    [Fact]
    public void No_record_that_starts_after_the_chunk_is_read()
    {
        byte[] record = """{"user_id": "u1", "date_time": "2024-01-01 10:00:00", "value": 61}"""u8.ToArray();
        byte[] data = [.. Enumerable.Repeat<byte[]>([.. record, .. Gap], 4).SelectMany(r => r), .. new byte[Tail]];
        int step = record.Length + Gap.Length;
        for (int stop = 0; stop <= 4 * step; stop++)
        {
            int expected = Math.Clamp((stop + step - 1) / step - 1, 0, 3);
            Assert.Equal(expected, Run(data, stop));
        }
    }

    [Fact]
    public unsafe void No_more_records_are_read_than_the_buffer_holds()
    {
        byte[] record = """{"user_id": "u1", "date_time": "2024-01-01 10:00:00", "value": 61}"""u8.ToArray();
        byte[] data = [.. Enumerable.Repeat<byte[]>([.. record, .. Gap], 4).SelectMany(r => r), .. new byte[Tail]];
        RecordFields fields = new(RecordSchema.Of(Category.HeartRate).Names);
        ShapeReader reader = TrainedReader(InstructionSet.Current, fields, record);
        Assert.True(reader.TryRead(data, 0, out _, out int length));
        fixed (byte* bytes = data)
        {
            Assert.Equal(0, reader.ReadRun(bytes + length, bytes + data.Length, bytes + data.Length, KeyOf(fields), RecordSchema.FirstOwn, [], out int none));
            Assert.Equal(0, none);
            long[] room = new long[2];
            Assert.Equal(2, reader.ReadRun(bytes + length, bytes + data.Length, bytes + data.Length, KeyOf(fields), RecordSchema.FirstOwn, room, out int read));
            Assert.Equal(2 * (record.Length + Gap.Length), read);
            Assert.Equal([61_000_000, 61_000_000], room);
        }
    }

    private static byte[] Sample(Random random, string user, string day, string order)
    {
        string time = random.OneIn(12) ? random.Any(["", "T10:00:00Z", " 25:00:00", " 10:00", "\\u0020", " 10:00:60"]) : $" {random.Next(24):00}:{random.Next(60):00}:{random.Next(60):00}";
        string value = random.OneIn(15) ? random.Any(["\"61\"", "null", "1e2", "-1", "01", "12345678", "61.5.5", "true", "[1]"]) : random.Any(["61", "7", "155", "61.5", "0", "99.125"]);
        string context = random.Any(["rest", "sleeping", "a long walk in the hills", "", "é"]);
        return (order switch
        {
            "value last" => $$"""{"user_id": "{{user}}", "date_time": "{{day}}{{time}}", "context": "{{context}}", "hrv": {{random.Next(200)}}, "value": {{value}}}""",
            "value first" => $$"""{"value": {{value}}, "user_id": "{{user}}", "date_time": "{{day}}{{time}}", "context": "{{context}}"}""",
            _ => $$"""{"user_id": "{{user}}", "date_time": "{{day}}{{time}}", "device": {"id": "{{context}}", "ok": true, "tags": [null, 1.5]}, "value": {{value}}}""",
        }).Bytes();
    }

    private static ShapeReader TrainedReader(string width, RecordFields fields, byte[] record)
    {
        ShapeReader reader = LaneWidths.Reader(width, fields);
        Assert.Equal(ReadStatus.Object, GeneralReader.Read(record, true, fields, out _));
        reader.Learn(record);
        reader.LearnGap(Gap);
        return reader;
    }

    private static int Run(string[] records)
    {
        byte[] data = [.. records.SelectMany(r => r.Bytes().Concat(Gap)), .. new byte[Tail]];
        return Run(data, data.Length);
    }

    /// <summary>Returns the number of records after the first one that are read as its run.</summary>
    private static unsafe int Run(byte[] data, int stop)
    {
        RecordFields fields = new(RecordSchema.Of(Category.HeartRate).Names);
        Assert.Equal(ReadStatus.Object, GeneralReader.Read(data, true, fields, out int first));
        ShapeReader reader = TrainedReader(InstructionSet.Current, fields, data[..first]);
        Assert.True(reader.TryRead(data, 0, out _, out int length));
        fixed (byte* bytes = data)
        {
            return reader.ReadRun(bytes + length, bytes + data.Length, bytes + stop, KeyOf(fields), RecordSchema.FirstOwn, new long[100], out _);
        }
    }

    /// <summary>Reads like a mapper and fails if a run contains a wrong record. Returns the number of records in runs.</summary>
    private static unsafe int ReadAll(string width, Span<byte> data)
    {
        RecordFields fields = new(RecordSchema.Of(Category.HeartRate).Names);
        RecordFields oracle = new(fields.Names);
        ShapeReader reader = LaneWidths.Reader(width, fields);
        reader.LearnGap(Gap);
        long[] numbers = new long[64];
        int inRuns = 0;
        int at = 0;
        fixed (byte* bytes = data)
        {
            while (at < data.Length)
            {
                bool isFast = reader.TryRead(data, at, out int gap, out int length);
                if (!isFast)
                {
                    int brace = data[at..].IndexOf((byte)'{');
                    if (brace < 0)
                    {
                        break;
                    }

                    at += brace;
                    if (GeneralReader.Read(data[at..], true, fields, out length) != ReadStatus.Object)
                    {
                        at++;
                        continue;
                    }

                    reader.Learn(data.Slice(at, length));
                    gap = 0;
                }

                ReadOnlySpan<byte> record = data.Slice(at + gap, length);
                at += gap + length;
                if (DayOf(record, fields) is not { } day || fields[RecordSchema.UserId].Kind != FieldKind.String)
                {
                    continue;
                }

                Field userField = fields[RecordSchema.UserId];
                byte[] user = record.Slice(userField.Start, userField.Length).ToArray();
                int count = reader.ReadRun(bytes + at, bytes + data.Length, bytes + data.Length, KeyOf(fields), RecordSchema.FirstOwn, numbers, out int read);
                int end = at + read;
                for (int i = 0; i < count; i++)
                {
                    at += data[at..].IndexOf((byte)'{');
                    record = data[at..];
                    Assert.Equal(ReadStatus.Object, GeneralReader.Read(record, true, oracle, out length));
                    string shown = $"{width}: {record[..length].Shown()}";
                    Assert.True(DayOf(record, oracle) == day, shown);
                    userField = oracle[RecordSchema.UserId];
                    Assert.True(record.Slice(userField.Start, userField.Length).SequenceEqual(user) && userField.Kind == FieldKind.String, shown);
                    Field value = oracle[RecordSchema.FirstOwn];
                    Assert.True(value.Kind == FieldKind.Number && DecimalParser.TryParse(record.Slice(value.Start, value.Length), out long number) && number == numbers[i], shown);
                    at += length;
                }

                Assert.Equal(end, at);
                inRuns += count;
            }
        }

        return inRuns;
    }

    private static int? DayOf(ReadOnlySpan<byte> record, RecordFields fields)
    {
        Field field = fields[DayField(fields)];
        return field.Kind == FieldKind.String && DateParser.TryParseDay(record.Slice(field.Start, field.Length), out int day) ? day : null;
    }

    private static int DayField(RecordFields fields)
    {
        int index = RecordSchema.Date;
        while (index < RecordSchema.Timestamp && fields[index].Kind is FieldKind.Missing or FieldKind.Null)
        {
            index++;
        }

        return index;
    }

    private static RunKey KeyOf(RecordFields fields)
    {
        Field user = fields[RecordSchema.UserId];
        Field day = fields[DayField(fields)];
        return new RunKey(Math.Max(user.Start + user.Length + 1, day.Start + DateParser.DayBytes), DayField(fields));
    }
}
