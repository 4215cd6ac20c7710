using System.Text;
using System.Text.Json;
using FastIngest.Lexicon;
using FastIngest.Lexicon.Texts;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Lexicon;

/// <summary>Compares the cleaner with the reference: on real lines, on mutated lines, and on lines that show one rule each.</summary>
public sealed class EntryCleanerTests
{
    private static readonly string Folder = Path.Combine(TestData.Root, "tests", "data", "lexicon");

    public static TheoryData<string> Widths => [.. LaneWidths.All];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_real_line_is_cleaned_as_by_the_reference(string width)
    {
        EntryCleaner cleaner = new(width);
        int lines = 0;
        foreach (byte[] line in Lines("kaikki.jsonl").Concat(Lines("entries.jsonl")))
        {
            Check(cleaner, line);
            lines++;
        }

        Assert.True(lines > 100, $"{lines}");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Mutated_lines_are_cleaned_as_by_the_reference(string width)
    {
        EntryCleaner cleaner = new(width);
        byte[][] lines = [.. Lines("kaikki.jsonl").Where(l => l.Length < 4000)];
        int valid = 0;
        Fuzz.Run(840_000, 1_500, random =>
        {
            byte[] line = random.Any(lines);
            for (int i = random.Next(1, 3); i > 0; i--)
            {
                line = Mutations.Mutate(random, line);
            }

            valid += Check(cleaner, line) == CleaningStatus.Valid ? 1 : 0;
        });
        Assert.True(valid > 150, $"{valid}");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Entries_of_unusual_pieces_are_cleaned_as_by_the_reference(string width)
    {
        EntryCleaner cleaner = new(width);
        string[] names = ["word", "headword", "lang_code", "lang", "language", "pos", "pos_tag", "ipa", "definition", "etymology_text", "etymology", "senses", "sounds", "glosses", "title", "redirect", "redirects", "w\\u006frd", "x"];
        Fuzz.Run(850_000, 6_000, random =>
        {
            string Text()
            {
                StringBuilder text = new();
                for (int i = random.Next(random.OneIn(20) ? 300 : 5); i > 0; i--)
                {
                    text.Append(random.Any(UnusualPieces));
                }

                return $"\"{text}\"";
            }

            string Value(int depth) => random.Next(depth > 2 ? 4 : 9) switch
            {
                0 => random.Any((string[])["null", "1", "true", "\"\"", "{}", "[]"]),
                1 or 2 or 3 => Text(),
                4 => $"[{Value(depth + 1)}, {Value(depth + 1)}]",
                5 => $"[{{\"glosses\": [{Text()}, {Value(depth + 1)}, {Text()}]}}, {{\"glosses\": {Value(depth + 1)}, \"ipa\": {Value(depth + 1)}}}]",
                6 => $"[{{\"ipa\": {Value(depth + 1)}}}, {{\"ipa\": {Text()}}}, {{\"gl\\u006fsses\": [{Text()}], \"glosses\": {Value(depth + 1)}}}]",
                7 => $"{{\"{random.Any(names)}\": {Value(depth + 1)}}}",
                _ => "[" + string.Join(", ", Enumerable.Range(0, 12).Select(i => $"{{\"glosses\": [\"{i % 5}\"]}}")) + "]",
            };

            IEnumerable<string> members = Enumerable.Range(0, random.Next(1, 9)).Select(_ => $"\"{random.Any(names)}\": {Value(0)}");
            Check(cleaner, $"{{\"word\": {Text()}, \"lang\": {Text()}, {string.Join(", ", members)}}}".Bytes());
        });
    }

    [Fact]
    public void Whole_files_give_the_rows_of_the_reference_and_the_counts_add_up()
    {
        foreach (string name in (string[])["entries.jsonl", "kaikki.jsonl"])
        {
            ReferenceCounts counts = new();
            ReferenceRow[] rows = [.. ReferenceLexicon.Load(Lines(name), "sample", counts).Select(r => r.Row).OfType<ReferenceRow>()];
            Assert.Equal(counts.Read, counts.Loaded + counts.Repeated + counts.Rejected);
            Assert.Equal(counts.Loaded, counts.Written + counts.Duplicate + counts.BelowQuality + counts.Invalid);
            EntryCleaner cleaner = new();
            foreach (ReferenceRow row in rows)
            {
                byte[] record = row.Raw.Data.Bytes();
                Assert.Equal(CleaningStatus.Valid, Check(cleaner, record));
                Assert.Equal(row.Id, EntryId.Create("sample", Convert.FromHexString(row.Raw.Checksum)).ToString());
            }

            if (name == "entries.jsonl")
            {
                string[] expected = File.ReadAllLines(Path.Combine(Folder, "expected.ndjson"));
                Assert.Equal(expected.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("id").GetString()), rows.Select(r => r.Id));
                Assert.Equal((64, 1, 2, 0, 1, 1), (counts.Read, counts.Repeated, counts.Rejected, counts.Duplicate, counts.BelowQuality, counts.Invalid));
            }
        }
    }

    [Theory]
    [InlineData("", CleaningStatus.NotJson, "invalid_json", 0)]
    [InlineData("  ", CleaningStatus.NotJson, "invalid_json", 2)]
    [InlineData("not json", CleaningStatus.NotJson, "invalid_json", 1)]
    [InlineData(" {\"a\": 1,}", CleaningStatus.NotJson, "invalid_json", 9)]
    [InlineData("{\"a\": 1", CleaningStatus.NotJson, "invalid_json", 7)]
    [InlineData("{\"a\": 1} x", CleaningStatus.NotJson, "invalid_json", 9)]
    [InlineData("{\"a\": \"\\ud800\"}", CleaningStatus.NotJson, "invalid_text", 0)]
    [InlineData(" [1,2]", CleaningStatus.NotAnObject, "not_an_object", 1)]
    [InlineData("null", CleaningStatus.NotAnObject, "not_an_object", 0)]
    [InlineData("{}", CleaningStatus.Invalid, "no_headword", 0)]
    [InlineData("{\"word\": \" \", \"lang\": \"x\"}", CleaningStatus.Invalid, "no_headword", 0)]
    [InlineData("{\"word\": \"a\", \"lang_code\": \"\\u0000 \"}", CleaningStatus.Invalid, "no_language", 0)]
    [InlineData("{\"word\": \"a\", \"word\": 5, \"lang\": \"x\"}", CleaningStatus.Invalid, "no_headword", 0)]
    public void A_record_that_is_not_an_entry_has_a_reason_and_an_offset(string record, CleaningStatus outcome, string reason, int offset)
    {
        EntryCleaner cleaner = new();
        Assert.Equal(outcome, cleaner.Clean(record.Bytes()));
        Assert.Equal(reason, cleaner.Reason);
        Assert.Equal(offset, cleaner.ErrorOffset);
    }

    [Fact]
    public void Nothing_of_one_record_remains_in_the_next()
    {
        EntryCleaner cleaner = new();
        Assert.Equal(CleaningStatus.Valid, cleaner.Clean("{\"word\": \"a\\u0000\", \"lang\": \"e1\", \"pos\": \"x\", \"ipa\": \"[1\", \"etymology\": \"y\"}"u8));
        Assert.Equal((1, 40), (cleaner.RemovedNuls, cleaner.QualityHundredths));
        Assert.Equal(CleaningStatus.Invalid, cleaner.Clean("{\"word\": \"b\"}"u8));
        Assert.Equal(EntryErrors.None, cleaner.Errors);
        Assert.True(cleaner.IsNull(EntryColumn.Language));
        Assert.Equal(CleaningStatus.Valid, cleaner.Clean("{\"word\": \"b\", \"lang\": \"german\", \"definition\": \"abc\"}"u8));
        Assert.Equal((0, 100), (cleaner.RemovedNuls, cleaner.QualityHundredths));
        Assert.True(cleaner.IsNull(EntryColumn.Pos) && cleaner.IsNull(EntryColumn.Ipa) && cleaner.IsNull(EntryColumn.Etymology));
        Assert.Null(cleaner.Reason);
    }

    [Fact]
    public void A_long_record_and_a_hundred_thousand_glosses_are_read()
    {
        string glosses = string.Join(",", Enumerable.Range(0, 100_000).Select(i => $"{{\"glosses\":[\"g{i}\",\"g{i / 2}\"],\"skipped\":[[{i},{i}],{{\"a\":[]}}]}}"));
        EntryCleaner cleaner = new();
        Assert.Equal(CleaningStatus.Valid, cleaner.Clean($"{{\"word\":\"long\",\"lang\":\"en\",\"senses\":[{glosses}]}}".Bytes()));
        Assert.Equal(string.Join(" | ", Enumerable.Range(0, 100_000).Select(i => $"g{i}")), Encoding.UTF8.GetString(cleaner.Text(EntryColumn.Definition)));
    }

    [Fact]
    public void Texts_of_megabytes_are_cleaned()
    {
        EntryCleaner cleaner = new();
        string text = string.Concat(Enumerable.Repeat("<b>e\u0301</b>  [1]x\t", 200_000));
        string expected = string.Join(' ', Enumerable.Repeat("é x", 200_000));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(CleaningStatus.Valid, cleaner.Clean(JsonSerializer.SerializeToUtf8Bytes(new { word = text, lang = "en", definition = text, etymology = text, ipa = text })));
            Assert.Equal(expected, Encoding.UTF8.GetString(cleaner.Text(EntryColumn.Definition)));
            Assert.Equal(expected, Encoding.UTF8.GetString(cleaner.Text(EntryColumn.Etymology)));
        }
    }

