using System.Diagnostics;
using FastIngest.Storage.Http;

namespace FastIngest.Tests.Storage.Http;

public class AdaptiveLimitTests
{
    private static readonly ApiAnswer Ok = new(AnswerKind.Ok), Busy = new(AnswerKind.Busy), Down = new(AnswerKind.Transient), Late = new(AnswerKind.TimedOut);

    [Fact]
    public async Task It_halves_once_for_all_that_were_under_way_and_grows_again_one_by_one()
    {
        AdaptiveLimit limit = new(16);
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
    public async Task Who_finds_no_place_waits_for_one_or_goes_away()
    {
        AdaptiveLimit limit = new(2);
        int[] tickets = await Enter(limit, 2);
        using CancellationTokenSource impatient = new();
        Task<int> first = limit.EnterAsync(impatient.Token).AsTask();
        Task<int> second = limit.EnterAsync(default).AsTask();
        Assert.False(first.IsCompleted || second.IsCompleted);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        limit.Leave(tickets[0], Ok);
        int ticket = await second.WaitAsync(TimeSpan.FromSeconds(60));
        limit.Leave(tickets[1], Busy);
        Assert.Equal(1, limit.Current);
        Task<int> third = limit.EnterAsync(default).AsTask();
        Assert.False(third.IsCompleted);
        limit.Leave(ticket, Ok);
        await third.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_wait_that_the_API_asks_for_holds_back_everyone_and_can_be_cancelled()
    {
        AdaptiveLimit limit = new(4);
        long start = Stopwatch.GetTimestamp();
        limit.Leave((await Enter(limit, 1))[0], Busy with { RetryAfter = TimeSpan.FromSeconds(0.3) });

        using CancellationTokenSource impatient = new();
        Task<int> gone = limit.EnterAsync(impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        await Enter(limit, 2);

        Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds >= 0.29);
        Assert.False(limit.EnterAsync(default).AsTask().IsCompleted);
    }

    [Fact]
    public async Task A_wait_that_is_too_long_holds_back_nobody()
    {
        AdaptiveLimit limit = new(4);
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
