using System.Globalization;
using FastIngest.Delivery;
using FastIngest.Storage.Http;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Outbox;
using FastIngest.Tests.Delivery;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Support;
using Npgsql;

namespace FastIngest.Tests.Storage.Postgres.Outbox;

/// <summary>
/// Tests a PostgreSQL server that drops connections, aborts transactions or stops during a delivery. Transient faults are
/// retried, no summary is posted twice because of them, and no mark is lost.
/// </summary>
public sealed class PostgresOutboxTests
{
    [Fact]
    public async Task A_broken_connection_is_reopened()
    {
        const int Days = 3000;
        using StoredSummaries stored = new StoredSummaries("postgres").WithDays(Days);
        string name = $"cut {Guid.NewGuid():N}";
        int posts = 0, cuts = 0;
        ApiServer? api = null;
        await using ApiServer server = api = ApiServer.Start(async (context, _) =>
        {
            await api!.Ok(context);
            if (Interlocked.Increment(ref posts) % 700 == 0)
            {
                Interlocked.Add(ref cuts, Cut(name));
            }
        });

        DeliveryReport report = await stored.DeliverAsync(server.Url, o => o with { From = stored.SourceOf(stored.Url + "?application_name=" + Uri.EscapeDataString(name)) });

        Assert.True(cuts > 0);
        Assert.Equal((Days, 0, Days), (report.Delivered, report.Left, server.Requests.Count));
        Assert.Equal(Days, stored.Marked);
        Assert.Equal(["1"], stored.Query("DISTINCT attempts"));
    }

    [Fact]
    public async Task Marks_of_an_interrupted_transaction_are_written_again()
    {
        using StoredSummaries stored = new StoredSummaries("postgres").WithDays(50);
        string name = $"cut {Guid.NewGuid():N}";
        TaskCompletionSource isLocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? cutting = null;
        ApiServer? api = null;
        await using ApiServer server = api = ApiServer.Start(async (context, _) =>
        {
            await api!.Ok(context);
            if (isLocked.TrySetResult())
            {
                NpgsqlConnection other = PostgresServer.Shared.Connect();
                Run(other, $"BEGIN; LOCK TABLE {stored.Schema}.deliveries IN SHARE MODE");
                cutting = Task.Run(() => CutWhoWaits(name, other));
            }
        });

        DeliveryReport report = await stored.DeliverAsync(server.Url, o => o with { From = stored.SourceOf(stored.Url + "?application_name=" + Uri.EscapeDataString(name)) });

        await cutting!;
        Assert.Equal((50, 0, 50), (report.Delivered, report.Left, server.Requests.Count));
        Assert.Equal(50, stored.Marked);
    }

    [Theory]
    [InlineData("40001")]
    [InlineData("40P01")]
    [InlineData("53300")]
    [InlineData("57P01")]
    public async Task A_transaction_that_the_server_aborts_is_repeated(string state)
    {
        using StoredSummaries stored = new StoredSummaries("postgres").WithDays(20);
        FailMarks(stored, state, times: 2);
        await using ApiServer server = ApiServer.Start();

        DeliveryReport report = await stored.DeliverAsync(server.Url);

        Assert.Equal((20, 0, 20), (report.Delivered, report.Left, server.Requests.Count));
        Assert.Equal(20, stored.Marked);
        Assert.Equal(["1"], stored.Query("DISTINCT attempts"));
    }

    [Fact]
    public async Task A_permanent_fault_is_reported_at_once_and_unmarked_summaries_are_sent_again()
    {
        using StoredSummaries stored = new StoredSummaries("postgres").WithDays(20);
        FailMarks(stored, "42501", times: int.MaxValue);
        await using ApiServer server = ApiServer.Start();

        IngestException fault = await Assert.ThrowsAsync<IngestException>(() => stored.DeliverAsync(server.Url));

        Assert.Contains("SQLSTATE 42501", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, stored.Marked);
        PostgresServer.Shared.Query($"DROP TRIGGER fail ON {stored.Schema}.deliveries");
        DeliveryReport report = await stored.DeliverAsync(server.Url);
        Assert.Equal((20, 0, 20), (report.Delivered, report.Left, stored.Marked));
    }

