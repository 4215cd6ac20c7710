using FastIngest.Delivery;
using FastIngest.Storage.Sqlite.Outbox;

namespace FastIngest.Tests.Delivery;

/// <summary>Summaries pass through the stages before they are sent: none is lost, memory stays bounded, and every mark is exact.</summary>
public sealed class StageTests
{
    [Theory]
    [MemberData(nameof(StoredSummaries.Kinds), MemberType = typeof(StoredSummaries))]
    public async Task A_summary_is_sent_with_what_the_stages_attached_to_it(string kind)
    {
        using StoredSummaries stored = new StoredSummaries(kind).WithDays(1_100);
        TestStage first = TestStage.Marking(s => s.Day, batchSize: 7), second = TestStage.Marking(s => s.Text.Length, batchSize: 16);
        using TestApi api = new();

        DeliveryReport report = await DeliverAsync(stored, api, [first, second]);
        DeliveryReport again = await DeliverAsync(stored, api, [first, second]);

        Assert.Equal((1_100, 0, 1_100), (report.Delivered, report.Left, stored.Marked));
        Assert.Equal((0, 1_100), (again.Delivered, again.Unchanged));
        Assert.Equal(1_100, api.Sent.Select(s => s.Day).Distinct().Count());
        Assert.All(api.Sent, s => Assert.Equal([DateOnly.Parse(s.Day, null).DayNumber, s.Text.Length], s.Vector));
        Assert.All([first, second], stage => Assert.Equal(1_100, stage.Batches.Sum()));
        Assert.InRange(first.Batches.Max(), 1, 7);
        Assert.InRange(second.Batches.Max(), 1, 16);
    }

    [Fact]
    public async Task A_stage_processes_as_many_batches_at_once_as_it_declares()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(24);
        using Barrier all = new(3);
        TestStage stage = new((_, cancellationToken) => Task.Run(() => all.SignalAndWait(cancellationToken), cancellationToken), batchSize: 4, concurrency: 3);
        using TestApi api = new();

        DeliveryReport report = await DeliverAsync(stored, api, [stage]);

