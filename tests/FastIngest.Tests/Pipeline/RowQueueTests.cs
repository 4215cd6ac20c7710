using FastIngest.Health;
using FastIngest.Pipeline.Reduce;

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
        await Task.WhenAll([.. reducers, writer]).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, Partitions).SelectMany(p => Enumerable.Range(0, batches[p]).Select(b => (p * 10) + b)), days);
    }

    [Fact]
    public async Task Those_whose_turn_it_is_not_wait_when_all_batches_are_out()
    {
        RowQueue queue = new(2, 1, () => new SummaryBatch());
        SummaryBatch first = queue.Rent(1);
        Task<SummaryBatch> waiting = Task.Run(() => queue.Rent(1), TestContext.Current.CancellationToken);
        Assert.NotSame(waiting, await Task.WhenAny(waiting, Task.Delay(100, TestContext.Current.CancellationToken)));
        Assert.NotNull(queue.Rent(0));
        queue.Return(first);
        Assert.NotSame(waiting, await Task.WhenAny(waiting, Task.Delay(100, TestContext.Current.CancellationToken)));
        queue.Return(new SummaryBatch());
        Assert.NotNull(await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_one_whose_turn_it_is_waits_too_while_the_writer_has_enough()
    {
        RowQueue queue = new(1, 2, () => new SummaryBatch());
        queue.Add(0, queue.Rent(0));
        queue.Add(0, queue.Rent(0));
        SummaryBatch written = queue.Take()!;
        Task<SummaryBatch> waiting = Task.Run(() => queue.Rent(0), TestContext.Current.CancellationToken);
        Assert.NotSame(waiting, await Task.WhenAny(waiting, Task.Delay(100, TestContext.Current.CancellationToken)));
        queue.Return(written);
        Assert.NotNull(await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Stopping_wakes_everybody_now_and_later()
    {
        RowQueue queue = new(3, 1, () => new SummaryBatch());
        queue.Rent(1);
        Task[] waiting = [Task.Run(queue.Take), Task.Run(() => queue.Rent(1)), Task.Run(() => queue.Rent(2))];
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(waiting, t => t.IsCompleted);
        queue.Stop();
        foreach (Task task in waiting)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        }

        Assert.Throws<OperationCanceledException>(() => queue.Rent(0));
        Assert.Throws<OperationCanceledException>(() => queue.Take());
    }
}
