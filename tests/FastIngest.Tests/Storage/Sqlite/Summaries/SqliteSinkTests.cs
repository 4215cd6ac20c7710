using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Summaries;
using FastIngest.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FastIngest.Tests.Storage.Sqlite.Summaries;

/// <summary>Tests new databases, and faults of new and existing databases.</summary>
public sealed class SqliteSinkTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Db => _folder["health.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_new_database_holds_rows_users_and_the_run()
    {
        SummaryBatch batch = new SummaryBatch()
            .User("u1", "Zoë", 35.5, "female")
            .Row("u1", "2024-02-29", 2, (Category.Nutrition, "Meal: x."), (Category.Sleep, "Sleep: 8 h."), (Category.HeartRate, "Heart."), (Category.Measurements, "Measured."));
        SinkResult result;
        await using (SqliteSink sink = new(Db))
        {
            await sink.OpenAsync(Rows.Run(new InputFileInfo("data/\"é\".json", Category.Sleep, 12)), CancellationToken.None);
            await sink.WriteAsync(batch, CancellationToken.None);
            result = await sink.CompleteAsync(Rows.Figures, CancellationToken.None);
        }

        Assert.Equal(new SinkResult(1, 1, 0, 0), result);
        Assert.Equal(["health.db"], _folder.Names);
        using SqliteFile file = new(Db);
        Assert.Equal(
            "u1 2024-02-29 0 NULL NULL NULL NULL NULL 0 NULL NULL 2 1000.2r NULL NULL NULL 2 NULL NULL NULL good NULL 2 NULL NULL "
            + "85.33333333333333r {\"weight\": 61.5} Zoë (age 35.5, female) on 2024-02-29. Meal: x. Sleep: 8 h. Heart. Measured. 38,0,0,9,12,7,10 NULL",
            Assert.Single(file.Query("SELECT * FROM daily_summaries")));
        Assert.Equal(["u1 Zoë 35.5r female NULL NULL NULL"], file.Query("SELECT * FROM users"));
        Assert.Equal(
            ["2024-02-29T12:00:00.000Z 1 [{\"path\": \"data/\\\"é\\\".json\", \"category\": \"sleep\", \"bytes\": 12}] 10 9 1 3"],
            file.Query("SELECT started, finished > started, files, records, aggregated, rejected, rows FROM ingest_runs"));
        Assert.Equal(["2"], file.Query("PRAGMA user_version"));
        Assert.Equal(["delete"], file.Query("PRAGMA journal_mode"));
        Assert.Equal("user_id date", string.Join(' ', file.Query("SELECT name FROM pragma_table_info('daily_summaries') WHERE pk > 0 ORDER BY pk")));
    }

    [Theory]
    [InlineData("O'Neil \"x\"; --")]
    [InlineData("nul\0in")]
    [InlineData("😀 李雷")]
    public async Task Names_are_stored_unchanged(string name)
    {
        SummaryBatch batch = new SummaryBatch().User(name, name).Row(name, "2024-01-01", 1, (Category.Sleep, "Sleep."));
        await new SqliteSink(Db).IngestAsync(batch);
        await new SqliteSink(Db).IngestAsync(new SummaryBatch().Row(name, "2024-01-02", 1, (Category.Sleep, "Sleep.")));
        using SqliteFile file = new(Db);
        Assert.Equal([name, name], file.Query("SELECT user_id FROM daily_summaries"));
        Assert.Equal([$"{name} on 2024-01-01. Sleep.", $"{name} on 2024-01-02. Sleep."], file.Query("SELECT summary FROM daily_summaries"));
        Assert.Equal([$"{name} {name} NULL NULL NULL NULL NULL"], file.Query("SELECT * FROM users"));
    }

    [Fact]
    public async Task An_aborted_run_leaves_no_file()
    {
        await using (SqliteSink sink = new(Db))
        {
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            await sink.WriteAsync(Batch(), CancellationToken.None);
            Assert.Equal(["health.db.partial"], _folder.Names);
        }

        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task The_partial_file_of_a_killed_run_is_overwritten()
    {
        await File.WriteAllTextAsync(Db + ".partial", new string('x', 100_000));
        await new SqliteSink(Db).IngestAsync(Batch());
        Assert.Equal(["health.db"], _folder.Names);
        Assert.StartsWith("u1 ", SqliteFile.Dump(Db));
    }

    [Fact]
    public async Task Two_runs_cannot_build_the_same_database()
    {
        await using SqliteSink first = new(Db);
        await first.OpenAsync(Rows.Run(), CancellationToken.None);
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => new SqliteSink(Db).IngestAsync(Batch()));
        Assert.Contains("another run", e.Message);
        await first.WriteAsync(Batch(), CancellationToken.None);
        await first.CompleteAsync(Rows.Figures, CancellationToken.None);
        Assert.StartsWith("u1 ", SqliteFile.Dump(Db));
    }

    [Fact]
    public async Task A_file_that_appears_during_the_run_is_not_replaced()
    {
        await using (SqliteSink sink = new(Db))
        {
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            await File.WriteAllTextAsync(Db, "mine");
            IngestException e = await Assert.ThrowsAsync<IngestException>(() => sink.CompleteAsync(Rows.Figures, CancellationToken.None).AsTask());
            Assert.Contains("appeared while it was being built", e.Message);
        }

        Assert.Equal("mine", await File.ReadAllTextAsync(Db));
        Assert.Equal(["health.db"], _folder.Names);
    }

    [Fact]
    public async Task A_cancelled_run_leaves_no_file()
    {
        using CancellationTokenSource source = new();
        await using (SqliteSink sink = new(Db))
        {
            await sink.OpenAsync(Rows.Run(), source.Token);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sink.WriteAsync(Batch(), source.Token).AsTask());
        }

        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task A_full_disk_is_reported_clearly_and_leaves_no_file()
    {
        SqliteTuning small = new() { PageBytes = 4096, PagesMax = 8, CacheBytes = 1 << 16 };
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => new SqliteSink(Db, small).IngestAsync(ManyRows(1_000)));
        Assert.Equal($"{Db} cannot be written: the disk is full.", e.Message);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task A_missing_folder_is_reported_before_any_input_is_read()
    {
        await using SqliteSink sink = new(_folder["none/health.db"]);
        Assert.Contains("folder does not exist", (await OpenFails(sink)).Message);
    }

    [Fact]
    public async Task A_folder_or_a_device_is_rejected()
    {
        Assert.EndsWith("is a folder.", (await OpenFails(new SqliteSink(_folder.FullPath))).Message);
        Assert.SkipUnless(File.Exists("/dev/null"), "needs devices");
        Assert.Contains("device", (await OpenFails(new SqliteSink("/dev/null"))).Message);
    }

    [Fact]
    public async Task A_file_that_is_not_a_database_is_not_changed()
    {
        string text = string.Concat(Enumerable.Repeat("not a database\n", 1_000));
        await File.WriteAllTextAsync(Db, text);
        Assert.EndsWith("is not a SQLite database.", (await OpenFails(new SqliteSink(Db))).Message);
        Assert.Equal(text, await File.ReadAllTextAsync(Db));
    }

    [Fact]
    public async Task A_database_of_another_program_is_not_changed()
    {
        using (SqliteFile other = new(Db))
        {
            other.Query("CREATE TABLE daily_summaries (user_id TEXT)");
            other.Query("PRAGMA user_version = 1");
        }

        byte[] before = await File.ReadAllBytesAsync(Db);
        Assert.Contains("did not make", (await OpenFails(new SqliteSink(Db))).Message);
        Assert.Equal(before, await File.ReadAllBytesAsync(Db));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_not_changed()
    {
        await new SqliteSink(Db).IngestAsync(Batch());
        using (SqliteFile file = new(Db))
        {
            file.Query("PRAGMA user_version = 3");
        }

        Assert.Contains("newer version", (await OpenFails(new SqliteSink(Db))).Message);
    }

    [Fact]
    public async Task A_damaged_database_is_not_changed()
    {
        SqliteTuning small = new() { PageBytes = 4096 };
        await new SqliteSink(Db, small).IngestAsync(ManyRows(500));
        byte[] bytes = await File.ReadAllBytesAsync(Db);
        bytes.AsSpan(4 * 4096, bytes.Length - (4 * 4096)).Fill(0xA5);
        await File.WriteAllBytesAsync(Db, bytes);
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => new SqliteSink(Db).IngestAsync(ManyRows(500)));
        Assert.Contains("is damaged", e.Message);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Db));
    }

    [Fact]
    public async Task A_run_waits_for_a_locked_database_and_then_reports_it_clearly()
    {
        await new SqliteSink(Db).IngestAsync(Batch());
        using SqliteFile other = new(Db);
        other.Query("BEGIN EXCLUSIVE");
        FakeTimeProvider time = new();
        DateTimeOffset start = time.GetUtcNow();
        IngestException e = await time.RunAsync(TimeSpan.FromSeconds(1), OpenFails(new SqliteSink(Db, new SqliteTuning { BusyTimeoutMs = 7_000, Time = time })));
        Assert.True(time.GetUtcNow() - start >= TimeSpan.FromSeconds(7), "The sink gave up too early.");
        Assert.EndsWith("is locked by another program.", e.Message);

        await using SqliteSink patient = new(Db);
        ValueTask opening = patient.OpenAsync(Rows.Run(), CancellationToken.None);
        Assert.False(opening.IsCompleted);
        other.Query("COMMIT");
        await opening;
    }

    [Fact]
    public async Task A_cancellation_ends_the_wait_for_a_lock()
    {
        await new SqliteSink(Db).IngestAsync(Batch());
        using SqliteFile other = new(Db);
        other.Query("BEGIN EXCLUSIVE");
        using CancellationTokenSource source = new();

        // The clock does not move, so only the cancellation can end the wait.
        await using SqliteSink sink = new(Db, new SqliteTuning { Time = new FakeTimeProvider() });
        Task opening = sink.OpenAsync(Rows.Run(), source.Token).AsTask();
        Assert.False(opening.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(Poll.Deadline, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_empty_file_becomes_a_database()
    {
        await File.WriteAllBytesAsync(Db, []);
        Assert.Equal(new SinkResult(1, 1, 0, 0), await new SqliteSink(Db).IngestAsync(Batch()));
        Assert.StartsWith("u1 ", SqliteFile.Dump(Db));
    }

    [Fact]
    public async Task A_read_only_database_is_reported_before_any_input_is_read()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            Assert.Skip("needs permissions, and root may write everywhere");
            return;
        }

        await new SqliteSink(Db).IngestAsync(Batch());
        File.SetUnixFileMode(Db, UnixFileMode.UserRead);
        Assert.Contains("no permission", (await OpenFails(new SqliteSink(Db))).Message);
    }

    private static async Task<IngestException> OpenFails(SqliteSink sink)
    {
        await using (sink)
        {
            return await Assert.ThrowsAsync<IngestException>(() => sink.OpenAsync(Rows.Run(), CancellationToken.None).AsTask());
        }
    }

    private static SummaryBatch Batch() => new SummaryBatch().Row("u1", "2024-01-01", 1, (Category.Sleep, "Sleep: 8 h."));

    private static SummaryBatch ManyRows(int count)
    {
        SummaryBatch batch = new();
        for (int i = 0; i < count; i++)
        {
            batch.Row($"u{i:000000}", "2024-01-01", i, (Category.Sleep, new string('s', 300)));
        }

        return batch;
    }
}
