using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FastIngest.Tests.Support;

namespace HealthIngestion.Tests;

/// <summary>Files as people have them: every file under a given path is read, or named with the reason.</summary>
public sealed class FileCaseTests
{
    private const string Night = """[{"user_id":"u1","date":"2024-01-02","total_sleep":7}]""";

    [Fact]
    public void Case_names_every_file_is_read_or_named()
    {
        Outcome outcome = RunCase("names", "--to", "ndjson:-");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(9, Lines(outcome));
        Assert.Contains("sleepdata.json: not read: its name begins with no category; did you mean sleep.json?", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(3, RunCase("names", "--to", "ndjson:-", "--strict").ExitCode);
    }

    [Fact]
    public void Case_nested_subfolders_are_read()
    {
        Outcome outcome = RunCase("nested", "--to", "ndjson:-", "--strict");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["2024-01-01", "2024-01-02", "2024-01-03", "2024-02-02", "2024-02-03", "2024-03-02", "2024-03-03"], Dates(outcome));
        Outcome flat = RunCase("nested", "--to", "ndjson:-", "--no-recursive");
        Assert.Equal(4, Lines(flat));
        Assert.Contains("My Takeout/: not read: subfolders are not read (--no-recursive)", flat.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzhealth")]
    [InlineData("ziphealth")]
    [InlineData("utf16")]
    public void Cases_gzhealth_ziphealth_utf16_are_read(string name)
    {
        Outcome outcome = RunCase(name, "--to", "ndjson:-", "--strict");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["2024-01-02", "2024-01-03"], Dates(outcome));
    }

    [Fact]
    public void Case_truncb_an_array_that_is_never_closed_is_a_reject()
    {
        using Workplace place = Workplace.Empty();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, Case("truncb"), "--to", "ndjson:-", "--strict");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Equal(1, Lines(outcome));
        JsonElement reject = JsonDocument.Parse(File.ReadAllText(place["rejects.ndjson"])).RootElement;
        Assert.Equal("cut_off", reject.GetProperty("reason").GetString());
        Assert.Equal(new FileInfo(Path.Combine(Case("truncb"), "sleep.json")).Length, reject.GetProperty("offset").GetInt64());
    }

    /// <summary>A download may stop at any byte: one reject shows it, whether a record is cut or the cut is between two.</summary>
    [Fact]
    public void A_file_cut_at_any_byte_has_one_reject_and_fails_when_strict()
    {
        string[] documents =
        [
            """[{"user_id":"u","date":"2024-01-01"}, {"user_id":"u","date":"2024-01-02"}]""",
            """{"data": [{"user_id":"u","date":"2024-01-01"}, {"user_id":"u","date":"2024-01-02"}]}""",
            """{"sleep": [{"user_id":"u","date":"2024-01-01"}], "heart_rate": [{"user_id":"u","date":"2024-01-02","value":1}]}""",
        ];
        using Workplace place = Workplace.Empty();
        foreach (string document in documents)
        {
            int first = document.IndexOf('}', StringComparison.Ordinal) + 1;
            for (int cut = first; cut < document.Length; cut += 7)
            {
                File.WriteAllText(place["sleep.json"], document[..cut]);
                Outcome outcome = HealthIngestionProcess.Run(place.Directory, "sleep.json", "--strict", "--to", "ndjson:-", "--stats-json", "stats.json");
                Assert.True(outcome.ExitCode == 3, $"{document[..cut]}: {outcome.Error}");
                Assert.Single(File.ReadAllLines(place["rejects.ndjson"]));
            }
        }
    }

