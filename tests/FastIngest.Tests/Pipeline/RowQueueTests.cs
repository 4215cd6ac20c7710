using FastIngest.Health;
using FastIngest.Pipeline.Reduce;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline;

public sealed class RowQueueTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 8)]
    [InlineData(2, 8)]
    [InlineData(100, 8)]
    public async Task Batches_come_in_order_of_partitions_however_few_there_may_be(int capacity, int workers)
    {
        const int Partitions = 60;
        RowQueue queue = new(Partitions, capacity, () => new SummaryBatch());
        int[] batches = [.. Enumerable.Range(0, Partitions).Select(p => p * 7 % 5)];
        int next = -1;
        Task[] reducers = [.. Enumerable.Range(0, workers).Select(w => Task.Factory.StartNew(
            () =>
            {
                Random random = new(w);
                for (int p = Interlocked.Increment(ref next); p < Partitions; p = Interlocked.Increment(ref next))
                {
                    for (int b = 0; b < batches[p]; b++)
                    {
                        SummaryBatch batch = queue.Rent(p);
                        Assert.Equal(0, batch.RowCount);
                        batch.AddRow().Day = (p * 10) + b;
                        Thread.SpinWait(random.Next(2000));
                        queue.Add(p, batch);
                    }

                    queue.Complete(p);
                }
            },
            TaskCreationOptions.LongRunning))];
        List<int> days = [];
        Task writer = Task.Factory.StartNew(
            () =>
            {
                while (queue.Take() is { } batch)
                {
                    days.Add(batch.Rows[0].Day);
                    queue.Return(batch);
                }
            },
            TaskCreationOptions.LongRunning);
        await Task.WhenAll([.. reducers, writer]).WaitAsync(Poll.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, Partitions).SelectMany(p => Enumerable.Range(0, batches[p]).Select(b => (p * 10) + b)), days);
    }

    [Fact]
    public async Task A_partition_waits_for_its_turn_while_all_batches_are_out()
    {
        RowQueue queue = new(2, 1, () => new SummaryBatch());
        SummaryBatch first = queue.Rent(1);
        WaitingCall<SummaryBatch> waiting = new(() => queue.Rent(1));
        waiting.AssertWaits();
        SummaryBatch extra = await new WaitingCall<SummaryBatch>(() => queue.Rent(0)).ResultAsync();

        // With the extra batch, two batches are in use although the capacity is one: returning one of them leaves none free.
        queue.Return(first);
        Assert.True(queue.MustWait(1));
        queue.Return(extra);
        await waiting.ResultAsync();
    }

    [Fact]
    public async Task The_partition_whose_turn_it_is_waits_while_a_batch_is_to_be_written_or_being_written()
    {
        RowQueue queue = new(1, 1, () => new SummaryBatch());
        queue.Add(0, queue.Rent(0));
        Assert.True(queue.MustWait(0));
        SummaryBatch written = queue.Take()!;
        WaitingCall<SummaryBatch> waiting = new(() => queue.Rent(0));
        waiting.AssertWaits();
        queue.Return(written);
        await waiting.ResultAsync();
    }

    [Fact]
    public async Task Stopping_wakes_everybody_now_and_later()
    {
        RowQueue queue = new(3, 1, () => new SummaryBatch());
        queue.Rent(1);
        WaitingCall<SummaryBatch?>[] waiting = [new(queue.Take), new(() => queue.Rent(1)), new(() => queue.Rent(2))];
        Array.ForEach(waiting, w => w.AssertWaits());
        queue.Stop();
        foreach (WaitingCall<SummaryBatch?> call in waiting)
        {
            await Assert.ThrowsAsync<OperationCanceledException>(call.ResultAsync);
        }

        Assert.Throws<OperationCanceledException>(() => queue.Rent(0));
        Assert.Throws<OperationCanceledException>(() => queue.Take());
    }
}
