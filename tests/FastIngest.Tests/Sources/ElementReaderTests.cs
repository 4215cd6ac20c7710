using System.Runtime.ExceptionServices;
using FastIngest.Json;
using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Sources;

public sealed class ElementReaderTests
{
    /// <summary>Documents and their elements in order; rejected elements are prefixed with their status.</summary>
    public static TheoryData<string, string[]> Documents => new()
    {
        { "", [] },
        { " \n\t ", [] },
        { "[]", [] },
        { "[{\"a\":1},{\"a\":2}]", ["{\"a\":1}", "{\"a\":2}"] },
        { "{\"a\":1}\n{\"a\":2}\r\n{\"a\":3}", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"] },
        { "{\"a\":1}{\"a\":2},,{\"a\":3} , {\"a\":4}", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}", "{\"a\":4}"] },
        { "\uFEFF[{\"a\":1}]", ["{\"a\":1}"] },
        { "[{\"a\":1}]\n[{\"a\":2}] {\"a\":3}", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"] },
        { "[1, \"x\", [2], null, {\"a\":1}]", ["OtherValue:1", "OtherValue:\"x\"", "OtherValue:[2]", "OtherValue:null", "{\"a\":1}"] },
        { "{\"d\": [{\"a\":1}, {\"a\":2}], \"rest\": [{\"a\":3}]} {\"a\":4}", ["{\"a\":1}", "{\"a\":2}"] },
        { "{\"d\": [{\"a\":1}, [3]] ignored {{{", ["{\"a\":1}", "OtherValue:[3]"] },
        { "{\"a\":1}]{\"a\":2}", ["{\"a\":1}", "Invalid:]{\"a\":2}"] },
        { "{\"a\":1}]\n{\"a\":2}", ["{\"a\":1}", "Invalid:]", "{\"a\":2}"] },
        { "[{\"a\":1, {\"a\":2}, {\"a\":3}]", ["Invalid:{\"a\":1,", "{\"a\":2}", "{\"a\":3}"] },
        { "{\"a\":\"x}\n{\"a\":2}\n{\"a\":3}", ["Invalid:{\"a\":\"x}", "{\"a\":2}", "{\"a\":3}"] },
        { "{\"a\":1}\n{\"a\":\n{\"a\":3}\n{\"a\":4}", ["{\"a\":1}", "Invalid:{\"a\":", "{\"a\":3}", "{\"a\":4}"] },
        { "garbage\n{\"a\":2}", ["Invalid:garbage", "{\"a\":2}"] },
        { "garbage {\"a\":2}\n{\"a\":3}", ["Invalid:garbage {\"a\":2}", "{\"a\":3}"] },
        { "garbage", ["Invalid:garbage"] },
        { "{\"a\":1", ["Invalid:{\"a\":1"] },
        { "[{\"a\":1},\n{\"a\":", ["{\"a\":1}", "Invalid:{\"a\":"] },
        { "{\"a\":01},\n{\"a\":2}", ["Invalid:{\"a\":01},", "{\"a\":2}"] },
        { "{\"a\":\"\\ud800\"}{\"a\":2}", ["InvalidText:{\"a\":\"\\ud800\"}", "{\"a\":2}"] },
        { "[{\"a\":1}] [{\"a\":2}] {\"a\":3} ] [{\"a\":4}]", ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}", "Invalid:] [", "{\"a\":4}", "Invalid:]"] },
        { "{\"a\":1}\n]", ["{\"a\":1}", "Invalid:]"] },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_has_the_elements_that_the_rules_define(string text, string[] expected)
    {
        foreach (IoMode mode in (IoMode[])[IoMode.Pread, IoMode.Mmap])
        {
            using Document document = new(text.Bytes(), mode: mode);
            Assert.Equal(expected, document.Texts(document.ReadWhole()));
        }
    }

    [Theory]
    [InlineData("{\"},")]
    [InlineData(",{\"a\":1")]
    [InlineData("\n{\"user_id\":\"")]
    [InlineData("{\"a\":01},{\"a\":tru},{\"a\":\"\\x\"},{\"a\":[1,]},{\"a\" 1},{\"a\":1}},{},\n")]
    public void Damaged_elements_cost_no_exception_each(string damage)
    {
        const int Repeats = 5000;
        int thread = Environment.CurrentManagedThreadId;
        int faults = 0;
        using Document document = new(("[" + string.Concat(Enumerable.Repeat(damage, Repeats))).Bytes());
        AppDomain.CurrentDomain.FirstChanceException += Count;
        document.ReadWhole();
        AppDomain.CurrentDomain.FirstChanceException -= Count;
        Assert.InRange(faults, 1, 100);

        void Count(object? sender, FirstChanceExceptionEventArgs e) => faults += Environment.CurrentManagedThreadId == thread ? 1 : 0;
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_read_in_pieces_cut_anywhere_has_the_same_elements(string text, string[] expected)
    {
        byte[] bytes = text.Bytes();
        using Document document = new(bytes);
        for (int first = 0; first <= bytes.Length; first++)
        {
            Assert.Equal(expected, document.Texts(document.ReadInPieces(first)));
            for (int second = first; second <= bytes.Length; second++)
            {
                Assert.Equal(expected, document.Texts(document.ReadInPieces(first, second)));
            }
        }

        Assert.Equal(expected, document.Texts(document.ReadInPieces([.. Enumerable.Range(0, bytes.Length)])));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_has_the_same_elements_when_the_reader_knows_shapes_and_gaps_of_other_files(string text, string[] expected)
    {
        // Enough bytes follow for the fast path. One reader reads several files, as in the map stage.
        using Document document = new([.. text.Bytes(), .. new string(' ', 200).Bytes()]);
        ElementReader reader = document.Reader();
        for (int lap = 0; lap < 3; lap++)
        {
            List<Element> elements = [];
            document.Window.MoveTo(0, text.Length + 200);
            reader.Start(document.Head, text.Bytes().Length + 200);
            Document.Read(reader, elements);
            Assert.Equal(expected, document.Texts(elements));
        }
    }

    [Fact]
    public void The_reader_state_decides_the_meaning_of_a_bracket_between_records()
    {
        string record = $"{{\"a\":\"{new string('x', 50)}\"}}";
        using Document document = new($"[{record}]\n[{record}]\n[{record}]\n{record}]\n[{record}{new string(' ', 200)}".Bytes());
        List<Element> elements = document.ReadWhole();
        Assert.Equal([ReadStatus.Object, ReadStatus.Object, ReadStatus.Object, ReadStatus.Object, ReadStatus.Invalid, ReadStatus.Object], elements.Select(e => e.Status));
    }

    [Fact]
    public void An_element_that_is_too_large_ends_at_its_bracket_or_reading_resumes()
    {
        string big = new('x', 100);
        Check($"[{{\"a\":\"{big}\"}},{{\"a\":2}}]", ["TooLarge", "{\"a\":2}"]);
        Check($"\"{big}{big}\" {{\"a\":2}}", ["TooLarge", "{\"a\":2}"]);
        Check($"[{{\"a\":[{{\"b\":\"{big}\\\"}}]\"}}]}},\n{{\"a\":2}}]", ["TooLarge", "{\"a\":2}"]);
        Check($"{{\"a\":[1,\n{string.Join(",\n", Enumerable.Repeat("{\"a\":2}", 100))}", ["TooLarge", "{\"a\":2}"], atLeast: true);
        Check($"{new string('7', 100)}\n{{\"a\":2}}", ["TooLarge", "{\"a\":2}"]);

        static void Check(string text, string[] expected, bool atLeast = false)
        {
            using Document document = new(text.Bytes(), 64);
            List<Element> elements = document.ReadWhole();
            string[] found = [.. elements.Zip(document.Texts(elements), (e, t) => e.Status == ReadStatus.TooLarge ? "TooLarge" : t)];
            Assert.Equal(expected, atLeast ? found.Distinct() : found);
            for (int cut = 0; cut < text.Length; cut++)
            {
                Assert.Equal(elements, document.ReadInPieces(cut));
            }
        }
    }

    [Fact]
    public void A_record_of_exactly_the_maximum_size_is_read()
    {
        foreach (int size in (int[])[63, 64, 65])
        {
            string record = $"{{\"a\":\"{new string('x', size - 8)}\"}}";
            using Document document = new($"{record}\n{record}{new string(' ', 300)}".Bytes(), 64);
            Assert.Equal(Enumerable.Repeat(size <= 64 ? ReadStatus.Object : ReadStatus.TooLarge, 2), document.ReadWhole().Select(e => e.Status));
        }
    }

    [Fact]
    public async Task Hostile_braces_cost_a_bounded_number_of_reads_per_byte()
    {
        foreach (string text in (string[])[new string('{', 200_000), string.Concat(Enumerable.Repeat("{\n", 100_000)), string.Concat(Enumerable.Repeat("{\"a\":[", 40_000)), "x" + new string(' ', 3_000_000) + "{}"])
        {
            using Document document = new(text.Bytes(), 1000);
            await Task.Run(document.ReadWhole, TestContext.Current.CancellationToken).WaitAsync(Poll.Deadline, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Random_documents_read_in_random_pieces_have_the_same_elements() => Fuzz.Run(700_000, 400, random =>
    {
        IReadOnlyList<byte[]> corpus = HealthRecords.Of(FastIngest.Health.Category.Nutrition);
        string[] separators = ["\n", ",\n  ", "", " ", "]\n[", ",", "]", "[", " x ", "\r\n"];
        string usual = random.Any(separators);
        byte[] bytes = random.OneIn(4) ? "{\"d\": ["u8.ToArray() : random.OneIn(2) ? "["u8.ToArray() : [];
        for (int i = random.Next(20); i > 0; i--)
        {
            byte[] record = random.Any(corpus);
            record = random.OneIn(5) ? Mutations.Mutate(random, record) : record;
            bytes = [.. bytes, .. record, .. (random.OneIn(8) ? random.Any(separators) : usual).Bytes()];
        }

        using Document document = new(bytes, random.OneIn(2) ? 100 : 100_000);
        List<Element> whole = document.ReadWhole();
        for (int i = 0; i < 8; i++)
        {
            int[] cuts = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(bytes.Length + 1)).Order()];
            Assert.Equal(whole, document.ReadInPieces(cuts));
        }
    });
}