    [Fact]
    public void Case_wrapper_second_array_is_named_with_its_size()
    {
        Outcome outcome = RunCase("wrapper_second_array", "--to", "ndjson:-", "--strict");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Equal(["2024-01-02"], Dates(outcome));
        Assert.Contains("the array \"naps\" at byte 80 (1 element, 54 bytes)", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_of_a_wrapper_are_read_when_their_names_are_categories()
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["sleep.json"], """
            {"exported": {"at": "now", "by": ["me"]}, "heart_rate": [{"user_id":"u","date":"2024-01-01","value":60}], "count": 2,
             "more": {"Sleep": [{"user_id":"u","date":"2024-01-02"},{"user_id":"u","date":"2024-01-03"}], "naps": [], "none": null},
             "heartrate": [{"user_id":"u","date":"2024-01-04","value":60}], "users": [{"user_id":"u","name":"Ann"}]}
            """);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "sleep.json", "--to", "ndjson:-", "--stats-json", "stats.json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["2024-01-01", "2024-01-02", "2024-01-03"], Dates(outcome));
        Assert.Contains("Ann on 2024-01-01.", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("the array \"heartrate\"", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("naps", outcome.Error, StringComparison.Ordinal);
        AssertBalance(place, records: 4, aggregated: 4, repeated: 0, rejected: 0);
    }

    [Fact]
    public void Case_dup2_equal_records_of_two_files_count_once()
    {
        Outcome outcome = RunCase("dup2", "--to", "ndjson:-", "--strict");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(7, JsonDocument.Parse(outcome.Output).RootElement.GetProperty("sleep_hours").GetDouble());
        Assert.Contains("2 records = 1 aggregated + 1 repeated + 0 rejected", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_with_several_names_is_read_once()
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data/sub"]);
        File.WriteAllText(place["data/sleep.json"], Night);
        File.CreateSymbolicLink(place["data/sleep-link.json"], "sleep.json");
        File.CreateSymbolicLink(place["data/sub/loop"], "../../data");
        File.CreateSymbolicLink(place["data/sleep-gone.json"], "nowhere");
        using (System.Diagnostics.Process link = System.Diagnostics.Process.Start("ln", [place["data/sleep.json"], place["data/sub/sleep-hard.json"]]))
        {
            link.WaitForExit();
        }

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "data/sleep.json", "--to", "ndjson:-", "--stats-json", "stats.json");
        Assert.Equal(0, outcome.ExitCode);
        AssertBalance(place, records: 1, aggregated: 1, repeated: 0, rejected: 0);
        foreach (string name in (string[])["sleep-link.json: not read: it is another name of", "sleep-hard.json: not read: it is another name of", "loop: not read: it is another name of", "sleep-gone.json: not read: it is a link to something that does not exist"])
        {
            Assert.True(outcome.Error.Contains(name, StringComparison.Ordinal) || outcome.Error.Contains("sleep.json: not read: it is another name of", StringComparison.Ordinal), outcome.Error);
        }
    }

    [Fact]
    public void Standard_input_is_read_with_its_category()
    {
        const string category = "sleep";
        using Workplace place = Workplace.Empty();
        Outcome piped = Shell(place, $"printf '%s' '{Night}' | \"$BIN\" - --category {category} --to ndjson:-");
        Assert.Equal((0, 1), (piped.ExitCode, Lines(piped)));
        File.WriteAllText(place["night"], Night);
        Assert.Equal(piped.Output, Shell(place, $"\"$BIN\" - --category {category} --to ndjson:- < night").Output);
        Assert.Equal(piped.Output, Shell(place, $"gzip < night | \"$BIN\" - --category {category} --to ndjson:-").Output);
        Assert.Equal(piped.Output, Shell(place, $"\"$BIN\" <(cat night) --category {category} --to ndjson:-").Output);
    }

    [Fact]
    public void Standard_input_without_a_category_says_what_to_do()
    {
        using Workplace place = Workplace.Empty();
        Outcome outcome = Shell(place, "echo '[]' | \"$BIN\" - --to ndjson:-");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("--category", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    /// <summary>
    /// Content that is no data: login pages saved by a browser (a frequent report about Takeout and portal downloads), archives
    /// and documents under a data name, a preallocated file that was never filled.
    /// </summary>
    /// <summary>A file whose beginning is damaged, and whose name says no format, is not taken for an export of another program.</summary>
    [Fact]
    public void A_damaged_beginning_costs_one_reject_whatever_the_name_is()
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["night"], "x" + Night);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "night", "--category", "sleep", "--to", "ndjson:-");
        Assert.Equal((0, 1), (outcome.ExitCode, Lines(outcome)));
        Assert.Contains("\"reason\": \"invalid_json\"", File.ReadAllText(place["rejects.ndjson"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Content_that_is_no_data_is_said_to_be_that()
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data"]);
        (string Name, byte[] Content, string Said)[] files =
        [
            ("sleep-1.json", "\n<!DOCTYPE html><html><body>Sign in</body></html>"u8.ToArray(), "an HTML page"),
            ("sleep-2.json", "\uFEFF<html lang=en>"u8.ToArray(), "an HTML page"),
            ("sleep-3.json", "<?xml version=\"1.0\"?><plist/>"u8.ToArray(), "an XML document"),
            ("sleep-4.json", "%PDF-1.7 "u8.ToArray(), "a PDF document"),
            ("sleep-5.json", [.. "SQLite format 3\0"u8, .. new byte[100]], "an SQLite database"),
            ("sleep-6.json", new byte[4096], "a file of zero bytes"),
            ("sleep-7.json", [.. Enumerable.Range(0, 2000).Select(i => (byte)((i * 167) ^ (i >> 3)))], "binary data"),
            ("sleep-8.csv", [.. "PK\u0003\u0004"u8, .. new byte[60]], "a zip archive"),
            ("sleep-9.json", Tar(), "a tar archive"),
            ("export.zip", "<html>expired</html>"u8.ToArray(), "an HTML page, not a zip archive"),
            ("sleep.json.crdownload", Night.Bytes(), "an unfinished download"),
            ("sleep.xlsx", [.. "PK\u0003\u0004"u8], "does not end with"),
        ];
        foreach ((string name, byte[] content, _) in files)
        {
            File.WriteAllBytes(place[Path.Combine("data", name)], content);
        }

        File.WriteAllText(place["data/sleep.json"], Night);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:-");
        Assert.Equal((0, 1), (outcome.ExitCode, Lines(outcome)));
        foreach ((string name, byte[] _, string said) in files)
        {
            Assert.Contains(outcome.ErrorLines, line => line.Contains(name, StringComparison.Ordinal) && line.Contains(said, StringComparison.Ordinal));
        }

        Assert.Equal(3, HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:-", "--strict").ExitCode);
        Outcome named = HealthIngestionProcess.Run(place.Directory, "data/sleep-1.json", "--to", "ndjson:-");
        Assert.Equal(1, named.ExitCode);
        Assert.Contains("is an HTML page", named.OnlyErrorLine, StringComparison.Ordinal);

        static byte[] Tar()
        {
            using MemoryStream stream = new();
            using (TarWriter tar = new(stream, leaveOpen: true))
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "sleep.json") { DataStream = new MemoryStream(Night.Bytes()) });
            }

            return stream.ToArray();
        }
    }

    [Theory]
    [InlineData("export.json", """{"exported":"2024-02-01","nutrition":[{"user_id":"a","date":"2024-01-02","calories":1}],"sleep":[{"user_id":"a","date":"2024-01-03","total_sleep":7}]}""")]
    [InlineData("My Data.JSON", """{"data":{"Sleep":[{"user_id":"a","date":"2024-01-02","total_sleep":7}],"workouts":[{"user_id":"a","date":"2024-01-03","sets":1}]}}""")]
    public void A_file_whose_arrays_name_categories_is_read_whatever_its_own_name_is(string name, string content)
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data"]);
        File.WriteAllText(place[$"data/{name}"], content);
        File.WriteAllText(place["data/users.json"], """[{"user_id":"a","name":"Ada"}]""");

        foreach (string mode in (string[])["optimized", "original"])
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:-", "--strict", "--mode", mode);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            Assert.Equal(["2024-01-02", "2024-01-03"], Dates(outcome));
            Assert.DoesNotContain("not read: ", outcome.Error, StringComparison.Ordinal);
        }

        Assert.Equal(["2024-01-02", "2024-01-03"], Dates(HealthIngestionProcess.Run(place.Directory, $"data/{name}", "--to", "ndjson:-")));
    }

