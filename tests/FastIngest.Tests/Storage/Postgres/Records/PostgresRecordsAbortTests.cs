using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Records;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Summaries;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Storage.Postgres.Records;

/// <summary>A run with records that ends early, in any state, leaves all tables and partitions unchanged.</summary>
public sealed class PostgresRecordsAbortTests
{
    private readonly PostgresTables _tables = new();

    [Theory]
    [InlineData("opened")]
    [InlineData("a COPY into a table is open")]
    [InlineData("a COPY into a month is open")]
    [InlineData("all tables have rows")]
    [InlineData("summaries have begun")]
    [InlineData("cancelled")]
    [InlineData("rejected by the sink")]
    [InlineData("rejected by the server")]
    [InlineData("the connection broke")]
    [InlineData("the connection broke among summaries")]
    public async Task An_aborted_run_leaves_all_tables_unchanged(string state)
    {
        foreach (bool isEmpty in (bool[])[true, false])
        {
            if (isEmpty)
            {
                _tables.Create();
            }
            else
            {
                await LoadAsync(_tables.Sink(takesRecords: true), 1);
            }

            string before = _tables.Dump() + _tables.DumpRecords();
            await using PostgresSink sink = _tables.Sink(takesRecords: true);
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            Exception? fault = await Record.ExceptionAsync(() => RunUntilAsync(sink, state));
            switch (state)
            {
                case "cancelled":
                    Assert.IsType<OperationCanceledException>(fault, exactMatch: false);
                    break;
                case "rejected by the sink":
                    Assert.Contains("A user_id of 3000 bytes", Assert.IsType<IngestException>(fault).Message);
                    break;
                case "rejected by the server":
                    Assert.Contains("SQLSTATE", Assert.IsType<IngestException>(fault).Message);
                    break;
                case var _ when state.StartsWith("the connection", StringComparison.Ordinal):
                    Assert.Equal(before, _tables.Dump() + _tables.DumpRecords());
                    Assert.True(await sink.TryStartOverAsync(fault!, CancellationToken.None), fault!.ToString());
                    await LoadAsync(sink, 2);
                    Assert.Equal(
                        ["60 60", "60 60"],
                        _tables.Query("SELECT count(*), count(*) FILTER (WHERE total_sleep = 2) FROM {s}.sleep UNION ALL SELECT count(*), count(*) FILTER (WHERE value = 2) FROM {s}.heart_rate"));
                    _tables.Query("DROP SCHEMA {s} CASCADE");
                    continue;
                default:
                    Assert.Null(fault);
                    break;
            }

            await sink.DisposeAsync();
            Assert.Equal(before, _tables.Dump() + _tables.DumpRecords());
        }
    }

    [Fact]
    public async Task If_the_server_is_killed_during_a_run_the_whole_run_is_repeated()
    {
        using TempFolder folder = new();
        _tables.Create();
        List<string> expected = InputRecords.Expected(TestData.Health("default"));
        await using BreakingSink sink = new(_tables, _tables.Sink(takesRecords: true));
        IngestReport report = Support.Run.Ingest(new IngestOptions { Paths = [TestData.Health("default")], ChunkBytes = 2_000 }, sink).Report;
        Assert.True(report.Sinks[1].Fault is null, report.Sinks[1].Fault?.ToString());

        Assert.Equal(expected, InputRecords.Stored(_tables));
        Assert.Contains("The run was restarted for", Assert.Single(report.Warnings));
        Assert.Equal(["1"], _tables.Query("SELECT count(*) FROM {s}.ingest_runs"));
        Assert.Equal([0, 0, 0, 0, 0, 0], report.Sinks[1].Result!.Tables.Select(t => t.Replaced));
    }

    private static string[] Sleep(int count, int value) =>
        [.. Enumerable.Range(0, count).Select(i => $$"""{"user_id": "u{{i}}", "date": "2024-01-01", "total_sleep": {{value}}}""")];

    private static string[] Samples(int count, int value) =>
        [.. Enumerable.Range(0, count).Select(i => $$"""{"user_id": "u{{i}}", "date_time": "2024-0{{(i % 2) + 1}}-01", "value": {{value}}}""")];

