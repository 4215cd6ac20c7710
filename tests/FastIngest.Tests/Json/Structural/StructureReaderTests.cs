using System.Text;
using System.Text.Json;
using FastIngest.Json;
using FastIngest.Json.Structural;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json.Structural;

/// <summary>
/// Compares the structure reader with the general reader: both accept the same texts, whichever values are read or
/// skipped. All data ends at the end of readable memory, or starts at its start.
/// </summary>
public sealed class StructureReaderTests
{
    private static readonly string[] Pieces =
        ["{", "}", "[", "]", ":", ",", "\"a\"", "\"\"", "1", "0", "-1.5e3", "true", "false", "null", " ", "\n", "\t", "{}", "[]", "{\"a\":", ",\"b\":", "[1,", "\"\\\"\"", "\"\\\\\"",
         "\"\\u00e9\"", "\"é日🙂\"", "\"{[,:\"", "01", "1.", "-", "tru", "\\", "\"", "\u0001", "\"\\ud83d\\ude42\"", "\"\\ud83d\"", "\"\\ude42\"", "\"\\x\"", "é", "\u00a0", "\"\u0002\"", "1e5", "12345678901234567890", "nulll"];

    public static TheoryData<string> Widths => [.. LaneWidths.All];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Random_pieces_are_accepted_as_by_the_general_reader(string width)
    {
        using GuardedMemory memory = new(16 * 1024);
        Comparison comparison = new(width);
        Fuzz.Run(810_000, 60_000, random =>
        {
            StringBuilder text = new(new string(' ', random.OneIn(3) ? random.Next(130) : 0));
            for (int i = random.Next(1, random.OneIn(10) ? 60 : 9); i > 0; i--)
            {
                text.Append(random.Any(Pieces));
            }

            comparison.Check(random.OneIn(2) ? memory.AtEnd(text.ToString().Bytes()) : memory.AtStart(text.ToString().Bytes()), random.Next());
        });
        Assert.True(comparison.Accepted > 500, $"{comparison.Accepted}");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Random_documents_with_wrong_bytes_are_accepted_as_by_the_general_reader(string width)
    {
        using GuardedMemory memory = new(1024 * 1024);
        Comparison comparison = new(width);
        Fuzz.Run(820_000, 15_000, random =>
        {
            byte[] text = (new string(' ', random.Next(70)) + Document(random, random.Next(1, 7))).Bytes();
            for (int i = random.Next(3); i > 0; i--)
            {
                text = Mutations.Mutate(random, text);
            }

            comparison.Check(random.OneIn(2) ? memory.AtEnd(text) : memory.AtStart(text), random.Next());
        });
        Assert.True(comparison.Accepted > 3_000, $"{comparison.Accepted}");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_files_of_the_JSON_test_suite_are_accepted_as_by_the_general_reader(string width)
    {
        Comparison comparison = new(width);
        int files = 0;
        foreach (string file in Directory.GetFiles(TestData.JsonTestSuite, "*.json", SearchOption.AllDirectories))
        {
            byte[] text = File.ReadAllBytes(file);
            using GuardedMemory memory = new(text.Length + 1);
            comparison.Check(memory.AtEnd(text), 0);
            comparison.Check(memory.AtStart(text), 1);
            files++;
        }

        Assert.True(files > 300, $"{files}");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sixty_four_levels_are_the_deepest(string width)
    {
        Comparison comparison = new(width);
        foreach (int depth in (int[])[1, 2, 62, 63, 64, 65, 66, 127, 128, 200])
        {
            comparison.Check(new string('[', depth).Bytes(), 0);
            foreach ((string open, string close) in ((string, string)[])[("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]"), (new string(' ', 63) + "[", "]")])
            {
                string text = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
                for (int seed = 0; seed < 8; seed++)
                {
                    comparison.Check(text.Bytes(), seed);
                    comparison.Check($"[[], {text}]".Bytes(), seed);
                }
            }
        }

        Assert.True(comparison.Accepted > 100);
    }

    [Fact]
    public void Utf8_validation_agrees_with_the_runtime()
    {
        string[] pieces = ["a", "\u007f", "\u0080", "é", "\u07ff", "\u0800", "日", "\ud7ff", "\ue000", "\uffff", "\U00010000", "🙂", "\U0010ffff", "plain text of some length, "];
        byte[][] wrong = [[0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xF0, 0x9F, 0x99], [0xC3]];
        using GuardedMemory memory = new(8192);
        int valid = 0;
        Fuzz.Run(830_000, 60_000, random =>
        {
            List<byte> text = [.. "[\"x"u8];
            for (int i = random.Next(60); i > 0; i--)
            {
                text.AddRange(random.OneIn(60) ? random.Any(wrong) : random.Any(pieces).Bytes());
            }

            byte[] bytes = [.. text];
            bytes = random.OneIn(2) ? bytes : bytes[..random.Next(bytes.Length + 1)];
            bool expected = System.Text.Unicode.Utf8.IsValid(bytes);
            valid += expected ? 1 : 0;
            Assert.True(expected == Utf8Scan.IsValid(random.OneIn(2) ? memory.AtEnd(bytes) : memory.AtStart(bytes)), ((ReadOnlySpan<byte>)bytes).Shown());
        });
        Assert.True(valid > 10_000, $"{valid}");
    }

    private static string Document(Random random, int depth)
    {
        string blank = random.Any((string[])["", "", "", " ", "\n  ", "\r\n\t"]);
        string text = depth == 0 ? random.Next(4) switch
        {
            0 => random.Any((string[])["0", "17", "-2.5", "1e9", "true", "false", "null", "123456"]),
            1 => $"\"{new string('x', random.Next(90))}\"",
            _ => random.Any((string[])["\"\"", "\"a\"", "\"a\\\\\"", "\"\\\\\\\"\"", "\"é🙂\"", "\"\\u0000\"", "\"\\ud83d\\ude42\"", "\"{]\""]),
        }
            : random.OneIn(2) ? $"[{string.Join(blank + ",", Enumerable.Range(0, random.Next(5)).Select(_ => Document(random, random.Next(depth))))}{blank}]"
            : $"{{{string.Join(",", Enumerable.Range(0, random.Next(5)).Select(i => $"{blank}\"{random.Any((string[])["a", "key", "k\\u0041", "\\\"", new string('n', random.Next(70))])}\"{blank}:{Document(random, random.Next(depth))}"))}{blank}}}";
        return blank + text + blank;
    }

    /// <summary>Reads or skips values at random, in the same way with both cursors.</summary>
    private sealed class Comparison
    {
        private readonly RandomReader _reader = new();
        private readonly StructureReader _fast;
        private readonly RecordFields _fields = new(new FieldNames(false));

        public Comparison(string width)
        {
            _fast = StructureReader.Create(_reader, width);
        }

        public int Accepted { get; private set; }

        public void Check(ReadOnlySpan<byte> text, int seed)
        {
            ReadOnlySpan<byte> value = text.TrimStart(" \t\r\n"u8);
            int leading = text.Length - value.Length;
            ReadStatus status = GeneralReader.Read(value, isFinal: true, _fields, out int length);
            bool expected = status is ReadStatus.Object or ReadStatus.OtherValue && value[length..].Trim(" \t\r\n"u8).IsEmpty
                && System.Text.Unicode.Utf8.IsValid(text) && !HasLoneSurrogate(value[..length]);
            _reader.Start(seed);
            bool actual = _fast.TryRead(text);
            string taken = _reader.Taken;
            Assert.True(expected == actual, $"{status}, but the fast path returned {actual}: {text.Shown()}");
            if (!expected)
            {
                return;
            }

            Accepted++;
            _reader.Start(seed);
            _fast.ReadPlain(text);
            Assert.True(_reader.Taken == taken, $"{text.Shown()}\nexpected {_reader.Taken}\nactual   {taken}");
        }

        private static bool HasLoneSurrogate(ReadOnlySpan<byte> value)
        {
            Utf8JsonReader reader = new(value);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && JsonString.HasLoneSurrogate(reader.ValueSpan))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private sealed class RandomReader : IValueReader
    {
        private readonly StringBuilder _taken = new();
        private Random _random = new(0);

        public string Taken => _taken.ToString();

        public void Start(int seed)
        {
            _random = new Random(seed);
            _taken.Clear();
        }

        public void Read<TCursor>(ref TCursor cursor)
            where TCursor : struct, IValueCursor, allows ref struct
        {
            if (_random.OneIn(3) || cursor.First is not ((byte)'{' or (byte)'[' or (byte)'"'))
            {
                _taken.Append((char)cursor.First).Append(" skipped ");
                cursor.Skip();
            }
            else if (cursor.First == '"')
            {
                _taken.Append(cursor.TakeString()).Append(' ');
            }
            else if (cursor.First == '{')
            {
                cursor.Enter();
                while (cursor.NextMember(out ReadOnlySpan<byte> name))
                {
                    _taken.Append(name.Shown()).Append(": ");
                    Read(ref cursor);
                }

                _taken.Append("} ");
            }
            else
            {
                cursor.Enter();
                while (cursor.NextItem())
                {
                    Read(ref cursor);
                }

                _taken.Append("] ");
            }
        }
    }
}
