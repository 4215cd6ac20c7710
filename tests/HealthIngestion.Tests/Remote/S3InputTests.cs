using System.IO.Compression;

namespace HealthIngestion.Tests.Remote;

/// <summary>Objects in S3 give the rows of the same files on disk. The server is one that others have written.</summary>
public sealed class S3InputTests
{
    private static readonly string[] Files = [.. Directory.GetFiles(Repository.Set("quirks")).Where(f => !Path.GetFileName(f).StartsWith("expected", StringComparison.Ordinal))];

    [Fact]
    public void A_prefix_is_read_like_a_folder()
    {
        using Workplace place = Workplace.Empty();
        using S3rver server = S3rver.Start();
        Array.ForEach(Files, f => server.Put($"2024/a b&c+é/{Path.GetFileName(f)}", File.ReadAllBytes(f)));
        server.Put("2024/.hidden/sleep.json", "[]"u8.ToArray());
        server.Put("2024/notes.pdf", "%PDF"u8.ToArray());
        server.Put("2025/sleep.json", "[{\"user_id\":\"other\"}]"u8.ToArray());
        Outcome outcome = Run(place, server, "s3://exports/2024/");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(Repository.Expected("quirks"), File.ReadAllText(place["many.ndjson"]));

        Outcome shallow = Run(place, server, "s3://exports/2024/", "--no-recursive");
        Assert.Equal(1, shallow.ExitCode);
        Assert.Contains("subfolders are not read (--no-recursive)", shallow.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_and_archives_are_read_by_their_keys()
    {
        using Workplace place = Workplace.Empty();
        using S3rver server = S3rver.Start();
        using MemoryStream zip = new();
        using (ZipArchive archive = new(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            Array.ForEach(Files, f => archive.CreateEntryFromFile(f, Path.GetFileName(f)));
        }

        server.Put("a/export.zip", zip.ToArray());
        Outcome outcome = Run(place, server, "s3://exports/a/export.zip");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(Repository.Expected("quirks"), File.ReadAllText(place["many.ndjson"]));
    }

    [Fact]
    public void A_planned_run_gives_the_bytes_of_one_process()
    {
        using Workplace place = Workplace.Empty();
        using S3rver server = S3rver.Start();
        Array.ForEach(Files, f => server.Put($"q/{Path.GetFileName(f)}", File.ReadAllBytes(f)));
        foreach (string step in (string[])["plan s3://exports/q/ --tasks 2 --partitions 2 --chunk-size 200 --to ndjson:many.ndjson", "map --task 0", "map --task 1", "check", "reduce --task 0", "reduce --task 1", "finish"])
        {
            PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, server.Environment, [.. step.Split(' '), "--work", "work"]));
        }

        Assert.Equal(Repository.Expected("quirks"), File.ReadAllText(place["many.ndjson"]));
    }

    [Theory]
    [InlineData("s3://exports/none.json", "NoSuchKey", "end it with a slash")]
    [InlineData("s3://nothing-here/", "NoSuchBucket", "Check the name of the bucket")]
    [InlineData("s3://exports/empty/", "No health files in s3://exports/empty/", "")]
    [InlineData("s3://a/b", "names no bucket", "s3://BUCKET/KEY")]
    public void What_is_not_there_is_said(string path, string said, string remedy)
    {
        using Workplace place = Workplace.Empty();
        using S3rver server = S3rver.Start();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, server.Environment, path, "--to", "ndjson:many.ndjson");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(said, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains(remedy, outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    private static Outcome Run(Workplace place, S3rver server, params string[] arguments) =>
        HealthIngestionProcess.Run(place.Directory, server.Environment, [.. arguments, "--to", "ndjson:many.ndjson", "--quiet"]);
}
