using FastIngest.Pipeline;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline;

public sealed class PoolTests
{
    [Fact]
    public async Task One_too_many_waits_until_one_comes_back()
    {
        int made = 0;
        using Pool<object> pool = new(2, () => $"{++made}");
        object one = pool.Rent(TestContext.Current.CancellationToken);
        object two = pool.Rent(TestContext.Current.CancellationToken);
        Assert.NotSame(one, two);
        WaitingCall<object> third = new(() => pool.Rent(CancellationToken.None));
        third.AssertWaits();
        pool.Return(two);
        Assert.Same(two, await third.ResultAsync());
        Assert.Equal(2, made);
    }

    [Fact]
    public async Task A_waiting_caller_can_be_cancelled()
    {
        using Pool<object> pool = new(1, () => new object());
        pool.Rent(TestContext.Current.CancellationToken);
        using CancellationTokenSource stop = new();
        WaitingCall<object> second = new(() => pool.Rent(stop.Token));
        second.AssertWaits();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(second.ResultAsync);
    }

    [Fact]
    public void The_first_fault_of_any_worker_stops_all_and_is_the_one_thrown()
    {
        int started = 0;
        InvalidOperationException fault = Assert.Throws<InvalidOperationException>(() => Workers.Run(
            4,
            "test",
            token =>
            {
                // This is the last worker: the others already wait, or will wait.
                if (Interlocked.Increment(ref started) == 4)
                {
                    throw new InvalidOperationException("the fault");
                }

                Assert.True(token.WaitHandle.WaitOne(Poll.Deadline), "The fault of one did not stop the others.");
                token.ThrowIfCancellationRequested();
            },
            CancellationToken.None));
        Assert.Equal("the fault", fault.Message);
    }
}
