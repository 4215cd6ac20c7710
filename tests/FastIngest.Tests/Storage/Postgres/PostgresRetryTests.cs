using System.Net.Sockets;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace FastIngest.Tests.Storage.Postgres;

/// <summary>Tests the pauses before retries, with a clock that the test controls.</summary>
public sealed class PostgresRetryTests
{
    private static readonly NpgsqlException Lost = new("lost"), Absent = new("absent", new SocketException());

    [Fact]
    public async Task Pauses_double_and_each_is_shortened_by_up_to_half()
    {
        FakeTimeProvider time = new();
        PostgresRetry retry = new(3, TimeSpan.FromSeconds(2), time);
        foreach (int seconds in (int[])[2, 4, 8])
        {
            Task<bool> waiting = retry.WaitAsync(Lost, wasConnected: true, default).AsTask();
            time.Advance(TimeSpan.FromSeconds(seconds / 2.0) - TimeSpan.FromMilliseconds(1));
            Assert.False(waiting.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(seconds / 2.0) + TimeSpan.FromMilliseconds(1));
            Assert.True(await waiting.WaitAsync(Poll.Deadline));
        }

        Assert.False(await retry.WaitAsync(Lost, wasConnected: true, default));
    }

    [Fact]
    public async Task Only_a_server_that_was_connected_before_is_waited_for()
    {
        FakeTimeProvider time = new();
        Assert.False(await new PostgresRetry(3, TimeSpan.FromSeconds(2), time).WaitAsync(Absent, wasConnected: false, default));
        PostgresRetry retry = new(3, TimeSpan.FromSeconds(2), time);
        Assert.True(await time.RunAsync(TimeSpan.FromSeconds(1), retry.WaitAsync(Absent, wasConnected: true, default).AsTask()));

        // While a server restarts, it rejects connections; this attempt has not been connected yet.
        Assert.True(await time.RunAsync(TimeSpan.FromSeconds(1), retry.WaitAsync(Absent, wasConnected: false, default).AsTask()));
    }

    [Fact]
    public async Task A_pause_can_be_cancelled()
    {
        using CancellationTokenSource stop = new();
        Task<bool> waiting = new PostgresRetry(3, TimeSpan.FromSeconds(2), new FakeTimeProvider()).WaitAsync(Lost, wasConnected: true, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Poll.Deadline));
    }
}
