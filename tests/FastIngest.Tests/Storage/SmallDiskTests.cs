using System.Diagnostics;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Summaries;
using FastIngest.Targets;
using FastIngest.Tests.Storage.Sqlite;

namespace FastIngest.Tests.Storage;

/// <summary>Tests with a real disk of one MiB. Mounting it needs root; without the right to mount, the tests are skipped.</summary>
public sealed class SmallDiskTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly bool _mounted;

    public SmallDiskTests() => _mounted = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=1m", "none", _folder.FullPath);

    public void Dispose()
    {
        if (_mounted)
        {
            Run("umount", _folder.FullPath);
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData("sqlite:")]
    [InlineData("ndjson:")]
    public async Task A_full_disk_is_reported_clearly_and_leaves_no_file(string kind)
    {
        Assert.SkipUnless(_mounted, "needs to mount");
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => Sink(kind).IngestAsync(ManyRows(5_000)));
        Assert.Equal($"{_folder["out"]} cannot be written: the disk is full.", e.Message);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task A_disk_that_fills_up_during_a_merge_leaves_the_database_unchanged()
    {
        Assert.SkipUnless(_mounted, "needs to mount");
        await Sink("sqlite:").IngestAsync(ManyRows(100));
        string before = SqliteFile.Dump(_folder["out"]);
        SqliteTuning smallCache = new() { CacheBytes = 1 << 16 };
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => new SqliteSink(_folder["out"], smallCache).IngestAsync(ManyRows(5_000)));
        Assert.Contains("the disk is full", e.Message);
        Assert.Equal(before, SqliteFile.Dump(_folder["out"]));
        Assert.Equal(["out"], _folder.Names);
    }

    [Theory]
    [InlineData("sqlite:", false)]
    [InlineData("ndjson:", false)]
    [InlineData("sqlite:", true)]
    public async Task A_read_only_disk_is_reported_before_any_input_is_read(string kind, bool exists)
    {
        Assert.SkipUnless(_mounted, "needs to mount");
        if (exists)
        {
            await Sink(kind).IngestAsync(ManyRows(1));
        }

        Assert.True(Run("mount", "-o", "remount,ro", _folder.FullPath));
        await using ISummarySink sink = Sink(kind);
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => sink.OpenAsync(Rows.Run(), CancellationToken.None).AsTask());
        Assert.Contains("read-only file system", e.Message);
    }

    private static bool Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static SummaryBatch ManyRows(int count)
    {
        SummaryBatch batch = new();
        for (int i = 0; i < count; i++)
        {
            batch.Row($"u{i:000000}", "2024-01-01", i, (Category.Sleep, new string('s', 300)));
        }

        return batch;
    }

    private ISummarySink Sink(string kind) => TargetRegistry.All.Parse(kind + _folder["out"]).CreateSummarySink(new TargetOptions());
}
