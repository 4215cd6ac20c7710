using System.Diagnostics;
using System.Runtime.Versioning;

namespace HealthIngestion.Tests;

/// <summary>Input that is missing, unreadable, or changes while it is read.</summary>
[SupportedOSPlatform("linux")]
public sealed class InputFaultTests(GeneratedData data)
{
    /// <summary>How often a run is started anew that ended before anything could be done to its file.</summary>
    private const int Tries = 100;

    [Theory]
    [InlineData("nowhere")]
    [InlineData("data/users.json/heart_rate.json")]
    [InlineData("data", "nowhere/sleep.json")]
    public void A_path_that_is_not_there_is_named(params string[] paths)
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, paths);

        Fails(outcome, place, $"error: {paths[^1]} does not exist.");
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_named()
    {
        using Workplace place = Workplace.WithData();
        File.CreateSymbolicLink(place["data/sleep.json"], "nowhere");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:-", "--strict");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("data/sleep.json: not read: it is a link to something that does not exist", outcome.Error, StringComparison.Ordinal);
        Fails(HealthIngestionProcess.Run(place.Directory, "data/sleep.json"), place, "error: data/sleep.json is a link to something that does not exist.");
    }

    [Fact]
    public void A_folder_with_the_name_of_a_file_is_no_file()
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data/heart_rate.json"]);

        Fails(HealthIngestionProcess.Run(place.Directory, "data"), place, "error: No health files in data.");
        Fails(HealthIngestionProcess.Run(place.Directory, "data/heart_rate.json"), place, "error: No health files in data/heart_rate.json.");
    }

    [Fact]
    public void A_pipe_in_a_folder_is_named_and_not_waited_for()
    {
        using Workplace place = Workplace.WithData();
        using Process made = Process.Start("mkfifo", place["data/sleep.json"]);
        made.WaitForExit();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:-", "--strict");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("data/sleep.json: not read: it is a pipe, a socket or a device", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_named()
    {
        Assert.SkipWhen(Environment.UserName == "root", "root may read everything");
        using Workplace place = Workplace.WithData();
        File.SetUnixFileMode(place["data/users.json"], UnixFileMode.None);

        Fails(HealthIngestionProcess.Run(place.Directory, "data"), place, "error: data/users.json cannot be read");
    }

    [Theory]
    [InlineData("--to", "ndjson:data/users.json")]
    [InlineData("--to", "sqlite:./data/../data/users.json")]
    [InlineData("--rejects", "data/heart_rate.ndjson")]
    [InlineData("--rejects", "linked/nutrition-rejects.ndjson")]
    [InlineData("--stats-json", "data/sleep.stats.json")]
    public void Input_is_never_written_over(params string[] options)
    {
        using Workplace place = Workplace.WithFaultyData();
        Directory.CreateSymbolicLink(place["linked"], "data");
        string before = File.ReadAllText(place["data/users.json"]) + File.ReadAllText(place["data/heart_rate.ndjson"]);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["data", .. options]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"{options[0]} would write ", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(place["data/users.json"]) + File.ReadAllText(place["data/heart_rate.ndjson"]));
        Assert.Equal(2, Directory.GetFiles(place["data"]).Length);
        Assert.Empty(place.Files());
    }

    [Theory]
    [InlineData("optimized")]
    [InlineData("original")]
    public void A_file_that_becomes_shorter_fails_the_run(string mode)
    {
        using Workplace place = Workplace.Empty();
        string file = CopyHeartRate(place, mode);
        long length = new FileInfo(file).Length;

        Outcome outcome = ChangedWhileRead(place, file, mode, () => Truncate(file, length / 2), wasInTime: o => o.ExitCode != 0);

        Fails(outcome, place, $"error: heart_rate.json became shorter while it was read: it ends at byte {length / 2} of {length}.");
    }

    [Theory]
    [InlineData("optimized")]
    [InlineData("original")]
    public void A_file_that_grows_is_read_up_to_its_size_at_opening(string mode)
    {
        using Workplace place = Workplace.Empty();
        string file = CopyHeartRate(place, mode);
        string expected = HealthIngestionProcess.Run(place.Directory, "heart_rate.json", "--quiet", "--to", "ndjson:-").Output;

        // A run that was halted after it had opened the file, and before it had taken its size, has the late record.
        Outcome outcome = ChangedWhileRead(
            place,
            file,
            mode,
            () => File.AppendAllText(file, """{"user_id":"late","date_time":"2024-01-01T08:00:00","value":61}"""),
            wasInTime: o => o.ExitCode != 0 || !File.ReadAllText(place["rows.ndjson"]).Contains("\"late\"", StringComparison.Ordinal));

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(expected, File.ReadAllText(place["rows.ndjson"]));
    }

    /// <summary>A mapped file is under a lease: who truncates it waits, the run changes over to reading, and no page vanishes under it.</summary>
    [Theory]
    [InlineData("auto")]
    [InlineData("mmap")]
    public void A_mapped_file_that_is_truncated_at_any_moment_never_crashes_the_run(string io)
    {
        using Workplace place = Workplace.Empty();
        string file = CopyHeartRate(place);
        string whole = HealthIngestionProcess.Run(place.Directory, "heart_rate.json", "--quiet", "--to", "ndjson:-").Output;
        byte[] content = File.ReadAllBytes(file);
        Random random = new(1);
        int shortened = 0;
        for (int i = 0; i < 10 || (shortened == 0 && i < Tries); i++)
        {
            File.WriteAllBytes(file, content);
            using Process process = HealthIngestionProcess.Start(
                HealthIngestionProcess.Path, place.Directory, [], "heart_rate.json", "--quiet", "--io", io, "--workers", "2", "--to", "ndjson:rows.ndjson");
            HealthIngestionProcess.WaitFor(process, p => HealthIngestionProcess.HasOpen(p, file));
            Thread.Sleep(i < 10 ? random.Next(30) : 0);
            Truncate(file, content.Length / 4);
            Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());

            if (outcome.ExitCode == 0)
            {
                Assert.Equal(whole, File.ReadAllText(place["rows.ndjson"]));
                File.Delete(place["rows.ndjson"]);
            }
            else
            {
                shortened++;
                Assert.Equal(1, outcome.ExitCode);
                Assert.Contains("became shorter while it was read", outcome.OnlyErrorLine, StringComparison.Ordinal);
                Assert.Equal(["heart_rate.json"], place.Files());
            }
        }

        Assert.True(shortened > 0, "no truncation came in time");
    }

    private static void Truncate(string file, long length)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.SetLength(length);
    }

    private static void Fails(Outcome outcome, Workplace place, string beginning)
    {
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith(beginning, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
        Assert.DoesNotContain(place.Files(), f => f != "heart_rate.json");
    }

    /// <summary>A run that is halted right after it opened its file, until the file was changed. One that was faster is tried again.</summary>
    private Outcome ChangedWhileRead(Workplace place, string file, string mode, Action change, Func<Outcome, bool> wasInTime)
    {
        for (int i = 0; i < Tries; i++)
        {
            using Process process = HealthIngestionProcess.Start(
                HealthIngestionProcess.Path, place.Directory, [], "heart_rate.json", "--quiet", "--mode", mode, "--workers", "1", "--io", "pread", "--to", "ndjson:rows.ndjson");
            if (HealthIngestionProcess.WaitFor(process, p => HealthIngestionProcess.HasOpen(p, file)))
            {
                HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigstop);
                change();
                HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigcont);
                Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());
                if (wasInTime(outcome))
                {
                    return outcome;
                }
            }

            File.Delete(place["rows.ndjson"]);
            CopyHeartRate(place, mode);
        }

        throw new InvalidOperationException("No run could be halted in time.");
    }

    /// <summary>A file that takes long enough to read for something to be done to it; the reference takes long for a small one.</summary>
    private string CopyHeartRate(Workplace place, string mode = "optimized")
    {
        File.Copy(Path.Combine(mode == "original" ? data.Medium : data.Directory, "heart_rate.json"), place["heart_rate.json"], overwrite: true);
        return place["heart_rate.json"];
    }
}