    [Fact]
    public void A_large_buffer_is_released()
    {
        TextBuffer buffer = new();
        buffer.Append(new byte[5_000_000]);
        buffer.Clear();
        Assert.InRange(buffer.GetSpan().Length, 1, 1_000_000);
        buffer.Append("abc"u8);
        Assert.Equal("abc", Encoding.UTF8.GetString(buffer.Text));
    }

    private static readonly string[] UnusualPieces =
        ["*", "†", "‡", "§", "¶", "(", ")", "[", "]", "[1]", "[12", "<", ">", "<b>", "<>", " ", "  ", "\\n", "\\t", "\u00a0", "\u2003", "\u3000", "\u200b", "\\u0000", "\\u0085", "é", "e\u0301", "\u1112\u1161\u11ab", "각",
         "ά", "\u0344", "\u0958", "И", "İ", "ß", "ẞ", "Σ", "𐐀", "\\ud801\\udc00", "日", "が", "か\u3099", "/", "1", "|", "a", "B", "-", "english", "German", "x", "\\\"", "\\\\", "\u2028", "¡", "→", "‑"];

    /// <summary>Checks that cleaner and reference agree; returns the status.</summary>
    private static CleaningStatus Check(EntryCleaner cleaner, byte[] record)
    {
        string Shown() => ((ReadOnlySpan<byte>)record).Shown();
        CleaningStatus outcome = cleaner.Clean(record);
        bool isJson = ReferenceLexicon.TryParse(record, out JsonElement json);
        if (!isJson || json.ValueKind != JsonValueKind.Object)
        {
            bool expected = isJson ? outcome == CleaningStatus.NotAnObject : outcome is CleaningStatus.NotJson or CleaningStatus.NotAnObject;
            Assert.True(expected, $"{outcome} for {Shown()}");
            return outcome;
        }

        ReferenceEntry entry = ReferenceLexicon.Clean(json);
        foreach (EntryColumn column in Enum.GetValues<EntryColumn>())
        {
            string? text = cleaner.IsNull(column) ? null : Encoding.UTF8.GetString(cleaner.Text(column));
            Assert.True(entry.Texts[(int)column] == text, $"{column}: {entry.Texts[(int)column]} but {text} of {Shown()}");
        }

        Assert.True(entry.RemovedNuls == cleaner.RemovedNuls, $"{entry.RemovedNuls} but {cleaner.RemovedNuls} of {Shown()}");
        CleaningStatus expectedOutcome = entry.Texts[0] is null || entry.Texts[2] is null ? CleaningStatus.Invalid : CleaningStatus.Valid;
        Assert.Equal(expectedOutcome, outcome);
        if (outcome == CleaningStatus.Valid)
        {
            Assert.Equal(entry.Errors, EntryErrorNames.All.Where((_, i) => ((int)cleaner.Errors & (1 << i)) != 0));
            Assert.Equal((int)(entry.Quality * 100), cleaner.QualityHundredths);
        }

        return outcome;
    }

    private static IEnumerable<byte[]> Lines(string name) => File.ReadAllBytes(Path.Combine(Folder, name)).SplitLines();
}
