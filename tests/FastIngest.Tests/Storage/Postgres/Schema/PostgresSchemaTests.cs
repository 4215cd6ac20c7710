using System.Globalization;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Postgres.Summaries;
using FastIngest.Tests.Storage.Postgres.Records;

namespace FastIngest.Tests.Storage.Postgres.Schema;

public sealed class PostgresSchemaTests
{
    private readonly PostgresTables _tables = new();

    private string Columns => string.Join('\n', _tables.Query($"SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name FROM information_schema.columns WHERE table_schema = {PostgresNames.Literal(_tables.Schema)} ORDER BY table_name, ordinal_position")
        .Concat(_tables.Query($"SELECT indexdef FROM pg_indexes WHERE schemaname = {PostgresNames.Literal(_tables.Schema)} ORDER BY 1")));

    [Fact]
    public async Task Every_older_schema_is_migrated_and_keeps_its_rows()
    {
        IReadOnlyList<string> steps = PostgresSchema.Steps(_tables.Names);
        await _tables.IngestAsync(new SummaryBatch().Row("a", "2024-01-01", 1, (Category.Sleep, "Sleep.")));
        string today = Columns;
        string rows = _tables.Dump();
        for (int older = 0; older < steps.Count; older++)
        {
            _tables.Query("DROP SCHEMA {s} CASCADE");
            if (older > 0)
            {
                _tables.Query(PostgresSchema.StepTable(_tables.Names));
            }

            for (int step = 1; step <= older; step++)
            {
                _tables.Query(steps[step - 1]);
                _tables.Query($"INSERT INTO {{s}}.schema_steps VALUES ({step})");
            }

            if (older > 0)
            {
                _tables.Query("INSERT INTO {s}.daily_summaries (user_id, date, activity_count, workout_count, meal_count, sleep_count, hr_count, summary, summary_parts) VALUES ('z', '2024-01-01', 0, 0, 0, 0, 0, 'x', '1,0,0,0,0,0,0')");
            }

            await using (PostgresSink sink = _tables.Sink(takesRecords: true))
            {
                await sink.OpenAsync(Rows.Run(), CancellationToken.None);
                await sink.WriteRecordsAsync(Category.Sleep, """{"user_id": "a", "date": "2024-01-01", "sleep_quality": "good"}""");
                await sink.WriteAsync(new SummaryBatch().Row("a", "2024-01-01", 1, (Category.Sleep, "Sleep.")), CancellationToken.None);
                await sink.CompleteAsync(Rows.Figures, CancellationToken.None);
            }

            Assert.Equal(["a good"], _tables.Query("SELECT user_id, sleep_quality FROM {s}.sleep"));
            Assert.Equal(today, Columns);
            Assert.Equal(older > 0 ? ["a", "z"] : ["a"], _tables.Query("SELECT user_id FROM {s}.daily_summaries ORDER BY 1"));
            Assert.StartsWith(rows, _tables.Dump(), StringComparison.Ordinal);
            Assert.Equal([steps.Count.ToString(CultureInfo.InvariantCulture)], _tables.Query("SELECT count(*) FROM {s}.schema_steps"));
        }
    }

    [Fact]
    public async Task The_printed_script_creates_the_same_tables_and_is_idempotent()
    {
        string script = PostgresSchema.Script(_tables.Schema);
        _tables.Query(script);
        _tables.Query(script);
        string printed = Columns;
        await _tables.IngestAsync(new SummaryBatch().Row("a", "2024-01-01", 1));
        Assert.Equal(printed, Columns);
        _tables.Query("DROP SCHEMA {s} CASCADE");
        await _tables.IngestAsync(new SummaryBatch().Row("a", "2024-01-01", 1));
        Assert.Equal(printed, Columns);
        Assert.Equal(["a"], _tables.Query("SELECT user_id FROM {s}.daily_summaries"));
    }

    [Fact]
    public async Task Concurrent_runs_create_a_new_schema_only_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _tables.IngestAsync(new SummaryBatch().Row($"u{i}", "2024-01-01", 1))));
        Assert.Equal(["4"], _tables.Query("SELECT count(*) FROM {s}.daily_summaries"));
    }

    [Fact]
    public async Task A_newer_schema_is_not_changed()
    {
        await _tables.IngestAsync(new SummaryBatch().Row("a", "2024-01-01", 1));
        _tables.Query("INSERT INTO {s}.schema_steps VALUES (99)");
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => _tables.IngestAsync(new SummaryBatch()));
        Assert.Contains("newer version of health_ingestion (its last step is 99", e.Message);
    }

    [Fact]
    public async Task A_table_of_another_program_is_not_changed()
    {
        _tables.Query("CREATE SCHEMA {s}; CREATE TABLE {s}.users (id integer)");
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => _tables.IngestAsync(new SummaryBatch()));
        Assert.Contains("holds a table users that health_ingestion did not make", e.Message);
        Assert.Equal(["users"], _tables.Query($"SELECT table_name FROM information_schema.tables WHERE table_schema = {PostgresNames.Literal(_tables.Schema)}"));
    }

    [Fact]
    public async Task A_table_of_another_program_in_an_older_schema_is_not_changed()
    {
        _tables.Query(PostgresSchema.StepTable(_tables.Names));
        _tables.Query(PostgresSchema.Steps(_tables.Names)[0] + "INSERT INTO {s}.schema_steps VALUES (1); CREATE TABLE {s}.sleep (id integer)");
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => _tables.IngestAsync(new SummaryBatch()));
        Assert.Contains("holds a table sleep that health_ingestion did not make", e.Message);
        Assert.Equal(["1"], _tables.Query("SELECT max(step) FROM {s}.schema_steps"));
    }

    [Fact]
    public async Task A_user_without_the_create_privilege_can_load_into_existing_tables()
    {
        string role = $"loader_{Guid.NewGuid():N}";
        string url = PostgresServer.Shared.Url.Replace("tester", role, StringComparison.Ordinal);
        _tables.Query($"CREATE ROLE {role} LOGIN");
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => new PostgresSink(url, _tables.Schema).IngestAsync(new SummaryBatch()));
        Assert.Contains("SQLSTATE 42501", e.Message);

        _tables.Query(PostgresSchema.Script(_tables.Schema));
        _tables.Query($"GRANT USAGE ON SCHEMA {{s}} TO {role}; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {{s}} TO {role}");
        SinkResult result = await new PostgresSink(url, _tables.Schema).IngestAsync(new SummaryBatch().User("a", "Ann").Row("a", "2024-01-01", 1));
        Assert.Equal(new SinkResult(1, 1, 0, 0), result);

        // Records can be stored in existing months; only the owner can create another month.
        _tables.Query($"GRANT DELETE ON ALL TABLES IN SCHEMA {{s}} TO {role}");
        await using PostgresSink first = new(url, _tables.Schema, takesRecords: true);
        await first.OpenAsync(Rows.Run(), CancellationToken.None);
        await first.WriteRecordsAsync(Category.HeartRate, """{"user_id": "a", "date_time": "1950-01-01", "value": 60}""");
        await first.CompleteAsync(Rows.Figures, CancellationToken.None);
        Assert.Equal(["60"], _tables.Query("SELECT value FROM {s}.heart_rate"));

        await using PostgresSink second = new(url, _tables.Schema, takesRecords: true);
        await second.OpenAsync(Rows.Run(), CancellationToken.None);
        e = await Assert.ThrowsAsync<IngestException>(() => second.WriteRecordsAsync(Category.HeartRate, """{"user_id": "a", "date_time": "2024-01-01", "value": 60}""").AsTask());
        Assert.Contains("own heart_rate", e.Remedy);
    }
}