        Assert.Equal((24, 3), (report.Delivered, stage.Peak));
        Assert.All(stage.Batches, b => Assert.Equal(4, b));
    }

    /// <summary>Summaries read but not yet taken by the slow part: the waiting pages, the current page, and one page that waits for room.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_slow_stage_or_a_slow_API_after_it_slows_down_the_reading(bool isStageSlow)
    {
        const int Days = 16 * OutboxPage.MaxRows, Ahead = BatchQueue.PagesMax + 2;
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(Days);
        await using CountingOutbox outbox = new(new SqliteOutbox(stored.File, OutboxTable.Deliveries));
        int taken = 0;

        // The batches in the stage and, if the API is slow, the batches that wait after the stage and in the API.
        const int Batch = 32;
        int allowed = (Ahead * OutboxPage.MaxRows) + ((isStageSlow ? 2 : Ahead + 2) * Batch);
        Func<ReadOnlyMemory<PendingSummary>, Task> slow = async batch =>
        {
            await outbox.Pages(Ahead);
            Assert.InRange(outbox.Read - Volatile.Read(ref taken), 0, allowed);
            Interlocked.Add(ref taken, batch.Length);
        };
        TestStage stage = new((batch, _) => isStageSlow ? slow(batch) : Task.CompletedTask, Batch);
        using TestApi api = new(send: isStageSlow ? null : slow);

        DeliveryReport report = await DeliverAsync(outbox, stored, api, [stage]);

        Assert.Null(report.LastError);
        Assert.Equal((Days, Days, 0, Days), (taken, report.Delivered, report.Left, stored.Marked));
    }

    [Theory]
    [MemberData(nameof(StoredSummaries.Kinds), MemberType = typeof(StoredSummaries))]
    public async Task What_a_stage_cannot_process_is_marked_with_the_reason_and_all_else_is_delivered(string kind)
    {
        using StoredSummaries stored = new StoredSummaries(kind).WithDays(400);
        string broken = "2024-01-01", single = "2025-01-01", refused = "2025-01-02";
        TestStage stage = new(
            (batch, _) =>
            {
                foreach (PendingSummary summary in batch.Span)
                {
                    if (TestApi.Day(summary) == single)
                    {
                        summary.FailStage("toy: too odd");
                    }
                    else if (TestApi.Day(summary) == refused)
                    {
                        (summary.State, summary.Error) = (DeliveryState.Rejected, "toy: too long");
                    }
                }

                return batch.ToArray().Any(s => TestApi.Day(s) == broken) ? throw new InvalidOperationException("out of\nmemory") : Task.CompletedTask;
            },
            batchSize: 100,
            concurrency: 1);
        using TestApi api = new();

        DeliveryReport report = await DeliverAsync(stored, api, [stage]);

        Assert.Equal((298, 1, 101, 298), (report.Delivered, report.Rejected, report.Left, stored.Marked));
        Assert.Null(report.Problem);
        Assert.False(report.IsComplete);
        Assert.Equal(298, api.Sent.Count);
        Assert.Equal(["0 toy: out of memory", "0 toy: too long", "0 toy: too odd"], stored.Query("DISTINCT attempts, last_error", "WHERE last_error IS NOT NULL ORDER BY 2"));
        Assert.Equal([$"{single}"], Days(stored, "toy: too odd"));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => new DateOnly(2024, 1, 1).AddDays(i).ToString("O")), Days(stored, "toy: out of memory"));

        broken = single = "";
        DeliveryReport rest = await DeliverAsync(stored, api, [stage]);

        Assert.Equal((101, 298, 1, 0), (rest.Delivered, rest.Unchanged, rest.Rejected, rest.Left));
        Assert.Equal(399, api.Sent.Select(s => s.Day).Distinct().Count());
        Assert.Equal(399, api.Sent.Count);
    }

    [Fact]
    public async Task A_stage_that_is_out_of_order_ends_the_delivery_early_and_all_that_is_left_is_counted()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(8_000);
        TestStage stage = new((_, _) => throw new IngestException("no model", "Get one."));
        using TestApi api = new();

        DeliveryReport report = await DeliverAsync(stored, api, [stage]);

        Assert.Equal((0, 8_000), (report.Delivered, report.Left));
        Assert.Equal("the last 16 batches failed before they were sent: toy: no model", report.Problem);
        Assert.Empty(api.Sent);
        Assert.InRange(stage.Batches.Count, 16, 500);
    }

    [Fact]
    public async Task An_API_that_is_not_ready_ends_a_delivery_with_stages_and_none_is_processed()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(8_000);
        TestStage stage = TestStage.Marking(_ => 1);
        using TestApi api = new(problem: "not ready");

        DeliveryReport report = await DeliverAsync(stored, api, [stage]);

        Assert.Equal((0, 8_000, "not ready"), (report.Delivered, report.Left, report.Problem));
        Assert.Empty(stage.Batches);
    }

    [Theory]
    [InlineData("sqlite", true)]
    [InlineData("sqlite", false)]
    [InlineData("postgres", true)]
    [InlineData("postgres", false)]
    public async Task Stopping_in_the_middle_of_a_stage_marks_exactly_what_was_delivered(string kind, bool stageHeedsIt)
    {
        // The stop comes while the second page is processed; all others fit into the queue, and the reading is over.
        const int Days = (BatchQueue.PagesMax + 2) * OutboxPage.MaxRows, StopAt = 100;
        using StoredSummaries stored = new StoredSummaries(kind).WithDays(Days);
        await using CountingOutbox outbox = new(stored.Outbox());
        using CancellationTokenSource stop = new();
        int batches = 0;
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TestStage stage = new(async (_, cancellationToken) =>
        {
            int batch = Interlocked.Increment(ref batches);
            if (batch == StopAt)
            {
                await outbox.End;
                await stop.CancelAsync();
                stopped.SetResult();
                if (stageHeedsIt)
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
            }
            else if (batch > StopAt)
            {
                // No batch is sent after the stop.
                await stopped.Task;
            }
        });
        using TestApi api = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DeliverAsync(outbox, stored, api, [stage], stop.Token));

        // Only the batches before the stop were passed on, each with eight summaries.
        Assert.InRange(api.Sent.Count, 1, 8 * (StopAt - 1));
        await AssertMarksAreExactAsync(stored, api, Days);
    }

    [Theory]
    [MemberData(nameof(StoredSummaries.Kinds), MemberType = typeof(StoredSummaries))]
    public async Task Stopping_while_a_page_is_read_marks_exactly_what_was_delivered(string kind)
    {
        const int Days = 3 * OutboxPage.MaxRows;
        using StoredSummaries stored = new StoredSummaries(kind).WithDays(Days);
        using CancellationTokenSource stop = new();
        using TestApi api = new();
        await using CountingOutbox outbox = new(stored.Outbox(), page => page == 3 ? stop.CancelAsync() : Task.CompletedTask);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DeliverAsync(outbox, stored, api, [], stop.Token));

        Assert.InRange(api.Sent.Count, 0, 2 * OutboxPage.MaxRows);
        await AssertMarksAreExactAsync(stored, api, Days);
    }

    /// <summary>What was sent is marked, and the next delivery sends the rest, each summary once.</summary>
    private static async Task AssertMarksAreExactAsync(StoredSummaries stored, TestApi api, int days)
    {
        int sent = api.Sent.Count;
        Assert.Equal(sent, stored.Marked);
        Assert.Empty(stored.Query("1", "WHERE last_error IS NOT NULL"));

        DeliveryReport rest = await DeliverAsync(stored, api, [TestStage.Marking(_ => 1)]);
        Assert.Equal((days - sent, sent, 0), (rest.Delivered, rest.Unchanged, rest.Left));
        Assert.Equal(days, api.Sent.Select(s => s.Day).Distinct().Count());
        Assert.Equal(days, api.Sent.Count);
    }

    private static List<string> Days(StoredSummaries stored, string error) => stored.Query(stored.DateText, $"WHERE last_error = '{error}' ORDER BY date");

    private static async Task<DeliveryReport> DeliverAsync(StoredSummaries stored, TestApi api, ISummaryStage[] stages, CancellationToken stop = default)
    {
        await using IOutbox outbox = stored.Outbox();
        return await DeliverAsync(outbox, stored, api, stages, stop);
    }

    private static async Task<DeliveryReport> DeliverAsync(IOutbox outbox, StoredSummaries stored, TestApi api, ISummaryStage[] stages, CancellationToken stop = default)
    {
        using DeliveryRun run = new(outbox, api, stored.Options with { Stages = stages, Concurrency = 3 }, null);
        return await run.RunAsync(stop);
    }
}
