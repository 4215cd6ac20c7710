using System.IO.Compression;
using System.Text;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sources.Compression;
using FastIngest.Tests.Support;
using SharpCompress.Compressors.BZip2;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Pipeline;

/// <summary>Compressed health files produce the same rows and rejects as uncompressed ones, for any chunk boundaries.</summary>
public sealed class CompressedInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Endings => [".gz", ".zst", ".bz2", ".zip"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Endings))]
    public void A_sample_set_that_is_compressed_gives_its_expected_rows(string ending)
    {
        string set = TestData.Health("quirks");
        RunResult plain = Run.Ingest(new IngestOptions { Paths = [set] });
        foreach (string file in Directory.GetFiles(set).Where(f => HealthFileNames.CategoryOf(Path.GetFileName(f)) is not null))
        {
            _folder.Write(Path.GetFileName(file) + ending, Pack(File.ReadAllBytes(file), ending, Path.GetFileName(file)));
        }

        foreach ((int workers, int chunkBytes, IngestMode mode) in ((int, int, IngestMode)[])[(1, 0, IngestMode.Optimized), (7, 64, IngestMode.Optimized), (2, 1000, IngestMode.Optimized), (1, 0, IngestMode.Original)])
        {
            RunResult run = Run.Ingest(new IngestOptions { Paths = [_folder.Path], Workers = workers, ChunkBytes = chunkBytes, Mode = mode });
            Same.Text(plain.Rows, run.Rows, $"{ending}, {workers} workers, {chunkBytes} bytes, {mode}");
            Same.Text(WithoutFiles(plain.Rejects), WithoutFiles(run.Rejects), $"{ending}, {workers} workers, {chunkBytes} bytes, {mode}");
        }
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void A_file_of_many_pieces_is_read_whole_and_rejects_keep_their_lines(string ending)
    {
        const int Records = 150_000;
        StringBuilder text = new("[\n");
        for (int i = 0; i < Records; i++)
        {
            text.Append(i % 10_000 == 9_999 ? "{\"user_id\": \"u\"},\n" : $"{{\"user_id\": \"u{i / 5000}\", \"date_time\": \"2024-01-0{1 + (i % 3)} 10:00:00\", \"value\": {60 + (i % 50)}}},\n");
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.Append(']').ToString());
        Assert.True(bytes.Length > 8 << 20);
        RunResult plain = Run.Ingest(new IngestOptions { Paths = [_folder.Write("heart_rate.json", bytes)], Workers = 2 });
        string packed = _folder.Write("heart_rate.json" + ending, Pack(bytes, ending, "heart_rate.json"));
        RunResult run = Run.Ingest(new IngestOptions { Paths = [packed], Workers = 3, ChunkBytes = 300_000 });
        Assert.Equal(Records, run.Report.Records);
        Same.Text(plain.Rows, run.Rows, ending);
        Same.Text(WithoutFiles(plain.Rejects), WithoutFiles(run.Rejects), ending);
    }

    [Fact]
    public void A_file_whose_blocks_are_decompressed_at_the_same_time_gives_the_rows_and_rejects_of_the_plain_file()
    {
        StringBuilder text = new("[\n");
        for (int i = 0; i < 60_000; i++)
        {
            text.Append(i % 7_000 == 6_999 ? "{\"user_id\": \"u\"},\n" : $"{{\"user_id\": \"u{i / 5000}\", \"date_time\": \"2024-01-0{1 + (i % 3)} 10:00:00\", \"value\": {60 + (i % 50)}}},\n");
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.Append(']').ToString());
        RunResult plain = Run.Ingest(new IngestOptions { Paths = [_folder.Write("heart_rate.json", bytes)], Workers = 1 });
        foreach (string form in PackedBlocks.Forms)
        {
            string packed = _folder.Write("heart_rate.json" + form[form.LastIndexOf('.')..], PackedBlocks.Of(form, bytes, 65_000));
            foreach ((int workers, int chunkBytes, long memory) in ((int, int, long)[])[(1, 0, 256 << 20), (2, 300_000, 256 << 20), (3, 1 << 20, 64 << 20), (7, 100_000, 1 << 30)])
            {
                RunResult run = Run.Ingest(new IngestOptions { Paths = [packed], Workers = workers, ChunkBytes = chunkBytes, MemoryLimitBytes = memory });
                Same.Text(plain.Rows, run.Rows, $"{form}, {workers} workers");
                Same.Text(WithoutFiles(plain.Rejects), WithoutFiles(run.Rejects), $"{form}, {workers} workers");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void Files_that_are_decompressed_at_the_same_time_give_the_rows_of_plain_files(string ending)
    {
        string plainFolder = Directory.CreateDirectory(_folder.File("plain")).FullName;
        string packedFolder = Directory.CreateDirectory(_folder.File("packed")).FullName;
        for (int file = 0; file < 5; file++)
        {
            string name = $"heart_rate_{file}.json";
            byte[] bytes = Encoding.UTF8.GetBytes("[" + string.Join(",\n", Enumerable.Range(0, 9000 * (file + 1)).Select(
                i => $"{{\"user_id\":\"u{i % 7}\",\"date_time\":\"2024-01-{10 + file} 10:{i / 60 % 60:00}:{i % 60:00}\",\"value\":{60 + (i % 50)}}}")) + "]");
            File.WriteAllBytes(Path.Combine(plainFolder, name), bytes);
            File.WriteAllBytes(Path.Combine(packedFolder, name + ending), Pack(bytes, ending, name));
        }

        RunResult plain = Run.Ingest(new IngestOptions { Paths = [plainFolder], Workers = 1 });
        Assert.Equal(9000 * (1 + 2 + 3 + 4 + 5), plain.Report.Records);
        foreach ((int workers, int chunkBytes) in ((int, int)[])[(1, 0), (2, 20_000), (5, 300_000), (7, 0)])
        {
            RunResult run = Run.Ingest(new IngestOptions { Paths = [packedFolder], Workers = workers, ChunkBytes = chunkBytes });
            Same.Text(plain.Rows, run.Rows, $"{ending}, {workers} workers, {chunkBytes} bytes");
            Assert.Equal(plain.Report.Records, run.Report.Records);
        }
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void A_file_that_is_cut_or_damaged_is_a_fault_that_names_it(string ending)
    {
        byte[] packed = Pack(Encoding.UTF8.GetBytes("[" + string.Join(",", Enumerable.Range(0, 2000).Select(i => $"{{\"user_id\":\"{i * 7919 % 1000}\",\"date\":\"2024-01-01\",\"total_sleep\":{i % 13}}}")) + "]"), ending, "sleep.json");
        string path = _folder.File("sleep.json" + ending);
        foreach (int missing in (int[])[1, 2, 4, 9, 20, packed.Length / 2])
        {
            File.WriteAllBytes(path, packed[..^missing]);
            IngestException fault = Assert.Throws<IngestException>(() => Run.Ingest(new IngestOptions { Paths = [path] }));
            Assert.Contains("cannot be decompressed", fault.Message, StringComparison.Ordinal);
            Assert.Contains("sleep.json" + ending, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Several_members_and_frames_are_one_file()
    {
        string[] parts = ["[{\"user_id\":\"a\",\"date\":\"2024-01-01\"},", "{\"user_id\":\"b\",\"date\":\"2024-01-01\"}", ",{\"user_id\":\"c\",\"date\":\"2024-01-01\"}]"];
        foreach (string ending in (string[])[".gz", ".zst", ".bz2"])
        {
            string path = _folder.Write("sleep.json" + ending, parts.SelectMany(p => Pack(Encoding.UTF8.GetBytes(p), ending, "")).ToArray());
            Assert.Equal(3, Run.Ingest(new IngestOptions { Paths = [path] }).Report.Records);
        }
    }

    [Fact]
    public void The_content_shows_the_compression_whatever_the_name_is()
    {
        string path = _folder.Write("sleep.json", Pack("[{\"user_id\":\"a\",\"date\":\"2024-01-01\"}]"u8.ToArray(), ".gz", ""));
        Assert.Equal(1, Run.Ingest(new IngestOptions { Paths = [path] }).Report.Records);
        string unpacked = _folder.Write("workouts.json.gz", "[{\"user_id\":\"a\",\"date\":\"2024-01-01\"}]"u8);
        Assert.Equal(1, Run.Ingest(new IngestOptions { Paths = [unpacked] }).Report.Records);
        string wrong = _folder.Write("activities.json.zst", "no records"u8);
        IngestException fault = Assert.Throws<IngestException>(() => Run.Ingest(new IngestOptions { Paths = [wrong] }));
        Assert.Contains("not a zstd file", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_grows_beyond_the_limit_is_a_fault()
    {
        byte[] bytes = new byte[70 << 20];
        bytes.AsSpan().Fill((byte)' ');
        string path = _folder.Write("sleep.json.gz", Pack(bytes, ".gz", ""));
        IngestException fault = Assert.Throws<IngestException>(() => Run.Ingest(new IngestOptions { Paths = [path], Expansion = new ExpansionLimit(100) }));
        Assert.Contains("more than 100 times its size", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--max-expansion", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Released_blanks_still_show_where_a_record_may_begin()
    {
        // After broken text, reading resumes at a brace after a line feed or a comma, with any number of blanks between them.
        foreach (string between in (string[])["\n", ",", ":"])
        {
            byte[] bytes = Encoding.UTF8.GetBytes("[{\"user_id\": x" + between + new string(' ', 12 << 20) + "{\"user_id\":\"a\",\"date\":\"2024-01-01\"}]");
            RunResult plain = Run.Ingest(new IngestOptions { Paths = [_folder.Write("sleep.json", bytes)], Workers = 1 });
            RunResult run = Run.Ingest(new IngestOptions { Paths = [_folder.Write("sleep.json.zst", Pack(bytes, ".zst", ""))], Workers = 2, ChunkBytes = 1 << 20 });
            Same.Text(plain.Rows, run.Rows, between);
            Assert.Equal(plain.Report.Rejected, run.Report.Rejected);
        }
    }

    [Fact]
    public void An_archive_holds_known_files_in_folders_and_others_that_are_not_read()
    {
        string path = _folder.File("export.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add(archive, "export/sleep.json", "[{\"user_id\":\"a\",\"date\":\"2024-01-01\"}]");
            Add(archive, "export/deep/activities.csv", "user_id,date\na,2024-01-01\n");
            Add(archive, "export/readme.txt", "hello");
        }

        RunResult run = Run.Ingest(new IngestOptions { Paths = [path], Workers = 2 });
        Assert.Equal((2, 1), (run.Report.Records, run.Report.Rows));
    }

    [Fact]
    public void A_damaged_member_of_an_archive_is_a_fault_even_if_it_has_the_right_length()
    {
        string path = _folder.File("export.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using Stream stream = archive.CreateEntry("sleep.json", CompressionLevel.NoCompression).Open();
            stream.Write("[{\"user_id\":\"a\",\"date\":\"2024-01-01\",\"total_sleep\":7}]"u8);
        }

        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf(":7}"u8) + 1] = (byte)'8';
        File.WriteAllBytes(path, bytes);

        IngestException fault = Assert.Throws<IngestException>(() => Run.Ingest(new IngestOptions { Paths = [path], Workers = 2 }));
        Assert.Contains("export.zip/sleep.json", fault.Message, StringComparison.Ordinal);
        Assert.Contains("the checksum of the member is wrong: the data is damaged", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_with_one_name_are_all_read()
    {
        string path = _folder.File("export.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add(archive, "sleep.json", "[{\"user_id\":\"a\",\"date\":\"2024-01-01\"}]");
            Add(archive, "sleep.json", "[{\"user_id\":\"a\",\"date\":\"2024-01-02\"}, {\"user_id\":\"b\",\"date\":\"2024-01-02\"}]");
            Add(archive, "sleep.json (2)", "no data");
        }

        RunResult run = Run.Ingest(new IngestOptions { Paths = [path], Workers = 2 });

        Assert.Equal((3, 3), (run.Report.Records, run.Report.Rows));

    }

    /// <summary>Whether the archive is named or found in a folder makes no difference.</summary>
    [Fact]
    public void A_damaged_archive_ends_the_run_and_says_where()
    {
        byte[] zip = Pack("[{\"user_id\":\"a\",\"date\":\"2024-01-01\"}]"u8.ToArray(), ".zip", "sleep.json");
        int directory = zip.AsSpan().IndexOf("PK\u0001\u0002"u8);
        (byte[] Bytes, string Problem)[] cases =
        [
            .. Enumerable.Range(1, zip.Length - 1).Select(cut => (zip[..cut], $"it is cut off at byte {cut}: the directory at its end is missing")),
            ([.. zip, 1, 2, 3], $"its end is at byte {zip.Length}, and 3 bytes that do not belong to it follow"),
            ([.. zip[..(directory - 5)], .. zip[directory..]], $"its directory begins at byte {directory}, and the file has {zip.Length - 5} bytes"),
            ("hello"u8.ToArray(), "it is not a zip archive"),
        ];
        _folder.Write("sleep-2.json", "[]"u8.ToArray());
        foreach ((byte[] bytes, string problem) in cases)
        {
            string path = _folder.Write("export.zip", bytes);
            foreach (string input in (string[])[path, _folder.Path])
            {
                IngestException fault = Assert.Throws<IngestException>(() => Run.Ingest(new IngestOptions { Paths = [input], Workers = 1 }));
                Assert.Contains(path, fault.Message, StringComparison.Ordinal);
                Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
            }
        }
    }

    private static string WithoutFiles(string rejects) => string.Join('\n', rejects.Split('\n').Select(l => l.Length == 0 ? l : l[l.IndexOf("\"category\"", StringComparison.Ordinal)..]));

    private static void Add(ZipArchive archive, string name, string text)
    {
        using Stream stream = archive.CreateEntry(name).Open();
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    private static byte[] Pack(byte[] bytes, string ending, string name)
    {
        using MemoryStream packed = new();
        switch (ending)
        {
            case ".gz":
                using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
                {
                    gzip.Write(bytes);
                }

                break;
            case ".zst":
                using (ZstdSharp.CompressionStream zstd = new(packed, 3, leaveOpen: true))
                {
                    zstd.Write(bytes);
                }

                break;
            case ".bz2":
                using (BZip2Stream bzip2 = BZip2Stream.Create(packed, SharpCompress.Compressors.CompressionMode.Compress, decompressConcatenated: false, leaveOpen: true))
                {
                    bzip2.Write(bytes);
                }

                break;
            default:
                using (ZipArchive archive = new(packed, ZipArchiveMode.Create, leaveOpen: true))
                {
                    using Stream entry = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
                    entry.Write(bytes);
                }

                break;
        }

        return packed.ToArray();
    }
}
