using FastIngest.Dialects.Protobuf;
using FastIngest.Pipeline;
using FastIngest.Tests.Support;
using FastIngest.V1;
using Google.Protobuf;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects.Protobuf;

/// <summary>Damaged and hostile files: each frame that cannot be read is named with its place, and the others are read.</summary>
public sealed class ProtobufDamageTests() : ExportSetTests("protobuf")
{
    [Fact]
    public void A_file_that_ends_anywhere_is_accounted_for() => Damaged.EndsAnywhere(Set, new ProtobufDialect(), Folder);

    [Fact]
    public void Damage_anywhere_is_accounted_for() => Damaged.Anywhere(Set, new ProtobufDialect(), Folder);

    /// <summary>Every end of a small file: what is before it is read, and the file is named as cut off.</summary>
    [Fact]
    public void Every_end_of_a_small_file_is_noticed()
    {
        byte[] whole = ProtobufFile.Of(ProtobufFile.HeartRates(), ProtobufFile.HeartRates());
        int end = whole.Length - ProtobufFile.Delimited(ProtobufFile.End()).Length;
        int second = ProtobufFile.Delimited(ProtobufFile.Header(), new Frame { Sync = ProtobufFile.Sync, Batch = ProtobufFile.HeartRates() }).Length;
        for (int length = 1; length < whole.Length; length++)
        {
            RunResult run = Read(whole[..length]);
            Assert.Equal([Folder.File("damaged.pb")], run.Report.CutOff);
            Assert.Equal(length >= end ? 6 : length >= second ? 3 : 0, run.Report.Aggregated);
            Assert.Equal(1, run.Report.Rejected);
        }
    }

    /// <summary>Every byte of a small file changed: at most one batch is lost, unless the numbers in it are the damage.</summary>
    [Fact]
    public void Every_changed_byte_of_a_small_file_costs_at_most_one_batch()
    {
        byte[] whole = ProtobufFile.Of(ProtobufFile.HeartRates(), ProtobufFile.HeartRates(), ProtobufFile.HeartRates());
        for (int at = 0; at < whole.Length; at++)
        {
            foreach (byte change in (byte[])[0x01, 0x80, 0xFF])
            {
                byte[] changed = [.. whole];
                changed[at] ^= change;
                RunResult run = Read(changed);
                Assert.True(run.Report.Aggregated >= 6, $"byte {at} ^ {change}: {run.Report.Aggregated}");
                Assert.Equal(run.Report.Records, run.Report.Aggregated + run.Report.Rejected);
            }
        }
    }

    [Fact]
    public void A_damaged_batch_is_named_with_its_place_and_the_others_are_read()
    {
        Batch damaged = ProtobufFile.HeartRates();
        damaged.TimeForm[0] = 9;
        byte[] before = ProtobufFile.Delimited(ProtobufFile.Header(), Framed(ProtobufFile.HeartRates()));
        RunResult run = Read([.. before, .. ProtobufFile.Delimited(Framed(damaged), Framed(ProtobufFile.HeartRates()), ProtobufFile.End())]);
        Assert.Equal((6, 1), (run.Report.Aggregated, run.Report.Rejected));
        Assert.Contains("\"invalid_protobuf\"", run.Rejects, StringComparison.Ordinal);
        Assert.Matches($"\"offset\": ?{before.Length}\\b", run.Rejects);
        Assert.Contains("damaged.pb", run.Rejects, StringComparison.Ordinal);
    }

    public static TheoryData<string> Changes => [.. Damage.Keys];

