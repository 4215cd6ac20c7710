using FastIngest.Storage.Http;
using Microsoft.Extensions.Time.Testing;

namespace FastIngest.Tests.Storage.Http;

public sealed class RequestRateTests
{
    [Fact]
    public async Task Requests_start_evenly_and_an_idle_time_is_not_made_up_for()
    {
        FakeTimeProvider time = new();
        RequestRate rate = new(2.5, time);
        Assert.True(Start(rate).IsCompleted);
        Task second = Start(rate), third = Start(rate);
        time.Advance(TimeSpan.FromMilliseconds(399));
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await second;
        Assert.False(third.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(400));
        await third;

        time.Advance(TimeSpan.FromHours(1));
        Assert.True(Start(rate).IsCompleted);
        Assert.False(Start(rate).IsCompleted);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_without_a_rate_there_is_none()
    {
        FakeTimeProvider time = new();
        RequestRate rate = new(0.001, time);
        using CancellationTokenSource stop = new();
        await rate.WaitAsync(stop.Token);
        Task waiting = rate.WaitAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        RequestRate none = new(0, time);
        Assert.True(Enumerable.Range(0, 1000).All(_ => Start(none).IsCompleted));
    }

    private static Task Start(RequestRate rate) => rate.WaitAsync(default).AsTask();
}
