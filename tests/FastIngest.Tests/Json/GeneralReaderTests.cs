using System.Text;
using System.Text.Json;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json;

public sealed class GeneralReaderTests
{
    private static readonly FieldNames Names = new(true, "a", "b", "n");

    [Fact]
    public void The_fields_of_an_object_are_found_with_their_places()
    {
        RecordFields fields = Read("""{"a": "x", "b":"\u0041", "n" : -1.5e2, "t": true, "z": null, "o": {"a": [1, {"b": 2}]}} tail""", ReadStatus.Object, 87);
        Assert.Equal(new Field(7, 1, FieldKind.String), fields[0]);
        Assert.Equal(new Field(16, 6, FieldKind.EscapedString), fields[1]);
        Assert.Equal(new Field(31, 6, FieldKind.Number), fields[2]);
        Assert.Equal(
            [(new Field(40, 1, FieldKind.String), new Field(44, 4, FieldKind.Boolean)),
             (new Field(51, 1, FieldKind.String), new Field(55, 4, FieldKind.Null)),
             (new Field(62, 1, FieldKind.String), new Field(66, 1, FieldKind.Nested))],
            fields.Others.ToArray());
    }

    [Fact]
    public void The_last_value_of_a_repeated_key_counts_even_if_a_key_is_escaped()
    {
        RecordFields fields = Read("""{"a": 1, "a": 2, "\u0061": null, "x": 1, "x": 2}""", ReadStatus.Object, 48);
        Assert.Equal(FieldKind.Null, fields[0].Kind);
        Assert.Equal(2, fields.OtherCount);
    }

    [Fact]
    public void No_field_of_a_record_remains_in_the_next_one()
    {
        RecordFields fields = Read("""{"a": 1, "x": 1}""", ReadStatus.Object, 16);
        Assert.Equal(ReadStatus.Object, GeneralReader.Read("{}"u8, true, fields, out _));
        Assert.Equal(FieldKind.Missing, fields[0].Kind);
        Assert.Equal(0, fields.OtherCount);
    }

    [Theory]
    [InlineData("1 2", 1)]
    [InlineData("\"x\"y", 3)]
    [InlineData("[1, {\"a\": 2}] ", 13)]
    [InlineData("null,", 4)]
    [InlineData("true]", 4)]
    public void Values_that_are_not_objects_are_recognised(string text, int length) => Read(text, ReadStatus.OtherValue, length);

    [Theory]
    [InlineData("{\"a\": 01}", 7)]
    [InlineData("{\"a\" 1}", 5)]
    [InlineData("{\"a\": 1,}", 8)]
    [InlineData("{\"a\": nul}", 9)]
    [InlineData("{\n \"a\": 1\n \"b\": 2}", 11)]
    [InlineData("{\"a\": \"x\ny\"}", 8)]
    [InlineData("{\"a\": \"\\x\"}", 8)]
    [InlineData("{\"a\": 1", 7)]
    [InlineData("{a: 1}", 1)]
    [InlineData("}", 0)]
    [InlineData("]", 0)]
    [InlineData("/* c */ {}", 0)]
    [InlineData("nan", 1)]
    [InlineData("-x", 1)]
    public void The_error_offset_is_that_of_the_JSON_reader(string text, int offset) => Read(text, ReadStatus.Invalid, offset);

    [Theory]
    [InlineData("""{"a": "\ud800"}""")]
    [InlineData("""{"\udc00": 1}""")]
    [InlineData("""{"x": {"\ud800": 1}}""")]
    [InlineData("""{"x": [["\ud83d\u0041"]]}""")]
    [InlineData("""{"x": ["\ude42\ud83d"]}""")]
    public void A_lone_surrogate_anywhere_is_invalid_text(string text) => Read(text, ReadStatus.InvalidText, text.Length);

    [Theory]
    [InlineData("[\"\\ud800\"]")]
    [InlineData("\"\\ud800\"")]
    public void A_value_that_is_not_an_object_is_reported_as_such_even_with_invalid_text(string text) => Read(text, ReadStatus.OtherValue, text.Length);

    [Theory]
    [InlineData("{\"a\": \"~\"}")]
    [InlineData("{\"~\": 1}")]
    [InlineData("{\"x\": {\"~\": [1]}}")]
    [InlineData("{\"x\": [[\"\\n~\"]]}")]
    public void Invalid_UTF_8_anywhere_is_invalid_text(string text)
    {
        foreach (byte[] bad in (byte[][])[[0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0xAF], [0x80]])
        {
            byte[] bytes = [.. text.Bytes().SelectMany(b => b == '~' ? bad : [b])];
            Assert.Equal(ReadStatus.InvalidText, GeneralReader.Read(bytes, true, new RecordFields(Names), out int length));
            Assert.Equal(bytes.Length, length);
        }
    }

