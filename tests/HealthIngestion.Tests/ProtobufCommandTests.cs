using System.IO.Compression;
using FastIngest.Dialects.Protobuf;

namespace HealthIngestion.Tests;

/// <summary>Records as Protocol Buffers, through the published binary: any input gives the same days when it is read from such a file.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ProtobufCommandTests
{
    [Theory]
    [InlineData("health")]
    [InlineData("apple")]
    [InlineData("fitbit")]
    [InlineData("google-fit")]
    [InlineData("health-auto-export")]
    [InlineData("fhir")]
    [InlineData("open-mhealth")]
    [InlineData("garmin")]
    public void A_generated_data_set_gives_the_same_days(string kind)
    {
        using Workplace place = Workplace.Empty();
        Succeeds(place, "generate", "made", "--kind", kind, "--users", "2", "--days", "30", "--seed", "11");
        Succeeds(place, "made", "--time-zone", "Europe/Berlin", "--workers", "2", "--to", "ndjson:a.ndjson", "--to", "protobuf:records.pb");
        foreach (string[] engine in (string[][])[[], ["--workers", "3", "--chunk-size", "4000"], ["--memory-limit", "64MiB", "--io", "pread"]])
        {
            Outcome outcome = Succeeds(place, ["records.pb", .. engine, "--to", "ndjson:b.ndjson"]);
            Assert.Contains("read records.pb: protobuf", outcome.Error, StringComparison.Ordinal);
            Assert.Equal(File.ReadAllText(place["a.ndjson"]), File.ReadAllText(place["b.ndjson"]));
        }

        Assert.False(File.Exists(place["rejects.ndjson"]) && kind == "health");
        Assert.InRange(new FileInfo(place["records.pb"]).Length, 1, Directory.EnumerateFiles(place["made"], "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length) / 4);
    }

    [Fact]
    public void A_file_is_private_and_nothing_else_is_left()
    {
        using Workplace place = Workplace.Empty();
        Succeeds(place, Repository.Set("default"), "--workers", "2", "--chunk-size", "100", "--to", "protobuf:records.pb");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(place["records.pb"]));
        Assert.Equal(["records.pb"], Directory.EnumerateFileSystemEntries(place.Directory).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public void Standard_output_has_the_bytes_of_the_file()
    {
        using Workplace place = Workplace.Empty();
        string set = Repository.Set("default");
        Outcome outcome = HealthIngestionProcess.RunShell(
            place.Directory, $"TMPDIR=/missing $BIN {set} --workers 1 --quiet --temp-dir . --to protobuf:- > out.pb && $BIN {set} --workers 1 --quiet --to protobuf:file.pb");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(File.ReadAllBytes(place["file.pb"]), File.ReadAllBytes(place["out.pb"]));
        Assert.True(new ProtobufDialect().Recognises(File.ReadAllBytes(place["out.pb"]), "out.pb"));
    }

    [Fact]
    public void Compressed_files_archives_and_pipes_are_read()
    {
        using Workplace place = Workplace.Empty();
        Succeeds(place, Repository.Set("default"), "--to", "protobuf:records.pb");
        byte[] bytes = File.ReadAllBytes(place["records.pb"]);
        using (GZipStream gzip = new(File.Create(place["records.pb.gz"]), CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        using (ZipArchive zip = ZipFile.Open(place["records.zip"], ZipArchiveMode.Create))
        {
            using Stream member = zip.CreateEntry("any name.pb").Open();
            member.Write(bytes);
        }

        string expected = File.ReadAllText(Path.Combine(Repository.Set("default"), "expected.ndjson"));
        foreach (string input in (string[])["records.pb.gz", "records.zip"])
        {
            Assert.Equal(expected, Succeeds(place, input, "--to", "ndjson:-").Output);
        }

        File.Move(place["records.pb"], place["records"]);
        Assert.Equal(expected, Succeeds(place, "records", "--to", "ndjson:-").Output);
        Assert.Equal(expected, HealthIngestionProcess.RunShell(place.Directory, "cat records | $BIN - --from protobuf --quiet --to ndjson:-").Output);
    }

    [Fact]
    public void The_reference_implementation_says_that_it_has_no_such_files()
    {
        using Workplace place = Workplace.Empty();
        Outcome write = HealthIngestionProcess.Run(place.Directory, Repository.Set("default"), "--mode", "original", "--to", "protobuf:records.pb");
        Assert.Equal(1, write.ExitCode);
        Assert.Contains("Use --mode optimized", write.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(place["records.pb"]));
    }

    [Fact]
    public void A_file_that_was_cut_off_is_named()
    {
        using Workplace place = Workplace.Empty();
        Succeeds(place, Repository.Set("default"), "--to", "protobuf:records.pb");
        File.WriteAllBytes(place["cut.pb"], File.ReadAllBytes(place["records.pb"])[..^40]);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "cut.pb", "--to", "ndjson:-");
        Assert.Contains("cut.pb ends in the middle", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("\"invalid_protobuf\"", File.ReadAllText(place["rejects.ndjson"]), StringComparison.Ordinal);
    }

    private static Outcome Succeeds(Workplace place, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }
}
