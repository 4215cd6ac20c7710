using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks;
using FastIngest.Storage.Ndjson;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline;

/// <summary>A run that ends early leaves the folder unchanged, whichever stage it has reached.</summary>
public sealed class CancellationTests
{
    public static TheoryData<string> Moments => ["started", "read", "reducing", "written"];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_cancelled_run_leaves_no_files(string moment)
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(folder, new Alarm(moment, stop.Cancel), stop.Token));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_run_with_a_fault_leaves_no_files(string moment)
    {
        using TemporaryFolder folder = new();
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(
            folder, new Alarm(moment, () => throw new InvalidOperationException("a fault")), CancellationToken.None));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_run_that_is_left_alone_makes_both_files()
    {
        using TemporaryFolder folder = new();
        IngestReport report = await RunAsync(folder, new Alarm("never", () => { }), CancellationToken.None);
        Assert.True(report.Rows > 0 && report.Rejected > 0);
        Assert.Equal(["out.ndjson", "rejects.ndjson"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    private static async Task<IngestReport> RunAsync(TemporaryFolder folder, IIngestProgress progress, CancellationToken token)
    {
        IngestOptions options = new()
        {
            Paths = [TestData.Health("quirks")],
            RejectsPath = folder.File("rejects.ndjson"),
            ChunkBytes = 100,
            Partitions = 5,
            Workers = 3,
        };
        NdjsonSink sink = new(folder.File("out.ndjson"), () => Stream.Null);
        await using (sink)
        {
            return await HealthIngest.RunAsync(options, [sink], progress, token).WaitAsync(Poll.Deadline, CancellationToken.None);
        }
    }

    /// <summary>Triggers at one stage of the run; if the stage occurs several times, after half of the occurrences.</summary>
    private sealed class Alarm(string moment, Action ring) : IIngestProgress
    {
        private int _reads;

        public void Started(IReadOnlyList<RunFile> files) => RingAt("started");

        public void Read(int fileIndex, long bytes, long records)
        {
            if (Interlocked.Increment(ref _reads) == 10)
            {
                RingAt("read");
            }
        }

        public void Reducing() => RingAt("reducing");

        public void Written(long rows) => RingAt("written");

        private void RingAt(string now)
        {
            if (now == moment)
            {
                ring();
            }
        }
    }
}