    [Theory]
    [InlineData("config.json", """{"users":[{"name":"root"}]}""")]
    [InlineData("package.json", """{"workouts":[1,2]}""")]
    public void A_file_that_names_a_category_but_no_user_is_not_read(string name, string content)
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data"]);
        File.WriteAllText(place[$"data/{name}"], content);
        File.WriteAllText(place["data/sleep.json"], Night);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:-");

        Assert.Equal((0, 1), (outcome.ExitCode, Lines(outcome)));
        Assert.Contains($"{name}: not read: its name begins with no category", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_of_an_archive_are_read_or_named()
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data"]);
        using (ZipArchive zip = ZipFile.Open(place["data/export.zip"], ZipArchiveMode.Create))
        {
            Add("takeout/Sleep (1).json", Night.Bytes());
            Add("takeout/readme.html", "<html>"u8.ToArray());
            Add("__MACOSX/takeout/._Sleep (1).json", [0, 5, 22, 7]);
            Add("inner.zip", "PK"u8.ToArray());
            using MemoryStream packed = new();
            using (GZipStream gzip = new(packed, CompressionMode.Compress, leaveOpen: true))
            {
                gzip.Write(Encoding.Unicode.GetBytes(Night.Replace("-02", "-03", StringComparison.Ordinal)));
            }

            Add("sleep-3.json.gz", packed.ToArray());

            void Add(string name, byte[] content)
            {
                using Stream member = zip.CreateEntry(name).Open();
                member.Write(content);
            }
        }

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:-");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["2024-01-02", "2024-01-03"], Dates(outcome));
        foreach (string name in (string[])["takeout/readme.html: not read", "._Sleep (1).json: not read: it is metadata of macOS", "inner.zip: not read: it is an archive in an archive"])
        {
            Assert.Contains(name, outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_encrypted_member_is_named()
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data"]);
        File.WriteAllText(place["data/sleep-2.json"], Night);
        using (ZipArchive zip = ZipFile.Open(place["data/export.zip"], ZipArchiveMode.Create))
        {
            using Stream member = zip.CreateEntry("sleep.json").Open();
            member.Write(Night.Bytes());
        }

        // Bit 0 of the flags, in the header of the member and in the directory, says that a password is needed.
        byte[] bytes = File.ReadAllBytes(place["data/export.zip"]);
        bytes[6] |= 1;
        bytes[bytes.AsSpan().IndexOf("PK\u0001\u0002"u8) + 8] |= 1;
        File.WriteAllBytes(place["data/export.zip"], bytes);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:-");
        Assert.Equal((0, 1), (outcome.ExitCode, Lines(outcome)));
        Assert.Contains("export.zip/sleep.json: not read: it is encrypted", outcome.Error, StringComparison.Ordinal);
        Outcome named = HealthIngestionProcess.Run(place.Directory, "data/export.zip", "--to", "ndjson:-");
        Assert.Equal(1, named.ExitCode);
        Assert.Contains("is encrypted", named.OnlyErrorLine, StringComparison.Ordinal);
    }

    private static string Case(string name) => Path.Combine(Repository.Root, "tests", "data", "cases", name);

    private static Outcome RunCase(string name, params string[] arguments)
    {
        using Workplace place = Workplace.Empty();
        return HealthIngestionProcess.Run(place.Directory, [Case(name), .. arguments]);
    }

    private static Outcome Shell(Workplace place, string command) => HealthIngestionProcess.RunShell(place.Directory, command);

    private static int Lines(Outcome outcome) => outcome.Output.Count(c => c == '\n');

    private static string[] Dates(Outcome outcome) =>
        [.. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("date").GetString()!)];

    private static void AssertBalance(Workplace place, long records, long aggregated, long repeated, long rejected)
    {
        JsonElement balance = JsonDocument.Parse(File.ReadAllText(place["stats.json"])).RootElement.GetProperty("balance");
        Assert.Equal(
            (records, aggregated, repeated, rejected),
            (balance.GetProperty("records").GetInt64(), balance.GetProperty("aggregated").GetInt64(), balance.GetProperty("repeated").GetInt64(), balance.GetProperty("rejected").GetInt64()));
    }
}
