using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Tests.Storage.Postgres.Connection;

/// <summary>After a call that ended in any way, the next call finds a connection that works.</summary>
public sealed class RepeatableCallsTests
{
    [Fact]
    public Task A_connection_that_broke_between_two_calls_is_replaced() => NextCallWorksAfterAsync<ObjectDisposedException>(async (calls, _) =>
    {
        NpgsqlConnection? first = null;
        await calls.RunAsync(
            connection =>
            {
                first = connection;
                return Task.CompletedTask;
            },
            CancellationToken.None);
        await first!.CloseAsync();
        throw new ObjectDisposedException("the connection");
    });

    [Fact]
    public Task A_call_that_is_cancelled_in_the_middle_of_a_COPY_leaves_no_broken_connection() => NextCallWorksAfterAsync<OperationCanceledException>((calls, stop) => calls.RunAsync(
        async connection =>
        {
            await using NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync("COPY (SELECT generate_series(1, 100000)) TO STDOUT (FORMAT BINARY)", stop.Token);
            byte[] buffer = new byte[100];
            Assert.True(await stream.ReadAsync(buffer, stop.Token) > 0);
            await stop.CancelAsync();
            Assert.Equal(0, await stream.ReadAsync(buffer, stop.Token));
        },
        stop.Token));

    [Fact]
    public Task A_call_that_is_cancelled_while_it_waits_for_the_server_leaves_no_broken_connection() => NextCallWorksAfterAsync<OperationCanceledException>((calls, stop) => calls.RunAsync(
        async connection =>
        {
            await connection.CloseAsync();
            await stop.CancelAsync();
            throw new IOException("the server went away");
        },
        stop.Token));

    [Fact]
    public Task A_call_that_fails_by_itself_leaves_no_broken_connection() => NextCallWorksAfterAsync<InvalidOperationException>((calls, _) => calls.RunAsync(
        async connection =>
        {
            await connection.RunAsync("BEGIN", CancellationToken.None);
            throw new InvalidOperationException("in the middle of a transaction");
        },
        CancellationToken.None));

    private static async Task NextCallWorksAfterAsync<TFault>(Func<RepeatableCalls, CancellationTokenSource, ValueTask> call)
        where TFault : Exception
    {
        PostgresAddress address = PostgresAddress.Parse(PostgresServer.Shared.Url);
        PostgresRetry retry = new(6, TimeSpan.FromMilliseconds(1));
        string schema = PostgresServer.NewSchema();
        PostgresServer.Shared.Query(PostgresSchema.Script(schema));
        PostgresSession session = new(address, new PostgresNames(schema), retry);
        await using RepeatableCalls calls = new(
            session, () => retry, async token => await session.OpenAsync(token), e => PostgresFault.Explain(e, address.DisplayName, "a"));
        using CancellationTokenSource stop = new();

        await Assert.ThrowsAnyAsync<TFault>(async () => await call(calls, stop));

        // The server rejects this statement in a transaction.
        await calls.RunAsync(async connection => await connection.RunAsync("DISCARD ALL", CancellationToken.None), CancellationToken.None);
    }
}
