using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Postgres.Summaries;
using FastIngest.Tests.Storage.Postgres.Records;
using FastIngest.Tests.Support;
using Npgsql;

namespace FastIngest.Tests.Storage.Postgres.Summaries;

/// <summary>
/// Tests faults of the server, each without and with records: the tables are unchanged afterwards. After the next run
/// they equal those of an undisturbed run. If the fault is transient, the next run is a retry of the same run.
/// </summary>
public sealed class PostgresFaultTests
{
    private readonly PostgresServer _server = PostgresServer.Shared;
    private readonly PostgresTables _tables = new();

    [Theory]
    [InlineData("40001", false)]
    [InlineData("40001", true)]
    [InlineData("40P01", false)]
    [InlineData("53200", true)]
    [InlineData("57P01", true)]
    [InlineData("08006", false)]
    public void After_a_transient_fault_the_whole_run_is_repeated(string state, bool takesRecords)
    {
        PostgresTables undisturbed = new();
        Ingest(undisturbed, takesRecords);
        _tables.Query(PostgresSchema.Script(_tables.Schema));

        // Only the first row is rejected, because a sequence does not return to its old value after a rollback.
        _tables.Query(
            $$"""
            CREATE SEQUENCE {s}.calls;
            CREATE FUNCTION {s}.refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF nextval('{s}.calls') = 1 THEN RAISE EXCEPTION 'not now' USING ERRCODE = '{{state}}'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON {s}.{{(takesRecords ? "sleep" : "daily_summaries")}} FOR EACH ROW EXECUTE FUNCTION {s}.refuse();
            """);
        IngestReport report = Ingest(_tables, takesRecords);

        Assert.Contains($"not now (SQLSTATE {state})", Assert.Single(report.Warnings), StringComparison.Ordinal);
        Assert.Equal(undisturbed.Dump(), _tables.Dump());
        Assert.Equal(undisturbed.DumpRecords(), _tables.DumpRecords());
        Assert.Equal(1, _tables.Runs());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_deadlock_is_a_transient_fault(bool takesRecords)
    {
        string before = await BeginAsync(takesRecords);
        await using PostgresSink sink = Sink("?options=-c%20deadlock_timeout%3D10ms", takesRecords);
        SinkRun run = Rows.Run();
        await sink.OpenAsync(run, CancellationToken.None);
        await WriteAsync(sink, takesRecords, 2_000);

        // Another program holds a lock that the run needs next, and waits for a lock that the run holds.
        await using NpgsqlConnection other = _server.Connect();
        await ExecuteAsync(other, "SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE {s}.ingest_runs IN ACCESS EXCLUSIVE MODE");
        Task waiting = ExecuteAsync(other, "LOCK TABLE {s}.daily_summaries IN ACCESS EXCLUSIVE MODE; ROLLBACK");
        Poll.Until(
            () => _tables.Query("SELECT count(*) FROM pg_locks WHERE relation = '{s}.daily_summaries'::regclass AND NOT granted")[0] == "1",
            "The other program does not wait for the run.");

        IngestException e = await Assert.ThrowsAsync<IngestException>(() => sink.CompleteAsync(Rows.Figures, CancellationToken.None).AsTask());
        Assert.Contains("SQLSTATE 40P01", e.Message);
        await waiting;
        await AssertPassesAsync(sink, run, e, takesRecords, before);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dropped_connection_is_a_transient_fault(bool takesRecords)
    {
        string before = await BeginAsync(takesRecords);
        using Relay relay = new(_server.Port);
        await using PostgresSink sink = new($"postgres://tester@127.0.0.1:{relay.Port}/postgres", _tables.Schema, new PostgresRetry(3, TimeSpan.FromMilliseconds(20)), takesRecords);
        SinkRun run = Rows.Run();
        await sink.OpenAsync(run, CancellationToken.None);
        await WriteAsync(sink, takesRecords, 2_000);
        relay.Drop();
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => sink.CompleteAsync(Rows.Figures, CancellationToken.None).AsTask());
        Assert.Contains("the connection failed", e.Message);
        await AssertPassesAsync(sink, run, e, takesRecords, before);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_statement_timeout_is_reported_with_a_remedy(bool takesRecords)
    {
        // The tables are empty, so that a COPY stays open.
        _tables.Query(PostgresSchema.Script(_tables.Schema));
        string before = Dump();
        await using PostgresSink sink = Sink("?options=-c%20statement_timeout%3D100", takesRecords);
        IngestException e = await Assert.ThrowsAsync<IngestException>(async () =>
        {
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            await WriteAsync(sink, takesRecords, 2_000);

            // The COPY stays open until more rows arrive, and exceeds the statement timeout by the server's clock.
            Poll.Until(
                () => _tables.Query(
                    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE relation = '{s}.daily_summaries'::regclass "
                    + "AND mode = 'ShareRowExclusiveLock' AND clock_timestamp() < query_start + interval '200 ms'")[0] == "0",
                "The statement does not get older.");
            await sink.CompleteAsync(Rows.Figures, CancellationToken.None);
        });
        Assert.Contains("SQLSTATE 57014", e.Message);
        Assert.Contains("statement_timeout", e.Remedy);
        Assert.False(await sink.TryStartOverAsync(e, CancellationToken.None));
        await sink.DisposeAsync();
        Assert.Equal(before, Dump());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_disk_of_the_server_leaves_the_tables_unchanged(bool takesRecords)
    {
        using TempFolder folder = new();
        Assert.SkipUnless(Mount("-t", "tmpfs", "-o", "size=6m", "none", folder.FullPath), "needs to mount a disk");
        string space = $"small{Guid.NewGuid():N}";
        try
        {
            PostgresServer.Own(folder.FullPath);
            _server.Query($"CREATE TABLESPACE {space} LOCATION {PostgresNames.Literal(folder.FullPath)}");
            string options = $"?options=-c%20default_tablespace%3D{space}";
            string before = await BeginAsync(takesRecords, options);

            await using (PostgresSink sink = Sink(options, takesRecords))
            {
                IngestException e = await Assert.ThrowsAsync<IngestException>(() => RunAsync(sink, Rows.Run(), takesRecords, 60_000));
                Assert.Contains("the server's disk is full", e.Message);
            }

            Assert.Equal(before, Dump());
            Assert.True(Mount("-o", "remount,size=128m", folder.FullPath));
            await using PostgresSink next = Sink(options, takesRecords);
            SinkResult result = await RunAsync(next, Rows.Run(), takesRecords, 60_000);
            Assert.Equal(60_000, takesRecords ? result.Tables.Sum(t => t.Rows) : result.Inserted);
            _tables.Query("DROP SCHEMA {s} CASCADE");
            _tables.Query($"DROP TABLESPACE {space}");
        }
        finally
        {
            using Process unmount = Process.Start("umount", ["-l", folder.FullPath]);
            await unmount.WaitForExitAsync();
        }
    }

    private static IngestReport Ingest(PostgresTables tables, bool takesRecords)
    {
        PostgresSink sink = tables.Sink(takesRecords);
        try
        {
            IngestReport report = Support.Run.Ingest(new IngestOptions { Paths = [TestData.Health("default")] }, sink).Report;
            Assert.True(report.Sinks[1].Fault is null, report.Sinks[1].Fault?.ToString());
            return report;
        }
        finally
        {
            sink.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Checks that the next attempt of a failed run has the result of an undisturbed run.</summary>
    private async Task AssertPassesAsync(PostgresSink sink, SinkRun run, IngestException fault, bool takesRecords, string before)
    {
        Assert.Equal(before, Dump());
        Assert.True(await sink.TryStartOverAsync(fault, CancellationToken.None), fault.ToString());
        SinkResult result = await RunAsync(sink, run, takesRecords, 2_000);
        Assert.Equal(2_000, takesRecords ? result.Tables.Sum(t => t.Rows) : result.Inserted);
        Assert.Equal(2, _tables.Runs());
    }

    /// <summary>Loads the tables for the first time; returns their content.</summary>
    private async Task<string> BeginAsync(bool takesRecords, string options = "")
    {
        await using PostgresSink sink = Sink(options, takesRecords);
        await RunAsync(sink, Rows.Run(), takesRecords, 3, "a");
        return Dump();
    }

    private static async Task<SinkResult> RunAsync(PostgresSink sink, SinkRun run, bool takesRecords, int count, string prefix = "x")
    {
        await sink.OpenAsync(run, CancellationToken.None);
        await WriteAsync(sink, takesRecords, count, prefix);
        return await sink.CompleteAsync(Rows.Figures, CancellationToken.None);
    }

    /// <summary>Writes the given number of summaries, of 300 bytes each, or of heart rates. From a thousand on, a COPY is open.</summary>
    private static async Task WriteAsync(PostgresSink sink, bool takesRecords, int count, string prefix = "x")
    {
        if (takesRecords)
        {
            await sink.WriteRecordsAsync(Category.HeartRate, [.. Enumerable.Range(0, count).Select(i =>
                $$"""{"user_id": "{{prefix}}{{i:000000}}{{new string('u', 40)}}", "date_time": "2024-0{{1 + (i % 3)}}-01", "value": {{i}}}""")]);
            return;
        }

        SummaryBatch batch = new();
        for (int i = 0; i < count; i++)
        {
            batch.Row($"{prefix}{i:000000}", "2024-01-01", i, (Category.Sleep, new string('s', 300)));
        }

        await sink.WriteAsync(batch, CancellationToken.None);
    }

    private static bool Mount(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("mount", arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private PostgresSink Sink(string options, bool takesRecords) =>
        new(_server.Url + options, _tables.Schema, new PostgresRetry(3, TimeSpan.FromMilliseconds(20)), takesRecords);

    private string Dump() => _tables.Dump() + _tables.DumpRecords();

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql.Replace("{s}", _tables.Names.QuotedSchema, StringComparison.Ordinal), connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A proxy in front of the server that can drop its connections.</summary>
    private sealed class Relay : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<Socket> _sockets = [];

        public Relay(int port)
        {
            _listener.Start();
            _ = AcceptAsync(port);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        /// <summary>Resets all connections; new connections are still possible.</summary>
        public void Drop()
        {
            lock (_sockets)
            {
                _sockets.ForEach(s => s.Close(0));
                _sockets.Clear();
            }
        }

        public void Dispose()
        {
            _listener.Dispose();
            Drop();
        }

        private async Task AcceptAsync(int port)
        {
            try
            {
                while (true)
                {
                    Socket near = await _listener.AcceptSocketAsync();
                    Socket far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    await far.ConnectAsync(IPAddress.Loopback, port);
                    lock (_sockets)
                    {
                        _sockets.AddRange([near, far]);
                    }

                    _ = PassAsync(near, far);
                    _ = PassAsync(far, near);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The proxy was stopped.
            }
        }

        private static async Task PassAsync(Socket from, Socket to)
        {
            try
            {
                byte[] bytes = new byte[64 << 10];
                for (int count = await from.ReceiveAsync(bytes); count > 0; count = await from.ReceiveAsync(bytes))
                {
                    await to.SendAsync(bytes.AsMemory(0, count));
                }

                to.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The connection was reset.
            }
        }
    }
}
