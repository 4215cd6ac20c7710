namespace HealthIngestion.Tests;

/// <summary>A link, a pipe or a file at a name under which the program builds its files is removed, and what it leads to stays as it is.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LeftoverFileTests
{
    public static TheoryData<string> Leftovers => ["symbolic link", "link to nothing", "hard link", "pipe", "file"];

    [Theory]
    [MemberData(nameof(Leftovers))]
    public void Nothing_is_written_through_what_is_left_at_the_name_of_an_output(string kind)
    {
        using Workplace place = Workplace.WithFaultyData();
        Directory.CreateDirectory(place["c"]);
        string[] outputs = ["h.db", "h.ndjson", "h.pb", "c/daily_summaries.csv", "h.html"];
        string[] rejects = [.. Enumerable.Range(0, 3).SelectMany(f => (string[])[$"rejects.ndjson.partial-{f}-0", $"rejects.ndjson.partial-{f}-1"])];
        foreach (string name in (string[])[.. outputs.Select(o => o + ".partial"), "h.pb.partial-2", .. rejects])
        {
            Leave(kind, place, name);
        }

        Outcome loaded = HealthIngestionProcess.Run(
            place.Directory, "data", "--to", "sqlite:h.db", "--to", "ndjson:h.ndjson", "--to", "protobuf:h.pb", "--to", "csv:c", "--quiet");
        Outcome reported = HealthIngestionProcess.Run(place.Directory, "report", "--from", "sqlite:h.db", "--out", "h.html", "--quiet");

        Assert.True((loaded.ExitCode, reported.ExitCode) == (0, 0), loaded.Error + reported.Error);
        Assert.Equal("x", File.ReadAllText(place["keep.txt"]));
        Assert.False(place.Has("keep.txt-missing"));
        foreach (string output in (string[])[.. outputs, "rejects.ndjson"])
        {
            Assert.Null(new FileInfo(place[output]).LinkTarget);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(place[output]));
            Assert.True(new FileInfo(place[output]).Length > 1, output);
            Assert.False(Path.Exists(place[output + ".partial"]), output);
        }
    }

    [Fact]
    public void Generate_replaces_links_and_writes_nothing_through_them()
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["d"]);
        string[] generate = ["generate", "d", "--users", "1", "--days", "2", "--quiet", "--force"];
        Leave("symbolic link", place, "d/sleep.json");
        Leave("hard link", place, "d/users.json");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, generate);
        string list = Path.GetFileName(Assert.Single(Directory.GetFiles(place["d"]), f => File.ReadAllText(f).StartsWith("# The files that", StringComparison.Ordinal)));
        Leave("symbolic link", place, $"d/{list}.partial");
        Outcome again = HealthIngestionProcess.Run(place.Directory, generate);

        Assert.True((outcome.ExitCode, again.ExitCode) == (0, 0), outcome.Error + again.Error);
        Assert.Equal("x", File.ReadAllText(place["keep.txt"]));
        Assert.Null(new FileInfo(place[$"d/{list}"]).LinkTarget);
        Assert.StartsWith("[", File.ReadAllText(place["d/sleep.json"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sqlite:h.db", "h.db.partial")]
    [InlineData("ndjson:h.ndjson", "h.ndjson.partial")]
    [InlineData("protobuf:h.pb", "h.pb.partial")]
    [InlineData("csv:.", "daily_summaries.csv.partial")]
    public void A_folder_at_that_name_is_an_error(string target, string name)
    {
        using Workplace place = Workplace.WithData();
        Directory.CreateDirectory(place[name]);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", target, "--quiet");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains($"{name} is a folder, but a file of that name has to be written.", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sqlite:h.db", "h.db.partial", true)]
    [InlineData("sqlite:h.db", "h.db.partial", false)]
    [InlineData("ndjson:h.ndjson", "h.ndjson.partial", false)]
    [InlineData("protobuf:h.pb", "h.pb.partial-2", false)]
    [InlineData("csv:c", "c/daily_summaries.csv.partial", false)]
    public void Forget_removes_the_partial_file_of_a_killed_run(string target, string name, bool hasDatabase)
    {
        using Workplace place = Workplace.WithData();
        Directory.CreateDirectory(place["c"]);
        if (hasDatabase)
        {
            Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "data", "--to", target, "--quiet").ExitCode);
        }

        File.WriteAllText(place[name], "rows of u1");
        string[] forget = ["forget", "--user", "u1", "--to", target];

        Outcome counted = HealthIngestionProcess.Run(place.Directory, [.. forget, "--dry-run"]);
        bool isLeft = place.Has(name);
        Outcome held = HealthIngestionProcess.RunShell(place.Directory, $"flock {name} \"$BIN\" {string.Join(' ', forget)}");
        bool isHeld = place.Has(name);
        Outcome removed = HealthIngestionProcess.Run(place.Directory, forget);

        Assert.Equal((0, 1, 0), (counted.ExitCode, held.ExitCode, removed.ExitCode));
        Assert.True(isLeft && isHeld && !place.Has(name));
        Assert.Contains($"{name} of a run that was killed would be removed", counted.Error, StringComparison.Ordinal);
        Assert.Contains($"{name} is being written by a run, which may store the person again", held.Error, StringComparison.Ordinal);
        Assert.Contains($"{name} of a run that was killed was removed", removed.Error, StringComparison.Ordinal);
    }

    /// <summary>Leaves something at a name; a link leads to the file <c>keep.txt</c>, which must stay as it is.</summary>
    private static void Leave(string kind, Workplace place, string name)
    {
        File.WriteAllText(place["keep.txt"], "x");
        string command = kind switch
        {
            "symbolic link" => $"ln -s '{place["keep.txt"]}'",
            "link to nothing" => $"ln -s '{place["keep.txt-missing"]}'",
            "hard link" => "ln keep.txt",
            "pipe" => "mkfifo",
            _ => "cp keep.txt",
        };
        Assert.Equal(0, HealthIngestionProcess.RunShell(place.Directory, $"{command} '{name}'").ExitCode);
    }
}