    private static Dictionary<string, Action<Batch>> Damage { get; } = new()
    {
        ["no category"] = b => b.Category = Category.Unspecified,
        ["an unknown category"] = b => b.Category = (Category)99,
        ["no records"] = b => b.Records = 0,
        ["more records than values"] = b => b.Records = 4,
        ["fewer records than values"] = b => b.Records = 2,
        ["4 billion records"] = b => b.Records = uint.MaxValue,
        ["an index outside the table"] = b => b.User[0] = 3,
        ["a huge index"] = b => b.User[0] = uint.MaxValue,
        ["an unknown form of time"] = b => b.Texts[1] = "Tmm:hh",
        ["a form that is no time"] = b => b.Texts[1] = "!soon",
        ["a form with a long tail"] = b => b.Texts[1] = "Thh:mm:ss" + new string('+', 100),
        ["a fraction of seven digits"] = b => b.Texts[1] = "Thh:mm:ss.fffffff",
        ["a time before the year 1"] = b => b.Time[0] = -1,
        ["a time after the year 9999"] = b => b.Time[0] = long.MaxValue,
        ["a huge unit"] = b => b.TimeUnit = ulong.MaxValue,
        ["a product that overflows"] = b => b.TimeUnit = 1UL << 60,
        ["a day before the year 1"] = b => b.DayOffset.Add(-800_000),
        ["a day after the year 9999"] = b => b.DayOffset.Add(int.MaxValue),
        ["two columns for one number"] = b => b.Numbers.Add(new Numbers()),
        ["a number out of range"] = b => b.Numbers[0].Values[1] = long.MaxValue,
        ["the smallest number"] = b => b.Numbers[0].Values[1] = long.MinValue,
        ["a huge scale"] = b => b.Numbers[0].Scale = ulong.MaxValue,
        ["too many bits of presence"] = b => b.Numbers[0].Present = ByteString.CopyFrom(7, 0),
        ["bits after the last record"] = b => b.Numbers[0].Present = ByteString.CopyFrom(15),
        ["fewer numbers than bits"] = b => b.Numbers[0].Values.RemoveAt(0),
        ["more numbers than bits"] = b => b.Numbers[0].Present = ByteString.CopyFrom(3),
        ["names without a count"] = b => b.Name.Add(1),
        ["a count without names"] = b => b.NameCount.Add(1),
        ["4 billion names"] = b => b.NameCount.Add(uint.MaxValue),
        ["a sample without a metric"] = b => b.Category = Category.Samples,
        ["a metric without the end of its unit"] = b =>
        {
            b.Category = Category.Samples;
            b.Texts[0] = "a [";
            b.Text1.Add(1);
        },
        ["a long text that all records share"] = b =>
        {
            b.Texts.Add(new string('x', 100_000));
            b.User[0] = 3;
            b.Records = 60_000;
            b.Time.Clear();
            b.Time.Add(Enumerable.Repeat(1L, 60_000));
            b.Numbers[0].Values.Clear();
            b.Numbers[0].Values.Add(60);
        },
    };

    /// <summary>One damaged batch between two others is rejected, and nothing else is lost.</summary>
    [Theory]
    [MemberData(nameof(Changes))]
    public void A_batch_whose_columns_do_not_fit_is_rejected(string change)
    {
        Batch damaged = ProtobufFile.HeartRates();
        Damage[change](damaged);
        RunResult run = Read(ProtobufFile.Of(ProtobufFile.HeartRates(), damaged, ProtobufFile.HeartRates()));
        Assert.Equal((6, 1), (run.Report.Aggregated, run.Report.Rejected));
        Assert.Contains("\"invalid_protobuf\"", run.Rejects, StringComparison.Ordinal);
        Assert.Empty(run.Report.CutOff);
    }

    public static TheoryData<string> Bytes => [.. Wire.Keys];

