using System.Diagnostics;
using FastIngest.Generate;

namespace FastIngest.Tests.Generate;

public class StoppingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void After_cancellation_the_incomplete_file_is_deleted_and_complete_files_remain(int workers)
    {
        using GeneratedData data = new();
        using CancellationTokenSource source = new();
        string heartRates = Path.Combine(data.Directory, "heart_rate.json");
        Listener listener = new(_ =>
        {
            if (File.Exists(heartRates))
            {
                source.Cancel();
            }
        });

        Assert.ThrowsAny<OperationCanceledException>(() => DataSetGenerator.Generate(
            new GeneratorOptions { Directory = data.Directory, Users = 50, Days = 100, Workers = workers }, listener, source.Token));
        Assert.Equal(
            [".fastingest-generated", "activities.json", "nutrition.json", "sleep.json", "users.json", "workouts.json"],
            Directory.GetFiles(data.Directory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_generator_cancelled_before_its_start_writes_nothing()
    {
        using GeneratedData data = new();
        Assert.ThrowsAny<OperationCanceledException>(() => DataSetGenerator.Generate(
            new GeneratorOptions { Directory = data.Directory }, null, new CancellationToken(canceled: true)));
        Assert.Empty(Directory.GetFiles(data.Directory));
    }

    [Fact]
    public void Progress_grows_to_the_size_of_all_files()
    {
        using GeneratedData data = new();
        List<long> reports = [];
        GeneratorResult result = DataSetGenerator.Generate(
            new GeneratorOptions { Directory = data.Directory, Users = 40, Days = 100 }, new Listener(reports.Add), CancellationToken.None);
        Assert.Equal(reports.Order(), reports);
        Assert.Equal(result.Files.Sum(file => file.Bytes), reports[^1]);
    }

    [Fact]
    public void A_full_disk_gives_one_clear_error_line()
    {
        using GeneratedData data = new();
        Assert.SkipUnless(OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=64k", "none", data.Directory), "needs to mount");
        try
        {
            IngestException error = Assert.Throws<IngestException>(() => DataSetGenerator.Generate(
                new GeneratorOptions { Directory = data.Directory, Users = 50, Days = 100 }, null, CancellationToken.None));
            string path = error.Message.Split(' ')[2].TrimEnd(':');
            Assert.Equal($"Cannot write {path}: the disk is full.", error.Message);
            Assert.StartsWith(data.Directory, path, StringComparison.Ordinal);
            Assert.Contains("space", error.Remedy, StringComparison.Ordinal);
            Assert.False(File.Exists(path));
        }
        finally
        {
            Run("umount", data.Directory);
        }

        static bool Run(string program, params string[] arguments)
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }

    [Fact]
    public void A_file_with_the_name_of_the_directory_gives_one_clear_error_line()
    {
        using GeneratedData data = new();
        string path = Path.Combine(data.Directory, "file");
        File.WriteAllText(path, "mine");
        IngestException error = Assert.Throws<IngestException>(() => DataSetGenerator.Generate(
            new GeneratorOptions { Directory = path }, null, CancellationToken.None));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(path));
    }

    [Fact]
    public void A_directory_with_the_name_of_a_file_is_not_changed()
    {
        using GeneratedData data = new();
        Directory.CreateDirectory(Path.Combine(data.Directory, "users.json", "mine"));
        IngestException error = Assert.Throws<IngestException>(() => DataSetGenerator.Generate(
            new GeneratorOptions { Directory = data.Directory }, null, CancellationToken.None));
        Assert.DoesNotContain('\n', error.Message);
        Assert.True(Directory.Exists(Path.Combine(data.Directory, "users.json", "mine")));
    }

    [Fact]
    public void An_older_longer_file_is_overwritten_completely()
    {
        using GeneratedData data = new();
        GeneratorOptions options = new() { Directory = Path.Combine(data.Directory, "new", "deep"), Users = 1, Days = 1, Force = true };
        Directory.CreateDirectory(options.Directory);
        File.WriteAllBytes(Path.Combine(options.Directory, "users.json"), new byte[100_000]);
        GeneratorResult result = DataSetGenerator.Generate(options, null, CancellationToken.None);
        Assert.Equal(result.Files[0].Bytes, new FileInfo(result.Files[0].Path).Length);
    }

    [Fact]
    public void Options_that_make_no_sense_are_rejected_before_anything_is_written()
    {
        using GeneratedData data = new();
        GeneratorOptions good = new() { Directory = Path.Combine(data.Directory, "set"), Users = 1, Days = 1 };
        (string Named, GeneratorOptions Options)[] bad =
        [
            ("size", good with { TotalBytes = 0 }),
            ("users", good with { Users = 0 }),
            ("days", good with { Days = 0 }),
            ("days", good with { Days = int.MaxValue }),
            ("rate", good with { QuirkRate = -0.1 }),
            ("rate", good with { QuirkRate = 1.1 }),
            ("rate", good with { QuirkRate = double.NaN }),
            ("style", good with { Style = (GeneratorStyle)9 }),
        ];

        // The directory can be written to, so that only the options can be what is wrong.
        Assert.All(bad, b =>
        {
            IngestException error = Assert.Throws<IngestException>(() => DataSetGenerator.Generate(b.Options, null, CancellationToken.None));
            Assert.Contains(b.Named, error.Message, StringComparison.Ordinal);
            Assert.NotEmpty(error.Remedy);
            Assert.False(Directory.Exists(b.Options.Directory));
        });
        DataSetGenerator.Generate(good, null, CancellationToken.None);
        Assert.NotEmpty(Directory.GetFiles(good.Directory));
    }

    private sealed class Listener(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
