using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Postgres.Summaries;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Storage.Postgres.Records;

/// <summary>Tests the records in PostgreSQL: what is stored, and what a later run replaces.</summary>
public sealed class PostgresRecordsTests : IDisposable
{
    private readonly PostgresTables _tables = new();
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("compact")]
    [InlineData("default")]
    [InlineData("ndjson")]
    [InlineData("pretty")]
    public void A_sample_set_is_stored_column_by_column_and_a_second_run_writes_nothing(string set)
    {
        List<string> expected = InputRecords.Expected(TestData.Health(set));
        for (int run = 0; run < 2; run++)
        {
            // Small chunks, so that chunk borders fall everywhere in records and months.
            IngestReport report = Ingest(TestData.Health(set), o => o with { ChunkBytes = 700 + run });

            Assert.Equal(expected, InputRecords.Stored(_tables));
            foreach (RecordTableResult table in report.Sinks[1].Result!.Tables)
            {
                CategoryReport category = report.Categories.Single(c => c.Category == table.Category);
                Assert.Equal((category.Aggregated, 0, run == 0 ? 0 : category.Aggregated), (table.Rows, table.Replaced, table.Unchanged));
            }

            // All rows are still those of the first run.
            Assert.Equal(["1"], _tables.Query($"SELECT count(DISTINCT x) FROM ({string.Join(" UNION ALL ", RecordTable.All.Select(t => $"SELECT xmin::text x FROM {{s}}.{t.Name}"))}) rows"));
        }

        Assert.Equal(
            ["True"],
            _tables.Query("SELECT count(*) = 12 AND sum(c.rows) = sum(r.aggregated - 4) / 6 FROM {s}.ingest_chunks c JOIN {s}.ingest_runs r USING (run_id) WHERE kind NOT IN ('new', 'changed')"));
    }

    [Fact]
    public void Unusual_records_are_stored_by_the_rules()
    {
        Write("activities.json", """
            [{"user_id": 17, "date": "2024-02-29T23:00:00Z", "activity_type": true, "duration": "1e1 ", "distance": 0.0000005, "steps": 1e300, "weather": ""},
            {"user_id": "a\u0000b", "date": "0001-01-01", "activity_type": "Zw\u00f6lf\u0000", "steps": -5, "duration": 1, "duration": null}]
            """);
        Write("heart_rate.json", """
            [{"user_id": "a", "date_time": "2024-02-29 00:00:00", "value": 52}, {"user_id": "a", "timestamp": "2024-02-29T12:30", "value": "143.25"},
            {"user_id": "a", "date_time": "2024-02-29 23:59:59.9999999+02:00", "value": 61}, {"user_id": "a", "date": null, "date_time": "2024-02-29T23:59:60Z", "value": 62},
            {"user_id": "a", "date": "2024-03-01", "value": -0.1}, {"user_id": "a", "date": "0001-01-01", "value": 1}, {"user_id": "a", "date_time": "9999-12-31 23:59:59.5", "value": 2},
            {"user_id": "a", "date_time": "1969-12-31 23:59", "value": 3}, {"user_id": "a", "date_time": "1970-01-01", "value": 4}, {"user_id": "a", "date_time": "2069-12-31 01:02:03.000400", "value": 5},
            {"user_id": "a", "date_time": "2070-01-01", "value": 6}, {"user_id": "b", "date_time": "2024-03-01", "value": null}]
            """);
        Write("measurements.json", """
            [{"user_id": "a", "date": "2024-01-01", "weight": 61.5, "id": 7, "row_id": 8, "note": "x", "bmi": "22", "bmi": "none", "fat": null, "fat": 9, "we\"i\u0000ght": 1e12, "\u00e9": -1},
            {"user_id": "a", "date": "2024-01-02"}]
            """);
        IngestReport report = Ingest(_folder.FullPath);

        Assert.Equal(
            ["17 2024-02-29 true NULL 10 0 NULL NULL NULL NULL", "ab 0001-01-01 Zw\u00f6lf NULL NULL NULL -5 NULL NULL NULL"],
            _tables.Query("SELECT user_id, date::text, activity_type, weather, duration, distance, steps, calories_burned, heart_rate_avg, heart_rate_max FROM {s}.activities ORDER BY 1"));
        Assert.Equal(
            [
                "heart_rate_before 0001-01-01 00:00:00 1", "heart_rate_before 1969-12-31 23:59:00 3", "heart_rate_1970_01 1970-01-01 00:00:00 4",
                "heart_rate_2024_02 2024-02-29 00:00:00 52", "heart_rate_2024_02 2024-02-29 12:30:00 143.25", "heart_rate_2024_02 2024-02-29 23:59:59.999999 61",
                "heart_rate_2024_02 2024-02-29 23:59:59.999999 62", "heart_rate_2024_03 2024-03-01 00:00:00 -0.1", "heart_rate_2069_12 2069-12-31 01:02:03.0004 5",
                "heart_rate_after 2070-01-01 00:00:00 6", "heart_rate_after 9999-12-31 23:59:59.5 2",
            ],
            _tables.Query("SELECT c.relname, ts::text, value FROM {s}.heart_rate h JOIN pg_class c ON c.oid = h.tableoid ORDER BY ts, value"));
        Assert.Equal(
            ["""a 2024-01-01 {"é": -1.0, "fat": 9.0, "weight": 61.5, "we\"ight": 1000000000000.0}""", "a 2024-01-02 {}"],
            _tables.Query("SELECT user_id, date::text, fields FROM {s}.measurements ORDER BY date"));
        Assert.Equal(1, report.Rejected);

        // Three in the records. In the summaries two each: in the id, the profile sentence, the other sentence and the measurements.
        Assert.Equal(3 + 5, report.Sinks[1].Result!.RemovedNuls);
    }

    [Theory]
    [InlineData("quirks", 0)]
    [InlineData("quirks", 100)]
    [InlineData("default", 50)]
    public void Records_add_up_to_the_summaries(string set, int chunkBytes)
    {
        for (int run = 0; run < 2; run++)
        {
            Ingest(TestData.Health(set), o => o with { ChunkBytes = chunkBytes });
            AssertAddUp();
        }
    }

    [Fact]
    public void Records_add_up_to_the_summaries_even_if_chunk_starts_are_guessed_wrong()
    {
        // Records inside a string look like real records if a chunk starts in the middle of the string.
        const string inner = """{"user_id": "x", "date_time": "2024-01-01", "value": 1}, """;
        string escaped = string.Concat(Enumerable.Repeat(inner, 20)).Replace("\"", "\\\"", StringComparison.Ordinal);
        Write("heart_rate.json", "[" + string.Join(",\n", Enumerable.Range(0, 200).Select(i =>
            i % 7 == 3 ? $$$"""{"user_id": "u{{{i % 3}}}", "note": {"a": [{"user_id": "n", "date_time": "2024-01-09", "value": 9}]}, "date_time": "2024-01-{{{(i % 28) + 1:00}}}", "value": {{{i}}}}"""
            : i % 11 == 5 ? $$$"""{"user_id": "u{{{i % 3}}}", "note": "{{{escaped}}}", "date_time": "2024-01-{{{(i % 28) + 1:00}}}", "value": {{{i}}}}"""
            : i % 17 == 9 ? """{"user_id": "u", "date_time": "2024-01-01", "value": 1"""
            : $$$"""{"user_id": "u{{{i % 3}}}", "date_time": "2024-01-{{{(i % 28) + 1:00}}}", "value": {{{i}}}}""")) + "]");
        foreach (int chunkBytes in (int[])[40, 64, 333, 1 << 20])
        {
            Ingest(_folder.FullPath, o => o with { ChunkBytes = chunkBytes });
            AssertAddUp();
            Assert.Equal(["0"], _tables.Query("SELECT count(*) FROM {s}.heart_rate WHERE user_id IN ('x', 'n')"));
        }
    }

    [Fact]
    public void A_corrected_file_replaces_only_its_own_users_and_days()
    {
        Ingest(TestData.Health("default"));
        List<string> before = InputRecords.Stored(_tables);
        Write("heart_rate.json", """[{"user_id": "user_000001", "date_time": "2023-01-03 10:00:00", "value": 1}, {"user_id": "user_000001", "date_time": "2023-02-01 10:00:00", "value": 2}]""");
        Write("sleep.json", """[{"user_id": "user_000002", "date": "2023-01-02", "total_sleep": 24}]""");
        IngestReport report = Ingest(_folder.FullPath);

        List<string> after = [.. before.Where(r => !r.StartsWith("heart_rate|user_000001|2023-01-03", StringComparison.Ordinal) && !r.StartsWith("sleep|user_000002|2023-01-02", StringComparison.Ordinal))];
        int replaced = before.Count - after.Count;
        Assert.InRange(replaced, 3, 30);
        after.AddRange(["heart_rate|user_000001|2023-01-03 10:00:00|1", "heart_rate|user_000001|2023-02-01 10:00:00|2", "sleep|user_000002|2023-01-02|null|24|null|null|null"]);
        Assert.Equal(after.Order(StringComparer.Ordinal), InputRecords.Stored(_tables));
        Assert.Equal(replaced, report.Sinks[1].Result!.Tables.Sum(t => t.Replaced));
        Assert.Equal((3, 0), Sum(report, t => t.Rows, t => t.Unchanged));

        report = Ingest(_folder.FullPath);
        Assert.Equal((0, 3), Sum(report, t => t.Replaced, t => t.Unchanged));
        Assert.Equal(after.Order(StringComparer.Ordinal), InputRecords.Stored(_tables));
    }

    [Fact]
    public async Task A_day_is_unchanged_only_if_it_has_the_same_records_equally_often()
    {
        // A record is written as its user, its type and optionally its fat; all records have the same day.
        foreach ((string day, int replaced, int unchanged) in ((string, int, int)[])[
            ("ax ax ay1 az2 bx", 0, 0),
            ("bx az2 ay1 ax ax", 0, 5),
            ("ax ax ay1 az2.000001 bx", 4, 1),
            ("ax ax ay2.000001 az1 bx", 4, 1),
            ("ax ax ay az bx", 4, 1),
            ("ax ay ay az bx", 4, 1),
            ("ax ay az bx", 4, 1),
            ("ax ay az az bx bx", 4, 0),
            ("ax ay az az cx", 0, 4),
            ("bx bx", 0, 2)])
        {
            string[] records = day.Split(' ');
            await using PostgresSink sink = _tables.Sink(takesRecords: true);
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            await sink.WriteRecordsAsync(Category.Nutrition, [.. records.Select(r =>
                $$"""{"user_id": "{{r[0]}}", "date": "2024-01-01", "meal_type": "{{r[1]}}", "fat": {{(r.Length > 2 ? r[2..] : "null")}}}""")]);
            RecordTableResult meals = (await sink.CompleteAsync(Rows.Figures, CancellationToken.None)).Tables.Single(t => t.Table == "meals");

            Assert.Equal((records.Length, replaced, unchanged), (meals.Rows, meals.Replaced, meals.Unchanged));
            Assert.Equal(
                records.Order(StringComparer.Ordinal),
                _tables.Query($"SELECT concat(user_id, meal_type, fat) FROM {{s}}.meals WHERE strpos('{day}', user_id) > 0").Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Days_that_are_not_stored_are_not_searched_row_by_row()
    {
        // Comparing each row with each day would need 10^10 comparisons, which take minutes.
        foreach (string prefix in (string[])["a", "b"])
        {
            await using PostgresSink sink = new(PostgresServer.Shared.Url + "?options=-c%20statement_timeout%3D60s", _tables.Schema, PostgresRetry.Default, takesRecords: true);
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            await sink.WriteRecordsAsync(Category.Nutrition, [.. Enumerable.Range(0, 100_000).Select(i => $$"""{"user_id": "{{prefix}}{{i}}", "date": "2024-01-01"}""")]);
            RecordTableResult meals = (await sink.CompleteAsync(Rows.Figures, CancellationToken.None)).Tables.Single(t => t.Table == "meals");
            Assert.Equal((100_000, 0, 0), (meals.Rows, meals.Replaced, meals.Unchanged));
            _tables.Query("ANALYZE {s}.meals");
        }
    }

    [Fact]
    public async Task New_months_and_existing_months_can_be_mixed_in_one_run()
    {
        string Record(string user, int day, int value) =>
            $$"""{"user_id": "{{user}}", "date_time": "{{DateOnly.FromDayNumber(day):yyyy-MM-dd}}", "value": {{value}}}""";
        int first = new DateOnly(2000, 1, 15).DayNumber;

        // 60 months with few records each, and some with many. In the later runs, all months but one already have rows.
        string[] thin = [.. Enumerable.Range(0, 180).Select(i => Record($"u{i % 3}", first + (i / 3 * 30), i))];
        string[] thick = [.. Enumerable.Range(0, 1_200).Select(i => Record($"u{i % 3}", first + (i % 90), i))];
        for (int run = 0; run < 3; run++)
        {
            await using PostgresSink sink = _tables.Sink(takesRecords: true);
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            await sink.WriteRecordsAsync(Category.HeartRate, thick[..900]);
            await sink.WriteRecordsAsync(Category.HeartRate, thin);
            await sink.WriteRecordsAsync(Category.Sleep, """{"user_id": "u0", "date": "2000-01-15"}""");
            await sink.WriteRecordsAsync(Category.HeartRate, run == 0 ? thick[900..] : [.. thick[900..], Record("later", first + 4_000 + run, 1)]);
            SinkResult result = await sink.CompleteAsync(Rows.Figures, CancellationToken.None);

            int more = run == 0 ? 0 : 1;
            Assert.Equal(1_380 + more, result.Tables.Single(t => t.Table == "heart_rate").Rows);
            Assert.Equal(run == 0 ? 0 : 1_380, result.Tables.Single(t => t.Table == "heart_rate").Unchanged);
            Assert.Equal([$"{1_380 + run} {735_510 + run}"], _tables.Query("SELECT count(*), sum(value) FROM {s}.heart_rate"));
        }
    }

    [Fact]
    public async Task Readers_see_the_old_records_until_completion_and_are_not_blocked()
    {
        await using (PostgresSink first = _tables.Sink(takesRecords: true))
        {
            await first.OpenAsync(Rows.Run(), CancellationToken.None);
            await first.WriteRecordsAsync(Category.HeartRate, """{"user_id": "a", "date_time": "2024-01-01", "value": 1}""");
            await first.CompleteAsync(Rows.Figures, CancellationToken.None);
        }

        await using PostgresSink sink = _tables.Sink(takesRecords: true);
        await sink.OpenAsync(Rows.Run(), CancellationToken.None);
        await sink.WriteRecordsAsync(Category.HeartRate, """{"user_id": "a", "date_time": "2024-01-01", "value": 2}""", """{"user_id": "a", "date_time": "2024-02-01", "value": 3}""");
        Assert.Equal(["1"], _tables.Query("SET lock_timeout = 1000; SELECT value FROM {s}.heart_rate"));
        await sink.CompleteAsync(Rows.Figures, CancellationToken.None);
        Assert.Equal(["2", "3"], _tables.Query("SELECT value FROM {s}.heart_rate ORDER BY 1"));
    }

    [Fact]
    public void The_original_mode_rejects_records()
    {
        IngestException e = Assert.Throws<IngestException>(() => Ingest(TestData.Health("default"), o => o with { Mode = IngestMode.Original }));
        Assert.Contains("The reference implementation (--mode original) stores no records", e.Message);
    }

    private void Write(string name, string text) => File.WriteAllText(_folder[name], text);

    private IngestReport Ingest(string path, Func<IngestOptions, IngestOptions>? with = null)
    {
        IngestOptions options = new() { Paths = [path], Workers = 3 };
        PostgresSink sink = _tables.Sink(takesRecords: true);
        try
        {
            return Support.Run.Ingest(with?.Invoke(options) ?? options, sink).Report;
        }
        finally
        {
            sink.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static (long First, long Second) Sum(IngestReport report, Func<RecordTableResult, long> first, Func<RecordTableResult, long> second) =>
        (report.Sinks[1].Result!.Tables.Sum(first), report.Sinks[1].Result!.Tables.Sum(second));

    /// <summary>Checks that the records of each user and day add up to the summary of the day.</summary>
    private void AssertAddUp()
    {
        Assert.Equal(
            [],
            _tables.Query(
                """
                SELECT user_id, date FROM (
                    SELECT user_id, date, activity_count, activity_minutes, activity_kcal, activity_km, activity_steps, activity_hr_max, workout_count, workout_minutes, workout_kcal,
                        meal_count, meal_kcal, protein_g, carbs_g, fat_g, sleep_count, sleep_hours, deep_sleep_hours, rem_sleep_hours, hr_count, hr_min, hr_max, hr_mean
                    FROM {s}.daily_summaries) d
                FULL JOIN (SELECT user_id, date, count(*) n, sum(duration) minutes, sum(calories_burned) kcal, sum(distance) km, sum(steps) steps, max(heart_rate_max) top FROM {s}.activities GROUP BY 1, 2) a USING (user_id, date)
                FULL JOIN (SELECT user_id, date, count(*) n, sum(duration) minutes, sum(calories_burned) kcal FROM {s}.workouts GROUP BY 1, 2) w USING (user_id, date)
                FULL JOIN (SELECT user_id, date, count(*) n, sum(calories) kcal, sum(protein) protein, sum(carbs) carbs, sum(fat) fat FROM {s}.meals GROUP BY 1, 2) m USING (user_id, date)
                FULL JOIN (SELECT user_id, date, count(*) n, sum(total_sleep) total, sum(deep_sleep) deep, sum(rem_sleep) rem FROM {s}.sleep GROUP BY 1, 2) s USING (user_id, date)
                FULL JOIN (SELECT user_id, ts::date date, count(*) n, min(value) low, max(value) high, avg(value) mean FROM {s}.heart_rate GROUP BY 1, 2) h USING (user_id, date)
                WHERE NOT coalesce((activity_count, workout_count, meal_count, sleep_count, hr_count) = (coalesce(a.n, 0), coalesce(w.n, 0), coalesce(m.n, 0), coalesce(s.n, 0), coalesce(h.n, 0)), false)
                    OR (activity_hr_max, hr_min, hr_max) IS DISTINCT FROM (a.top, h.low, h.high)
                    OR (activity_minutes::numeric(30, 5), activity_kcal::numeric(30, 5), activity_km::numeric(30, 5), activity_steps::numeric(30, 5), workout_minutes::numeric(30, 5), workout_kcal::numeric(30, 5),
                        meal_kcal::numeric(30, 5), protein_g::numeric(30, 5), carbs_g::numeric(30, 5), fat_g::numeric(30, 5), sleep_hours::numeric(30, 5), deep_sleep_hours::numeric(30, 5), rem_sleep_hours::numeric(30, 5), hr_mean::numeric(30, 5))
                    IS DISTINCT FROM (a.minutes::numeric(30, 5), a.kcal::numeric(30, 5), a.km::numeric(30, 5), a.steps::numeric(30, 5), w.minutes::numeric(30, 5), w.kcal::numeric(30, 5),
                        m.kcal::numeric(30, 5), m.protein::numeric(30, 5), m.carbs::numeric(30, 5), m.fat::numeric(30, 5), s.total::numeric(30, 5), s.deep::numeric(30, 5), s.rem::numeric(30, 5), h.mean::numeric(30, 5))
                """));
        Assert.NotEqual(["0"], _tables.Query("SELECT count(*) FROM {s}.heart_rate"));
    }
}