    [Fact]
    public async Task A_restart_of_the_server_only_delays_the_delivery()
    {
        const int Days = 2000;
        using PostgresServer database = PostgresServer.Create();
        using StoredSummaries stored = new StoredSummaries(database).WithDays(Days);
        int posts = 0;
        Task? restarting = null;
        ApiServer? api = null;
        await using ApiServer server = api = ApiServer.Start(async (context, _) =>
        {
            await api!.Ok(context);
            if (Interlocked.Increment(ref posts) == 500)
            {
                database.Kill();
                restarting = Task.Run(database.Start);
            }
        });

        DeliveryReport report = await stored.DeliverAsync(server.Url);

        await restarting!;
        Assert.Equal((Days, 0, Days), (report.Delivered, report.Left, server.Requests.Count));
        Assert.Equal(Days, stored.Marked);
        Assert.Equal(["1"], stored.Query("DISTINCT attempts"));
    }

    [Fact]
    public async Task An_unavailable_server_ends_the_delivery_and_nothing_is_lost()
    {
        const int Days = 2000;
        using PostgresServer database = PostgresServer.Create();
        using StoredSummaries stored = new StoredSummaries(database).WithDays(Days);
        int posts = 0;
        ApiServer? api = null;
        await using ApiServer server = api = ApiServer.Start(async (context, _) =>
        {
            await api!.Ok(context);
            if (Interlocked.Increment(ref posts) == 500)
            {
                database.Kill();
            }
        });

        IngestException fault = await Assert.ThrowsAsync<IngestException>(async () =>
        {
            using IngestApi target = new(ApiAddress.Parse(server.Url), stored.Options, StoredSummaries.Quick);
            await using PostgresOutbox outbox = new(stored.Url, stored.Schema, OutboxTable.Deliveries, models: null, () => new PostgresRetry(2, TimeSpan.FromMilliseconds(10)));
            using DeliveryRun run = new(outbox, target, stored.Options, null);
            await run.RunAsync(TestContext.Current.CancellationToken);
        });

        Assert.Contains("the connection failed", fault.Message, StringComparison.Ordinal);
        database.Start();
        DeliveryReport rest = await stored.DeliverAsync(server.Url);
        Assert.Equal((Days, 0, Days), (server.Taken.Count, rest.Left, stored.Marked));
        Assert.Equal(Days, rest.Delivered + rest.Unchanged);
    }

    /// <summary>Terminates the connections with the given application name; returns their number.</summary>
    private static int Cut(string name, string which = "true") =>
        PostgresServer.Shared.Query($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}' AND {which}").Count;

    private static void CutWhoWaits(string name, NpgsqlConnection locker)
    {
        using (locker)
        {
            Poll.Until(() => Cut(name, "wait_event_type = 'Lock'") > 0, "Nobody waits for the lock.");
        }
    }

    /// <summary>Makes the first transactions that write marks fail at their commit with an SQLSTATE.</summary>
    private static void FailMarks(StoredSummaries stored, string state, int times)
    {
        string schema = stored.Schema;
        using NpgsqlConnection connection = PostgresServer.Shared.Connect();
        Run(connection, $"CREATE SEQUENCE {schema}.failures");
        Run(connection, string.Create(CultureInfo.InvariantCulture, $"""
            CREATE FUNCTION {schema}.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('{schema}.failures') <= {times} THEN RAISE EXCEPTION 'not now' USING ERRCODE = '{state}'; END IF;
                RETURN NULL;
            END $$
            """));
        Run(connection, $"CREATE TRIGGER fail AFTER INSERT ON {schema}.deliveries EXECUTE FUNCTION {schema}.fail()");
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using NpgsqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }
}
