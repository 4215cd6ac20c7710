using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks;
using FastIngest.Sinks.Summaries;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline;

/// <summary>Runs with several sinks, some of which fail.</summary>
public sealed class SeveralSinksTests
{
    private const int Rows = 48;

    [Theory]
    [InlineData("write", IngestMode.Optimized)]
    [InlineData("write", IngestMode.Original)]
    [InlineData("complete", IngestMode.Optimized)]
    public async Task A_sink_that_fails_does_not_take_the_others_with_it(string at, IngestMode mode)
    {
        FakeSink[] sinks = [new(), new() { FailAt = at }, new() { PauseMs = 5 }];
        IngestReport report = await RunAsync(sinks, mode);

        Assert.Equal([Rows, null, Rows], report.Sinks.Select(s => s.Result?.Rows));
        Assert.Equal([null, $"fault at {at}", null], report.Sinks.Select(s => s.Fault?.Message));
        Assert.False(sinks[1].IsComplete);
    }

    [Fact]
    public async Task A_sink_that_cannot_be_opened_ends_the_run_before_anything_is_read()
    {
        FakeSink[] sinks = [new(), new() { FailAt = "open" }];
        await Assert.ThrowsAsync<IngestException>(() => RunAsync(sinks));
        Assert.Equal(0, sinks[0].Rows);
        Assert.False(sinks[0].IsComplete);
    }

    [Theory]
    [InlineData(IngestMode.Optimized)]
    [InlineData(IngestMode.Original)]
    public async Task A_run_without_a_sink_left_fails_with_the_fault_of_every_sink(IngestMode mode)
    {
        FakeSink[] sinks = [new() { FailAt = "write" }, new() { FailAt = "complete" }];
        AggregateException faults = await Assert.ThrowsAsync<AggregateException>(() => RunAsync(sinks, mode));
        Assert.Equal(["fault at write", "fault at complete"], faults.InnerExceptions.Select(e => Assert.IsType<IngestException>(e).Message));
    }

    [Fact]
    public async Task A_run_whose_only_sink_fails_fails_with_its_fault()
    {
        FakeSink[] sinks = [new() { FailAt = "write" }];
        Assert.Equal("fault at write", (await Assert.ThrowsAsync<IngestException>(() => RunAsync(sinks))).Message);
    }

    /// <summary>A sink that has a batch may return it, and a batch that was returned has no rows to count.</summary>
    [Fact]
    public async Task The_rows_of_a_batch_are_counted_before_any_sink_has_it()
    {
        FakeSink[] sinks = [new(), new()];
        bool? hasArrived = null;
        IngestReport report = await RunAsync(sinks, progress: new RowProgress(() => hasArrived ??= sinks[0].FirstBatch.Task.Wait(TimeSpan.FromMilliseconds(100))));
        Assert.False(hasArrived);
        Assert.Equal(Rows, report.Rows);
    }

    [Theory]
    [InlineData("open")]
    [InlineData("write")]
    [InlineData("complete")]
    public async Task Only_a_sink_with_a_transient_fault_receives_the_whole_run_once_more(string at)
    {
        foreach (int count in (int[])[1, 2])
        {
            FakeSink passing = new() { FailAt = at, PassesAfter = 2 };
            FakeSink other = new();
            IngestReport report = await RunAsync([.. new[] { passing, other }.Take(count)]);

            Assert.Equal(Rows, passing.Rows);
            Assert.True(passing.IsComplete);
            Assert.Single(passing.RunIds.Distinct());
            Assert.Equal(3, passing.RunIds.Count);
            Assert.Equal(950, report.Records);
            Assert.Equal(at == "open" ? 0 : 2, report.Warnings.Count);
            if (count == 2)
            {
                Assert.Equal(Rows, other.Rows);
                Assert.Single(other.RunIds);
            }
        }
    }

    [Fact]
    public async Task A_fault_that_passes_too_late_leaves_the_others_complete()
    {
        FakeSink never = new() { FailAt = "complete", PassesAfter = int.MaxValue, StartsOver = 3 };
        IngestReport report = await RunAsync([never, new()]);
        Assert.Equal([null, Rows], report.Sinks.Select(s => s.Result?.Rows));
        Assert.Equal(Rows, report.Rows);
        Assert.Equal(4, never.RunIds.Count);
    }

    private static async Task<IngestReport> RunAsync(FakeSink[] sinks, IngestMode mode = IngestMode.Optimized, IIngestProgress? progress = null)
    {
        using TemporaryFolder folder = new(inMemory: true);
        IngestOptions options = new() { Paths = [TestData.Health("default")], Mode = mode, Partitions = 7, Workers = 2, RejectsPath = folder.File("rejects.ndjson") };
        return await Task.Run(() => HealthIngest.RunAsync(options, sinks, progress, CancellationToken.None));
    }

    /// <summary>Calls a function of the test whenever rows are counted.</summary>
    private sealed class RowProgress(Action written) : IIngestProgress
    {
        public void Started(IReadOnlyList<RunFile> files)
        {
        }

        public void Read(int fileIndex, long bytes, long records)
        {
        }

        public void Reducing()
        {
        }

        public void Written(long rows) => written();
    }

    private sealed class FakeSink : ISummarySink
    {
        private int _faults;

        public string? FailAt { get; init; }

        /// <summary>The number of faults before the sink works; 0 if it never faults.</summary>
        public int PassesAfter { get; init; }

        public int StartsOver { get; init; } = 10;

        public int PauseMs { get; init; }

        public long Rows { get; private set; }

        public bool IsComplete { get; private set; }

        public List<Guid> RunIds { get; } = [];

        /// <summary>Completes when the sink receives its first batch.</summary>
        public TaskCompletionSource FirstBatch { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string DisplayName => "fake";

        public ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken)
        {
            RunIds.Add(run.RunId);
            Rows = 0;
            return FailIf("open");
        }

        public async ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken)
        {
            FirstBatch.TrySetResult();
            await Task.Delay(PauseMs, cancellationToken);
            Rows += batch.RowCount;
            await FailIf("write");
        }

        public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
        {
            await FailIf("complete");
            Assert.Equal(figures.Rows, Rows);
            IsComplete = true;
            return new SinkResult(Rows, Rows, 0, 0);
        }

        public ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken) =>
            ValueTask.FromResult(PassesAfter > 0 && _faults <= StartsOver);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private ValueTask FailIf(string at) => FailAt == at && (PassesAfter == 0 || _faults < PassesAfter) && ++_faults > 0
            ? throw new IngestException($"fault at {at}", "remedy")
            : ValueTask.CompletedTask;
    }
}