    private static async Task LoadAsync(PostgresSink sink, int value)
    {
        await using (sink)
        {
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            await sink.WriteRecordsAsync(Category.Sleep, Sleep(60, value));
            await sink.WriteRecordsAsync(Category.HeartRate, Samples(60, value));
            await sink.WriteAsync(new SummaryBatch().Row("u0", "2024-01-01", 1, (Category.Sleep, "Sleep.")), CancellationToken.None);
            await sink.CompleteAsync(Rows.Figures, CancellationToken.None);
        }
    }

    private async Task RunUntilAsync(PostgresSink sink, string state)
    {
        if (state == "opened")
        {
            return;
        }

        await sink.WriteRecordsAsync(Category.Sleep, Sleep(500, 3));
        if (state == "a COPY into a table is open")
        {
            return;
        }

        await sink.WriteRecordsAsync(Category.HeartRate, Samples(1_000, 3));
        if (state == "a COPY into a month is open")
        {
            return;
        }

        foreach ((Category category, string record) in ((Category, string)[])[
            (Category.Activities, """{"user_id": "u1", "date": "2024-01-01", "steps": 3}"""),
            (Category.Workouts, """{"user_id": "u1", "date": "2024-01-01", "sets": 3}"""),
            (Category.Nutrition, """{"user_id": "u1", "date": "2024-01-01", "fat": 3}"""),
            (Category.Measurements, """{"user_id": "u1", "date": "2024-01-01", "weight": 3}""")])
        {
            await sink.WriteRecordsAsync(category, record);
        }

        if (state == "summaries have begun" || state == "the connection broke among summaries")
        {
            await sink.WriteAsync(new SummaryBatch().User("u1", "Ann").Row("u1", "2024-01-01", 1, (Category.Sleep, "Sleep.")), CancellationToken.None);
        }

        switch (state)
        {
            case "cancelled":
                await ((IRecordSink)sink).WriteRecordsAsync(RecordBatches.Of(Category.Workouts, ["""{"user_id": "u", "date": "2024-01-01"}"""]), new CancellationToken(canceled: true));
                break;
            case "rejected by the sink":
                await sink.WriteRecordsAsync(Category.Sleep, $$"""{"user_id": "{{new string('u', 3_000)}}", "date": "2024-01-01"}""");
                break;
            case "rejected by the server":
                // A partition for this day cannot be created, because another table has its name.
                _tables.Query("CREATE TABLE {s}.heart_rate_2024_09 ()");
                try
                {
                    await sink.WriteRecordsAsync(Category.HeartRate, """{"user_id": "u", "date_time": "2024-09-01", "value": 1}""");
                }
                finally
                {
                    await sink.DisposeAsync();
                    _tables.Query("DROP TABLE {s}.heart_rate_2024_09");
                }

                break;
            case var _ when state.StartsWith("the connection", StringComparison.Ordinal):
                _tables.BreakConnection();
                await sink.CompleteAsync(Rows.Figures, CancellationToken.None);
                break;
        }
    }

    /// <summary>A sink whose connection breaks once after some records.</summary>
    private sealed class BreakingSink(PostgresTables tables, PostgresSink sink) : ISummarySink, IRecordSink
    {
        private int _batches;

        public string DisplayName => sink.DisplayName;

        public IRecordFormat RecordFormat => ((IRecordSink)sink).RecordFormat!;

        public ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken) => sink.OpenAsync(run, cancellationToken);

        public ValueTask WriteRecordsAsync(RecordBatch batch, CancellationToken cancellationToken)
        {
            if (++_batches == 20)
            {
                tables.BreakConnection();
            }

            return ((IRecordSink)sink).WriteRecordsAsync(batch, cancellationToken);
        }

        public ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken) => sink.WriteAsync(batch, cancellationToken);

        public ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken) => sink.CompleteAsync(figures, cancellationToken);

        public ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken) => sink.TryStartOverAsync(fault, cancellationToken);

        public ValueTask DisposeAsync() => sink.DisposeAsync();
    }
}
