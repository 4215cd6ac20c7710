using System.IO.Compression;

namespace HealthIngestion.Tests.Remote;

/// <summary>Objects in S3 give the rows of the same files on disk. The server is one that others have written and that verifies signatures.</summary>
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
    public void A_prefix_with_more_objects_than_a_page_is_read_to_its_end()
    {
        const int Objects = 1005;
        using Workplace place = Workplace.Empty();
        using S3rver server = S3rver.Start();
        Parallel.For(0, Objects, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => server.Put(
            $"many/heart_rate-{i:D4}.json", System.Text.Encoding.UTF8.GetBytes($$"""[{"user_id":"u{{i}}","date_time":"2024-01-01T00:00:00","value":60}]""")));
        Outcome outcome = Run(place, server, "s3://exports/many/");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(Objects, File.ReadLines(place["many.ndjson"]).Count());
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
    [InlineData("s3://exports/none.json", "S3RVER", "NoSuchKey", "end it with a slash")]
    [InlineData("s3://nothing-here/", "S3RVER", "NoSuchBucket", "Check the name of the bucket")]
    [InlineData("s3://exports/x/", "wr0ng", "SignatureDoesNotMatch", "Check that the key S3RVER may do that")]
    [InlineData("s3://exports/empty/", "S3RVER", "No health files in s3://exports/empty/", "")]
    [InlineData("s3://a/b", "S3RVER", "names no bucket", "s3://BUCKET/KEY")]
    public void What_is_wrong_is_said_without_the_secret(string path, string secret, string said, string remedy)
    {
        using Workplace place = Workplace.Empty();
        using S3rver server = S3rver.Start();
        (string, string)[] environment = [.. server.Environment, ("AWS_SECRET_ACCESS_KEY", secret), ("AWS_SESSION_TOKEN", secret == "wr0ng" ? "t0ken" : "")];
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, environment, path, "--to", "ndjson:many.ndjson");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(said, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains(remedy, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.DoesNotMatch("wr0ng|t0ken", outcome.Error);
    }

    private static Outcome Run(Workplace place, S3rver server, params string[] arguments) =>
        HealthIngestionProcess.Run(place.Directory, server.Environment, [.. arguments, "--to", "ndjson:many.ndjson", "--quiet"]);
}
