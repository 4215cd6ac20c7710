using System.Text;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Postgres.Summaries;

namespace FastIngest.Tests.Storage.Postgres.Summaries;

public sealed class PostgresSinkTests
{
    private readonly PostgresTables _tables = new();

    [Fact]
    public async Task A_run_is_recorded_with_its_rows()
    {
        await using PostgresSink sink = _tables.Sink();
        SinkRun run = Rows.Run(new InputFileInfo("d\u00e4ta/\"sleep\".json", Category.Sleep, 12));
        await sink.OpenAsync(run, CancellationToken.None);
        await sink.WriteAsync(Few(), CancellationToken.None);
        await sink.CompleteAsync(Rows.Figures, CancellationToken.None);

        Assert.Equal(
            [$"{run.RunId} 02/29/2024 12:00:00 True 10 9 1 3 d\u00e4ta/\"sleep\".json sleep 12"],
            _tables.Query("SELECT run_id, started AT TIME ZONE 'UTC', finished >= started, records, aggregated, rejected, rows, files->0->>'path', files->0->>'category', files->0->>'bytes' FROM {s}.ingest_runs"));
        Assert.Equal(["1 new 3"], _tables.Query("SELECT chunk, kind, rows FROM {s}.ingest_chunks"));
    }

    [Theory]
    [InlineData("opened")]
    [InlineData("written")]
    [InlineData("written much")]
    [InlineData("cancelled")]
    [InlineData("failed")]
    public async Task An_aborted_run_leaves_the_tables_unchanged(string state)
    {
        foreach (bool isEmpty in (bool[])[true, false])
        {
            _tables.Create();
            if (!isEmpty)
            {
                await _tables.IngestAsync(Few());
            }

            await using PostgresSink sink = _tables.Sink();
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            string before = _tables.Dump();
            long runs = _tables.Runs();
            using CancellationTokenSource cancellation = new();
            if (state != "opened")
            {
                await sink.WriteAsync(Many(state == "written" ? 10 : 20_000), cancellation.Token);
            }

            if (state == "cancelled")
            {
                await cancellation.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sink.WriteAsync(Many(5_000, "y"), cancellation.Token).AsTask());
            }
            else if (state == "failed")
            {
                SummaryBatch tooLong = new SummaryBatch().Row(new string('z', 3_000), "2024-01-01", 1);
                IngestException e = await Assert.ThrowsAsync<IngestException>(() => sink.WriteAsync(tooLong, CancellationToken.None).AsTask());
                Assert.Contains("A user_id of 3000 bytes", e.Message);
            }

            await sink.DisposeAsync();
            Assert.Equal(before, _tables.Dump());
            Assert.Equal(runs, _tables.Runs());
        }
    }

    [Fact]
    public async Task An_aborted_run_does_not_create_a_schema()
    {
        await using (PostgresSink sink = _tables.Sink())
        {
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            await sink.WriteAsync(Many(10), CancellationToken.None);
        }

        Assert.Equal(["0"], _tables.Query($"SELECT count(*) FROM pg_namespace WHERE nspname = {PostgresNames.Literal(_tables.Schema)}"));
    }

    [Fact]
    public async Task Readers_see_the_old_rows_until_completion()
    {
        await _tables.IngestAsync(Few());
        await using PostgresSink sink = _tables.Sink();
        await sink.OpenAsync(Rows.Run(), CancellationToken.None);
        await sink.WriteAsync(Many(2_000), CancellationToken.None);
        Assert.Equal(["3"], _tables.Query("SELECT count(*) FROM {s}.daily_summaries"));

        SinkResult result = await sink.CompleteAsync(Rows.Figures, CancellationToken.None);

        Assert.Equal(new SinkResult(2_000, 2_000, 0, 0), result);
        Assert.Equal(["2003"], _tables.Query("SELECT count(*) FROM {s}.daily_summaries"));
    }

    [Fact]
    public async Task U_0000_is_removed_and_counted()
    {
        SummaryBatch batch = new SummaryBatch().User("a\0b", "An\0n\0").Row("a\0b", "2024-01-01", 1, (Category.Sleep, "Sleep: \0deep."), (Category.Measurements, "Measured."));
        SinkResult result = await _tables.IngestAsync(WithMeasurements(batch, """{"we\u0000ight\\u0000": 61.5}"""));

        // One in the id, two in the profile sentence, one in the other sentence, one in the measurements; in the profile, one in its id and two in its name.
        Assert.Equal(8, result.RemovedNuls);
        Assert.Equal(
            ["""ab Ann on 2024-01-01. Sleep: deep. Measured. 18,0,0,0,13,0,10 {"we\\ight\\u0000": 61.5}""".Replace("we\\\\ight", "weight", StringComparison.Ordinal)],
            _tables.Query("SELECT user_id, summary, summary_parts, measurements FROM {s}.daily_summaries"));
        Assert.Equal(["ab Ann"], _tables.Query("SELECT user_id, name FROM {s}.users"));
    }

    [Fact]
    public async Task Users_whose_ids_differ_only_in_U_0000_become_one()
    {
        SummaryBatch batch = new SummaryBatch().User("a", "Zed").User("a\0", "Al").User("a\0b", "Ann").User("ab", "Abe")
            .Row("a", "2024-01-01", 1, (Category.Sleep, "One."))
            .Row("a\0", "2024-01-01", 1, (Category.Sleep, "Two."))
            .Row("a\0\0", "2024-01-01", 1, (Category.HeartRate, "Three."))
            .Row("a\0b", "2024-01-01", 1, (Category.Sleep, "Four."))
            .Row("ab", "2024-01-01", 1, (Category.HeartRate, "Five."))
            .Row("ab", "2024-01-02", 1, (Category.HeartRate, "Six."));
        SinkResult result = await _tables.IngestAsync(new SummaryBatch().Row("A", "2024-01-01", 1, (Category.Sleep, "Zero.")), batch);

        Assert.Equal((7, 4, 3), (result.Rows, result.Inserted, result.Updated));
        Assert.Equal(
            ["User A on 2024-01-01. Zero.", "Al on 2024-01-01. Two. Three.", "Abe on 2024-01-01. Four. Five.", "Abe on 2024-01-02. Six."],
            _tables.Query("SELECT summary FROM {s}.daily_summaries ORDER BY user_id, date"));
        Assert.Equal(["a Al", "ab Abe"], _tables.Query("SELECT user_id, name FROM {s}.users ORDER BY 1"));
    }

    [Fact]
    public async Task A_row_that_another_program_changed_is_reported_clearly()
    {
        await _tables.IngestAsync(Few());
        _tables.Query("UPDATE {s}.daily_summaries SET summary = 'mine' WHERE user_id = 'a'");
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => _tables.IngestAsync(Few()));
        Assert.Contains("summary_parts of user a on 2024-01-01 do not match", e.Message);
    }

    [Fact]
    public async Task The_key_order_of_jsonb_does_not_count_as_a_change()
    {
        SummaryBatch Run() => WithMeasurements(
            new SummaryBatch().Row("a", "2024-01-01", 1, (Category.Measurements, "Measured.")), """{"aa": 1.0, "b": 1e-06, "c\n\"\u00e9": 9000000000000.0}""");
        await _tables.IngestAsync(Run());
        Assert.Equal(new SinkResult(1, 0, 0, 1), await _tables.IngestAsync(Run()));
    }

    [Fact]
    public async Task A_broken_connection_is_a_transient_fault()
    {
        await _tables.IngestAsync(Few());
        string before = _tables.Dump();
        await using PostgresSink sink = _tables.Sink();
        SinkRun run = Rows.Run();
        await sink.OpenAsync(run, CancellationToken.None);
        await sink.WriteAsync(Many(100), CancellationToken.None);
        _tables.BreakConnection();
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => sink.CompleteAsync(Rows.Figures, CancellationToken.None).AsTask());
        Assert.Equal(before, _tables.Dump());

        Assert.True(await sink.TryStartOverAsync(e, CancellationToken.None));
        await sink.OpenAsync(run, CancellationToken.None);
        await sink.WriteAsync(Many(100), CancellationToken.None);
        Assert.Equal(new SinkResult(100, 100, 0, 0), await sink.CompleteAsync(Rows.Figures, CancellationToken.None));
        Assert.Equal(2, _tables.Runs());
    }

    [Fact]
    public async Task A_permanent_fault_is_not_retried()
    {
        await using PostgresSink sink = new(PostgresServer.Shared.Url + "_missing", _tables.Schema);
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => sink.OpenAsync(Rows.Run(), CancellationToken.None).AsTask());
        Assert.Contains("database \"postgres_missing\" does not exist (SQLSTATE 3D000)", e.Message);
        Assert.False(await sink.TryStartOverAsync(e, CancellationToken.None));
    }

    [Fact]
    public async Task An_unreachable_server_is_reported_at_once()
    {
        await using PostgresSink sink = new("postgres://me:secret@127.0.0.1:1/db", _tables.Schema);
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => sink.OpenAsync(Rows.Run(), CancellationToken.None).AsTask());
        Assert.Contains("postgres://me@127.0.0.1:1/db: the connection failed", e.Message);
        Assert.DoesNotContain("secret", e.ToString());
        Assert.False(await sink.TryStartOverAsync(e, CancellationToken.None));
    }

    [Fact]
    public async Task A_second_run_waits_for_the_first_and_finally_reports_the_lock()
    {
        await using PostgresSink first = _tables.Sink();
        await first.OpenAsync(Rows.Run(), CancellationToken.None);
        await using PostgresSink second = _tables.Sink();
        ValueTask opening = second.OpenAsync(Rows.Run(), CancellationToken.None);
        await first.WriteAsync(Few(), CancellationToken.None);
        await first.CompleteAsync(Rows.Figures, CancellationToken.None);

        await opening;

        await second.WriteAsync(Few(), CancellationToken.None);
        Assert.Equal(new SinkResult(3, 0, 0, 3), await second.CompleteAsync(Rows.Figures, CancellationToken.None));
    }

    [Fact]
    public async Task A_socket_and_keywords_connect_to_the_same_server()
    {
        PostgresServer server = PostgresServer.Shared;
        foreach (string target in (string[])[
            $"postgresql://tester@/postgres?host={Uri.EscapeDataString(server.SocketFolder)}&port={server.Port}",
            $"postgres://tester@{Uri.EscapeDataString(server.SocketFolder)}:{server.Port}/postgres?sslmode=disable",
            $"postgres:Host={server.SocketFolder};Port={server.Port};Username=tester;Database=postgres"])
        {
            await new PostgresSink(target, _tables.Schema).IngestAsync(Few());
        }

        Assert.Equal(3, _tables.Runs());
    }

    private static SummaryBatch Few() => new SummaryBatch()
        .User("a", "Ann", 35.5, "f")
        .Row("a", "2024-01-01", 1, (Category.Sleep, "Sleep: 7 h."))
        .Row("a", "2024-01-02", 1, (Category.Sleep, "Sleep: 8 h."))
        .Row("b", "2024-01-01", 1, (Category.Sleep, "Sleep: 9 h."));

    private static SummaryBatch Many(int count, string prefix = "x")
    {
        SummaryBatch batch = new();
        for (int i = 0; i < count; i++)
        {
            batch.Row($"{prefix}{i:000000}", "2024-01-01", i, (Category.Sleep, new string('s', 300)));
        }

        return batch;
    }

    /// <summary>Returns the same batch with other measurements in its rows.</summary>
    private static SummaryBatch WithMeasurements(SummaryBatch batch, string json)
    {
        SummaryBatch result = new();
        result.AddText(batch.Text(new TextRef(0, batch.TextLength)));
        TextRef text = result.AddText(Encoding.UTF8.GetBytes(json));
        foreach (ref readonly UserProfile user in batch.Users)
        {
            result.AddUser(user);
        }

        foreach (ref readonly DailySummary row in batch.Rows)
        {
            ref DailySummary copy = ref result.AddRow();
            copy = row;
            copy.Texts[TextSlot.Measurements] = text;
        }

        return result;
    }
}