    [Fact]
    public void Sixty_four_levels_are_read_and_no_more()
    {
        Read(string.Concat(Enumerable.Repeat("{\"x\":", 63)) + "[]" + new string('}', 63), ReadStatus.Object, (63 * 6) + 2);
        RecordFields fields = new(Names);
        Assert.Equal(ReadStatus.Invalid, GeneralReader.Read((string.Concat(Enumerable.Repeat("{\"x\":", 64)) + "[]" + new string('}', 64)).Bytes(), true, fields, out _));
        Assert.Equal(ReadStatus.Invalid, GeneralReader.Read(new string('[', 100_000).Bytes(), true, fields, out _));
    }

    [Fact]
    public void The_documents_of_the_JSON_test_suite_are_classified_correctly()
    {
        int valid = 0;
        int invalid = 0;
        foreach (string path in Directory.GetFiles(Path.Combine(TestData.JsonTestSuite, "test_parsing")))
        {
            byte[] bytes = File.ReadAllBytes(path);
            ReadOnlySpan<byte> trimmed = bytes.AsSpan().Trim(" \t\r\n"u8);
            if (trimmed.IsEmpty)
            {
                continue;
            }

            ReadStatus status = GeneralReader.Read(trimmed, true, new RecordFields(Names), out int length);
            bool isWhole = status is ReadStatus.Object or ReadStatus.OtherValue && length == trimmed.Length;
            string name = Path.GetFileName(path);
            if (name[0] == 'y')
            {
                Assert.True(isWhole, name);
                valid++;
            }
            else if (name[0] == 'n')
            {
                Assert.False(isWhole, name);
                invalid++;
            }
        }

        Assert.True(valid > 80 && invalid > 150, $"{valid} valid, {invalid} invalid");
    }

    /// <summary>Windows cut the bytes at any place; the result must not depend on the place.</summary>
    [Fact]
    public void The_result_for_a_prefix_holds_for_the_whole_text()
    {
        using GuardedMemory memory = new(64 * 1024);
        int[] seen = new int[Enum.GetValues<ReadStatus>().Length];
        Fuzz.Run(500_000, 3_000, random =>
        {
            byte[] record = random.Any(HealthRecords.Of(random.Any(Categories.Named)));
            record = random.OneIn(5) ? record : Mutations.Mutate(random, record);
            if (record.Length > 60_000)
            {
                return;
            }

            byte[] data = [.. record, .. " ,"u8];
            RecordFields fields = new(Names);
            ReadStatus whole = GeneralReader.Read(data, true, fields, out int wholeLength);
            seen[(int)whole]++;
            for (int i = 0; i < 12; i++)
            {
                int cut = random.Next(data.Length);
                ReadStatus status = GeneralReader.Read(memory.AtEnd(data.AsSpan(0, cut)), false, fields, out int length);
                if (status != ReadStatus.Incomplete && (status != whole || length != wholeLength))
                {
                    Assert.Fail($"{cut} of {data.Length} bytes: {status} of {length}, not {whole} of {wholeLength}: {((ReadOnlySpan<byte>)data).Shown()}");
                }
            }
        });
        Assert.True(seen[(int)ReadStatus.Object] > 300 && seen[(int)ReadStatus.Invalid] > 300 && seen[(int)ReadStatus.InvalidText] > 30, string.Join(" ", seen));
    }

    [Fact]
    public void The_fields_are_those_that_JsonDocument_finds() => Fuzz.Run(600_000, 3_000, random =>
    {
        Category category = random.Any(Categories.Named);
        FieldNames names = RecordSchema.Of(category).Names;
        byte[] record = random.Any(HealthRecords.Of(category));
        record = random.OneIn(3) ? record : Mutations.Mutate(random, record);
        RecordFields fields = new(names);
        ReadStatus status = GeneralReader.Read(record, true, fields, out int length);
        if (status != ReadStatus.Object)
        {
            return;
        }

        using JsonDocument document = JsonDocument.Parse(record.AsMemory(0, length));
        for (int i = 0; i < names.Count; i++)
        {
            bool present = document.RootElement.TryGetProperty(names.NameAt(i), out JsonElement value);
            string raw = Encoding.UTF8.GetString(record, fields[i].Start, fields[i].Length);
            Assert.Equal(present, fields[i].Kind != FieldKind.Missing);
            if (present && fields[i].Kind != FieldKind.Nested)
            {
                Assert.Equal(value.GetRawText().Trim('"'), value.ValueKind == JsonValueKind.String ? raw.Trim('"') : raw);
            }
        }
    });

    private static RecordFields Read(string text, ReadStatus expected, int expectedLength)
    {
        using GuardedMemory memory = new(128 * 1024);
        RecordFields fields = new(Names);
        ReadStatus status = GeneralReader.Read(memory.AtEnd(text.Bytes()), true, fields, out int length);
        Assert.Equal((expected, expectedLength), (status, length));
        return fields;
    }
}
