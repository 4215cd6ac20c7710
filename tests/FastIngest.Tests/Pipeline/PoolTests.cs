using FastIngest.Pipeline;

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
        Task<object> third = Task.Run(() => pool.Rent(CancellationToken.None), TestContext.Current.CancellationToken);
        Assert.NotSame(third, await Task.WhenAny(third, Task.Delay(100, TestContext.Current.CancellationToken)));
        pool.Return(two);
        Assert.Same(two, await third.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal(2, made);
    }

    [Fact]
    public void Whoever_waits_can_be_cancelled()
    {
        using Pool<object> pool = new(1, () => new object());
        pool.Rent(TestContext.Current.CancellationToken);
        using CancellationTokenSource stop = new(50);
        Assert.ThrowsAny<OperationCanceledException>(() => pool.Rent(stop.Token));
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
                if (Interlocked.Increment(ref started) == 4)
                {
                    throw new InvalidOperationException("the fault");
                }

                token.WaitHandle.WaitOne(10_000);
                token.ThrowIfCancellationRequested();
            },
            CancellationToken.None));
        Assert.Equal("the fault", fault.Message);
    }
}
