using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Summaries;

namespace FastIngest.Tests.Storage.Sqlite.Summaries;

/// <summary>Tests runs into an existing database.</summary>
public sealed class SqliteMergeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Db => _folder["health.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Loading_the_same_input_twice_changes_only_the_table_of_runs()
    {
        await Ingest(Everything());
        string before = SqliteFile.Dump(Db);
        Assert.Equal(new SinkResult(3, 0, 0, 3), await Ingest(Everything()));
        Assert.Equal(before, SqliteFile.Dump(Db));
        using SqliteFile file = new(Db);
        Assert.Equal(["2"], file.Query("SELECT count(*) FROM ingest_runs"));
    }

    [Fact]
    public async Task A_category_replaces_only_its_own_columns_and_sentences()
    {
        await Ingest(new SummaryBatch().User("u", "Ann").Row("u", "2024-01-01", 1, (Category.Activities, "Activity: old."), (Category.Nutrition, "Meal: one."), (Category.Sleep, "Sleep: old.")));
        SinkResult result = await Ingest(new SummaryBatch().Row("u", "2024-01-01", 3, (Category.Nutrition, "Meal: a."), (Category.Nutrition, "Meal: b."), (Category.HeartRate, "Heart: new.")));
        Assert.Equal(new SinkResult(1, 0, 1, 0), result);
        using SqliteFile file = new(Db);
        Assert.Equal(
            ["1 5.25r 3 1500.3000000000002r 1 good 3 Ann on 2024-01-01. Activity: old. Meal: a. Meal: b. Sleep: old. Heart: new. 18,15,0,18,12,12,0"],
            file.Query("SELECT activity_count, activity_km, meal_count, meal_kcal, sleep_count, sleep_quality, hr_count, summary, summary_parts FROM daily_summaries"));
    }

    [Fact]
    public async Task A_new_day_is_inserted_between_the_others()
    {
        await Ingest(new SummaryBatch().Row("u", "2024-01-01", 1, (Category.Sleep, "S.")).Row("u", "2024-01-03", 1, (Category.Sleep, "S.")));
        Assert.Equal(new SinkResult(2, 1, 0, 1), await Ingest(new SummaryBatch().Row("u", "2024-01-01", 1, (Category.Sleep, "S.")).Row("u", "2024-01-02", 1, (Category.Sleep, "S."))));
        using SqliteFile file = new(Db);
        Assert.Equal(["2024-01-01", "2024-01-02", "2024-01-03"], file.Query("SELECT date FROM daily_summaries"));
    }

    [Fact]
    public async Task A_changed_profile_updates_days_that_the_run_did_not_read()
    {
        await Ingest(Everything());
        SinkResult result = await Ingest(new SummaryBatch().User("a", "Anna", 36).Row("a", "2024-01-02", 1, (Category.Sleep, "Sleep: 8 h.")));
        Assert.Equal(new SinkResult(1, 0, 1, 0, Refreshed: 1), result);
        using SqliteFile file = new(Db);
        Assert.Equal(
            ["Anna (age 36) on 2024-01-01. Sleep: 7 h.", "Anna (age 36) on 2024-01-02. Sleep: 8 h.", "User b on 2024-01-01. Sleep: 9 h."],
            file.Query("SELECT summary FROM daily_summaries"));
        Assert.Equal(["a Anna 36r NULL NULL NULL NULL"], file.Query("SELECT * FROM users").Select(u => u.Replace("36.0r", "36r", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_run_with_only_a_profile_updates_all_days()
    {
        await Ingest(Everything());
        Assert.Equal(new SinkResult(0, 0, 0, 0, Refreshed: 1), await Ingest(new SummaryBatch().User("b", "Bob")));
        using SqliteFile file = new(Db);
        Assert.Equal(["Bob on 2024-01-01. Sleep: 9 h. 18,0,0,0,12,0,0"], file.Query("SELECT summary, summary_parts FROM daily_summaries WHERE user_id = 'b'"));
    }

    [Fact]
    public async Task A_run_without_users_uses_the_stored_profile()
    {
        await Ingest(Everything());
        Assert.Equal(new SinkResult(1, 1, 0, 0), await Ingest(new SummaryBatch().Row("a", "2024-01-05", 1, (Category.Sleep, "Sleep: 6 h."))));
        using SqliteFile file = new(Db);
        Assert.Equal(["Ann (age 35.5, f) on 2024-01-05. Sleep: 6 h."], file.Query("SELECT summary FROM daily_summaries WHERE date = '2024-01-05'"));
    }

    [Fact]
    public async Task The_order_of_runs_does_not_matter()
    {
        SummaryBatch[] runs =
        [
            new SummaryBatch().Row("a", "2024-01-01", 1, (Category.Sleep, "Sleep.")).Row("b", "2024-01-01", 1, (Category.Sleep, "Sleep.")),
            new SummaryBatch().Row("a", "2024-01-01", 2, (Category.HeartRate, "Heart.")).Row("a", "2024-01-02", 2, (Category.HeartRate, "Heart.")),
            new SummaryBatch().User("a", "Ann", 35.5).User("c", null, 1),
        ];
        HashSet<string> dumps = [];
        foreach (int[] order in (int[][])[[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
        {
            foreach (int run in order)
            {
                await Ingest(runs[run]);
            }

            dumps.Add(SqliteFile.Dump(Db));
            File.Delete(Db);
        }

        Assert.Single(dumps);
    }

    [Fact]
    public async Task Splitting_a_run_into_batches_does_not_matter()
    {
        await Ingest(new SummaryBatch().Row("a", "2023-01-01", 1, (Category.Sleep, "Old.")).Row("b", "2023-01-01", 1, (Category.Sleep, "Old.")));
        await Ingest(
            new SummaryBatch().User("a", "Ann").User("b", "Bob").Row("a", "2024-01-01", 1, (Category.Sleep, "New.")),
            Renamed(new SummaryBatch(), "b", "Bob"));
        using SqliteFile file = new(Db);
        Assert.Equal(
            ["Ann on 2023-01-01. Old.", "Ann on 2024-01-01. New.", "Bob on 2023-01-01. Old.", "Bob on 2024-01-01. New."],
            file.Query("SELECT summary FROM daily_summaries"));

        // The row has the profile sentence of this run; the profile was in the previous batch.
        static SummaryBatch Renamed(SummaryBatch batch, string id, string name)
        {
            SummaryBatch withProfile = new SummaryBatch().User(id, name).Row(id, "2024-01-01", 1, (Category.Sleep, "New."));
            ref DailySummary row = ref batch.AddRow();
            row = withProfile.Rows[0];
            batch.AddText(withProfile.Text(new TextRef(0, withProfile.TextLength)));
            return batch;
        }
    }

    [Fact]
    public async Task An_aborted_run_leaves_the_database_unchanged()
    {
        await Ingest(Everything());
        byte[] before = await File.ReadAllBytesAsync(Db);
        await using (SqliteSink sink = new(Db))
        {
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            await sink.WriteAsync(ManyRows(2_000), CancellationToken.None);
        }

        Assert.Equal(before, await File.ReadAllBytesAsync(Db));
        Assert.Equal(["health.db"], _folder.Names);
    }

    [Fact]
    public async Task A_killed_run_is_rolled_back_by_the_next_open()
    {
        await Ingest(Everything());
        string before = SqliteFile.Dump(Db);
        Directory.CreateDirectory(_folder["copy"]);
        await using (SqliteSink sink = new(Db, new SqliteTuning { CacheBytes = 1 << 16 }))
        {
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            await sink.WriteAsync(ManyRows(2_000), CancellationToken.None);

            // The disk now has the state after a kill: pages that were written early, and their journal.
            Assert.True(new FileInfo(Db).Length > 500_000);
            File.Copy(Db, _folder["copy/health.db"]);
            File.Copy(Db + "-journal", _folder["copy/health.db-journal"]);
        }

        Assert.Equal(before, SqliteFile.Dump(_folder["copy/health.db"]));
    }

    [Fact]
    public async Task A_full_disk_leaves_the_database_unchanged()
    {
        await Ingest(Everything());
        string before = SqliteFile.Dump(Db);
        SqliteTuning small = new() { PagesMax = 10, CacheBytes = 1 << 16 };
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => new SqliteSink(Db, small).IngestAsync(ManyRows(2_000)));
        Assert.Contains("the disk is full", e.Message);
        Assert.Equal(before, SqliteFile.Dump(Db));
    }

    [Fact]
    public async Task Readers_see_the_old_rows_until_completion()
    {
        await Ingest(Everything());
        using SqliteFile reader = new(Db);
        await using SqliteSink sink = new(Db);
        await sink.OpenAsync(Rows.Run(), CancellationToken.None);
        await sink.WriteAsync(ManyRows(10), CancellationToken.None);
        Assert.Equal(["3"], reader.Query("SELECT count(*) FROM daily_summaries"));
        await sink.CompleteAsync(Rows.Figures, CancellationToken.None);
        Assert.Equal(["13"], reader.Query("SELECT count(*) FROM daily_summaries"));
    }

    [Fact]
    public async Task A_database_stays_in_WAL_mode()
    {
        await Ingest(Everything());
        using (SqliteFile file = new(Db))
        {
            file.Query("PRAGMA journal_mode = WAL");
        }

        Assert.Equal(new SinkResult(3, 0, 0, 3), await Ingest(Everything()));
        using SqliteFile after = new(Db);
        Assert.Equal(["wal"], after.Query("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task A_row_whose_parts_do_not_match_is_reported_clearly()
    {
        await Ingest(Everything());
        using (SqliteFile file = new(Db))
        {
            file.Query("UPDATE daily_summaries SET summary = 'mine' WHERE user_id = 'a'");
        }

        IngestException e = await Assert.ThrowsAsync<IngestException>(() => Ingest(Everything()));
        Assert.Contains("summary_parts of user a on 2024-01-01 do not match", e.Message);
    }

    private static SummaryBatch Everything() => new SummaryBatch()
        .User("a", "Ann", 35.5, "f")
        .Row("a", "2024-01-01", 1, (Category.Sleep, "Sleep: 7 h."))
        .Row("a", "2024-01-02", 1, (Category.Sleep, "Sleep: 8 h."))
        .Row("b", "2024-01-01", 1, (Category.Sleep, "Sleep: 9 h."));

    private static SummaryBatch ManyRows(int count)
    {
        SummaryBatch batch = new();
        for (int i = 0; i < count; i++)
        {
            batch.Row($"x{i:000000}", "2024-01-01", i, (Category.Sleep, new string('s', 300)));
        }

        return batch;
    }

    private Task<SinkResult> Ingest(params SummaryBatch[] batches) => new SqliteSink(Db).IngestAsync(batches);
}