    /// <summary>What may stand in the place of a batch, as bytes of a frame.</summary>
    private static Dictionary<string, byte[]> Wire { get; } = new()
    {
        ["a number that is cut off"] = [0x22, 0x02, 0x08, 0x86],
        ["a number of eleven bytes"] = [0x22, 0x0C, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        ["a number above 64 bits"] = [0x22, 0x0B, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
        ["a length beyond the end"] = [0x22, 0x7F, 0x08],
        ["a huge length"] = [0x22, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x08],
        ["a field with the number 0"] = [0x22, 0x02, 0x00, 0x01],
        ["a wrong wire type"] = [0x22, 0x02, 0x22, 0x00, 0x1D, 1, 2, 3, 4],
        ["an unknown wire type"] = [0x22, 0x02, 0x0F, 0x00],
        ["a group without an end"] = [0x22, 0x03, 0xA3, 0x06, 0x01],
        ["a group that never opened"] = [0x22, 0x02, 0xA4, 0x06],
        ["groups in groups without end"] = [0x22, 0xC8, 0x01, .. Enumerable.Repeat((byte)0xA3, 100).SelectMany(b => (byte[])[b, 0x06])],
        ["nothing"] = [],
        ["two kinds of content"] = [0x1A, 0x00, 0x2A, 0x00],
    };

    [Theory]
    [MemberData(nameof(Bytes))]
    public void A_message_that_breaks_the_wire_format_is_rejected(string name)
    {
        byte[] frame = [0x09, 0x89, 0x46, 0x49, 0x52, 0x0D, 0x0A, 0x1A, 0x96, .. Wire[name]];
        using MemoryStream length = new();
        using CodedOutputStream output = new(length);
        output.WriteLength(frame.Length);
        output.Flush();
        RunResult run = Read(
        [
            .. ProtobufFile.Delimited(ProtobufFile.Header(), Framed(ProtobufFile.HeartRates())), .. length.ToArray(), .. frame,
            .. ProtobufFile.Delimited(Framed(ProtobufFile.HeartRates()), ProtobufFile.End()),
        ]);
        Assert.Equal((6, 1), (run.Report.Aggregated, run.Report.Rejected));
        Assert.Contains("\"invalid_protobuf\"", run.Rejects, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_no_UTF_8_rejects_its_batch()
    {
        byte[] file = ProtobufFile.Of(ProtobufFile.HeartRates(), ProtobufFile.HeartRates());
        file[file.AsSpan().IndexOf("ada"u8)] = 0xFF;
        RunResult run = Read(file);
        Assert.Equal((3, 1), (run.Report.Aggregated, run.Report.Rejected));
        Assert.Contains("\"invalid_text\"", run.Rejects, StringComparison.Ordinal);
    }

    /// <summary>Zeros, random bytes and text between frames: reading continues with the next frame.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(600_000)]
    public void Bytes_between_frames_cost_no_frame(int length)
    {
        byte[] random = new byte[length];
        new Random(length).NextBytes(random);
        byte[] first = ProtobufFile.Delimited(ProtobufFile.Header(), Framed(ProtobufFile.HeartRates()));
        byte[] second = ProtobufFile.Delimited(Framed(ProtobufFile.HeartRates()), ProtobufFile.End());
        foreach (byte[] between in (byte[][])[new byte[length], random, [.. Enumerable.Repeat((byte)'{', length)], [.. Enumerable.Repeat((byte)0xFF, length)]])
        {
            RunResult run = Read([.. first, .. between, .. second]);
            Assert.Equal(6, run.Report.Aggregated);
            Assert.InRange(run.Report.Rejected, 1, 2);
        }
    }

    [Fact]
    public void A_length_that_is_too_large_rejects_its_frame_and_no_other()
    {
        byte[] file = ProtobufFile.Of(ProtobufFile.HeartRates(), ProtobufFile.HeartRates(), ProtobufFile.HeartRates());
        int second = ProtobufFile.Delimited(ProtobufFile.Header(), Framed(ProtobufFile.HeartRates())).Length;
        foreach (byte[] length in (byte[][])[[0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0x7F]])
        {
            RunResult run = Read([.. file[..second], .. length, .. file[(second + 1)..]]);
            Assert.Equal((6, 1), (run.Report.Aggregated, run.Report.Rejected));
        }
    }

    [Fact]
    public void A_second_header_is_rejected_and_the_records_after_it_are_read()
    {
        byte[] file = ProtobufFile.Of(ProtobufFile.HeartRates());
        RunResult run = Read([.. file, .. file]);
        Assert.Equal((6, 1), (run.Report.Aggregated, run.Report.Rejected));
    }

    [Fact]
    public void A_record_that_the_rules_reject_names_its_batch()
    {
        Batch batch = ProtobufFile.HeartRates();
        batch.User[0] = 0;
        RunResult run = Read(ProtobufFile.Of(batch, ProtobufFile.HeartRates()));
        Assert.Equal((3, 3), (run.Report.Aggregated, run.Report.Rejected));
        Assert.Contains("\"no_user_id\"", run.Rejects, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_version_is_an_error_that_says_what_to_do()
    {
        Frame header = ProtobufFile.Header();
        header.Header.Version = 2;
        IngestException fault = Assert.Throws<IngestException>(() => Read(ProtobufFile.Delimited(header, ProtobufFile.End())));
        Assert.Contains("version 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_kind_that_is_forced_to_be_read_is_rejected_as_a_whole()
    {
        RunResult run = Read(File.ReadAllBytes(Path.Combine(TestData.Health("default"), "sleep.json")));
        Assert.Equal((0, 1), (run.Report.Aggregated, run.Report.Rejected));
    }

    private static Frame Framed(Batch batch) => new() { Sync = ProtobufFile.Sync, Batch = batch };

    /// <summary>Reads a file whole and in small chunks, which must not differ.</summary>
    private RunResult Read(byte[] file)
    {
        string path = Folder.Write("damaged.pb", file);
        RunResult whole = Run.Ingest(new IngestOptions { Paths = [path], From = new ProtobufDialect(), Workers = 1 });
        RunResult chunks = Run.Ingest(new IngestOptions { Paths = [path], From = new ProtobufDialect(), Workers = 2, ChunkBytes = file.Length > 10_000 ? 5000 : 16 });
        Same.Text(whole.Rows, chunks.Rows, "the rows in small chunks");
        Same.Text(whole.Rejects, chunks.Rejects, "the rejects in small chunks");
        return whole;
    }
}
