using FastIngest.Storage.Http;
using FastIngest.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FastIngest.Tests.Storage.Http;

public class AdaptiveLimitTests
{
    private static readonly ApiResponse Ok = new(ResponseKind.Ok), Busy = new(ResponseKind.Busy), Down = new(ResponseKind.Transient), Late = new(ResponseKind.TimedOut);

    [Fact]
    public async Task It_halves_once_for_all_running_requests_and_then_grows_one_by_one()
    {
        AdaptiveLimit limit = new(16, TimeProvider.System);
        int[] tickets = await Enter(limit, 16);

        Array.ForEach(tickets, t => limit.Leave(t, Busy));
        Assert.Equal(8, limit.Current);
        limit.Leave((await Enter(limit, 1))[0], Late);
        Assert.Equal(4, limit.Current);
        limit.Leave((await Enter(limit, 1))[0], Down);
        Assert.Equal(4, limit.Current);
        for (int i = 0; i < 3; i++)
        {
            limit.Leave((await Enter(limit, 1))[0], Busy);
        }

        Assert.Equal((1, 1), (limit.Current, limit.Lowest));
        int successes = 0;
        while (limit.Current < 16)
        {
            limit.Leave((await Enter(limit, 1))[0], Ok);
            successes++;
        }

        Assert.Equal(Enumerable.Range(1, 15).Sum(), successes);
        limit.Leave((await Enter(limit, 1))[0], Ok);
        Assert.Equal(16, limit.Current);
    }

    [Fact]
    public async Task A_request_over_the_limit_waits_and_can_be_cancelled()
    {
        AdaptiveLimit limit = new(2, TimeProvider.System);
        int[] tickets = await Enter(limit, 2);
        using CancellationTokenSource impatient = new();
        Task<int> first = limit.EnterAsync(impatient.Token).AsTask();
        Task<int> second = limit.EnterAsync(default).AsTask();
        Assert.False(first.IsCompleted || second.IsCompleted);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Poll.Deadline));
        limit.Leave(tickets[0], Ok);
        int ticket = await second.WaitAsync(Poll.Deadline);
        limit.Leave(tickets[1], Busy);
        Assert.Equal(1, limit.Current);
        Task<int> third = limit.EnterAsync(default).AsTask();
        Assert.False(third.IsCompleted);
        limit.Leave(ticket, Ok);
        await third.WaitAsync(Poll.Deadline);
    }

    [Fact]
    public async Task A_Retry_After_delays_all_requests_and_can_be_cancelled()
    {
        FakeTimeProvider time = new();
        AdaptiveLimit limit = new(4, time);
        limit.Leave((await Enter(limit, 1))[0], Busy with { RetryAfter = TimeSpan.FromSeconds(0.3) });

        // Two requests may still start. A third one waits and is cancelled.
        using CancellationTokenSource impatient = new();
        Task<int> gone = limit.EnterAsync(impatient.Token).AsTask();
        Task<int>[] patient = [limit.EnterAsync(default).AsTask(), limit.EnterAsync(default).AsTask()];
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.WaitAsync(Poll.Deadline));
        time.Advance(TimeSpan.FromMilliseconds(299));
        Assert.All(patient, p => Assert.False(p.IsCompleted));
        time.Advance(TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(patient).WaitAsync(Poll.Deadline);

        Assert.False(limit.EnterAsync(default).AsTask().IsCompleted);
    }

    [Fact]
    public async Task A_later_Retry_After_can_only_extend_the_wait()
    {
        FakeTimeProvider time = new();
        AdaptiveLimit limit = new(4, time);
        int[] tickets = await Enter(limit, 3);
        limit.Leave(tickets[0], Down with { RetryAfter = TimeSpan.FromSeconds(1) });
        Task<int> patient = limit.EnterAsync(default).AsTask();
        limit.Leave(tickets[1], Down with { RetryAfter = TimeSpan.FromSeconds(5) });
        limit.Leave(tickets[2], Down with { RetryAfter = TimeSpan.FromSeconds(2) });
        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(3.999));
        Assert.False(patient.IsCompleted);
        await time.RunAsync(TimeSpan.FromMilliseconds(1), patient);
    }

    [Fact]
    public async Task A_Retry_After_that_is_too_long_delays_no_request()
    {
        AdaptiveLimit limit = new(4, TimeProvider.System);
        limit.Leave((await Enter(limit, 1))[0], Busy with { RetryAfter = TimeSpan.FromHours(1) });
        Assert.True(limit.EnterAsync(default).AsTask().IsCompletedSuccessfully);
    }

    private static async Task<int[]> Enter(AdaptiveLimit limit, int times)
    {
        int[] tickets = new int[times];
        for (int i = 0; i < times; i++)
        {
            tickets[i] = await limit.EnterAsync(default);
        }

        return tickets;
    }
}
