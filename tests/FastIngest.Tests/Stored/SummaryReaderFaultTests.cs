using System.Runtime.Versioning;
using FastIngest.Health;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Postgres.Summaries;
using FastIngest.Storage.Sqlite.Summaries;
using FastIngest.Stored;
using FastIngest.Tests.Storage;
using FastIngest.Tests.Storage.Postgres;
using FastIngest.Tests.Storage.Sqlite;
using Npgsql;

namespace FastIngest.Tests.Stored;

/// <summary>Reading explains databases that cannot be read, and changes no database.</summary>
[SupportedOSPlatform("linux")]
public sealed class SummaryReaderFaultTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Db => _folder["health.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_missing_file_is_named_and_not_created()
    {
        Assert.Contains("does not exist: there is nothing to read", await FaultAsync(new SqliteSummaryReader(Db)), StringComparison.Ordinal);
        Assert.False(File.Exists(Db));
        Assert.Contains("is a folder", await FaultAsync(new SqliteSummaryReader(Path.GetDirectoryName(Db)!)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_the_tables_is_named_and_left_as_it_is()
    {
        File.WriteAllBytes(Db, []);
        Assert.Contains("has no tables of daily summaries", await FaultAsync(new SqliteSummaryReader(Db)), StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo(Db).Length);

        using (SqliteFile file = new(Db))
        {
            file.Query("CREATE TABLE daily_summaries (user_id)");
        }

        Assert.Contains("did not make", await FaultAsync(new SqliteSummaryReader(Db)), StringComparison.Ordinal);
        File.WriteAllText(Db, new string('x', 5_000));
        Assert.Contains("is not a SQLite database", await FaultAsync(new SqliteSummaryReader(Db)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_file_is_read()
    {
        await new SqliteSink(Db).IngestAsync(Row());
        File.SetUnixFileMode(Db, UnixFileMode.UserRead);
        byte[] before = File.ReadAllBytes(Db);

        Assert.Equal(1, await CountAsync(new SqliteSummaryReader(Db)));

        Assert.Equal(before, File.ReadAllBytes(Db));
        Assert.Equal([Db], Directory.GetFiles(Path.GetDirectoryName(Db)!));
    }

    [Fact]
    public async Task A_row_with_a_date_that_is_none_is_named()
    {
        await new SqliteSink(Db).IngestAsync(Row());
        using (SqliteFile file = new(Db))
        {
            file.Query("UPDATE daily_summaries SET date = 'yesterday'");
        }

        await using SqliteSummaryReader reader = new(Db);
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        IngestException fault = await Assert.ThrowsAsync<IngestException>(async () => await reader.ReadAsync(new SummaryQuery(), TestContext.Current.CancellationToken).AnyAsync(TestContext.Current.CancellationToken));
        Assert.Contains("user u\\ has a summary with the invalid date 'yesterday'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_without_the_tables_is_named_and_nothing_is_created()
    {
        string schema = PostgresServer.NewSchema();

        string fault = await FaultAsync(new PostgresSummaryReader(PostgresServer.Shared.Url, schema));

        Assert.Contains($"schema {schema} has no tables of daily summaries", fault, StringComparison.Ordinal);
        Assert.Equal(["0"], PostgresServer.Shared.Query($"SELECT count(*) FROM pg_namespace WHERE nspname = {PostgresNames.Literal(schema)}"));
    }

    [Fact]
    public async Task A_database_that_accepts_no_changes_is_read()
    {
        PostgresTables tables = new();
        await tables.IngestAsync(Row());

        string url = PostgresServer.Shared.Url + "?options=" + Uri.EscapeDataString("-c default_transaction_read_only=on -c standard_conforming_strings=off");

        Assert.Equal(1, await CountAsync(new PostgresSummaryReader(url, tables.Schema), new SummaryQuery { UserId = "u\\" }));
    }

    [Fact]
    public async Task A_connection_that_is_cut_between_pages_is_reopened()
    {
        PostgresTables tables = new();
        await tables.IngestAsync(Row("a"), Row("b"), Row("c"));
        string name = $"cut {Guid.NewGuid():N}";
        await using PostgresSummaryReader reader = new(PostgresServer.Shared.Url + "?application_name=" + Uri.EscapeDataString(name), tables.Schema, () => new PostgresRetry(3, TimeSpan.FromMilliseconds(20)));
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        int rows = 0;

        await foreach (SummaryBatch page in reader.ReadAsync(new SummaryQuery { PageRows = 1 }, TestContext.Current.CancellationToken))
        {
            rows += page.RowCount;
            Assert.Equal(["True"], PostgresServer.Shared.Query($"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = '{name}'"));
        }

        Assert.Equal(3, rows);
    }

    [Fact]
    public async Task A_page_that_is_given_up_does_not_spoil_the_reader()
    {
        PostgresTables tables = new();
        await tables.IngestAsync(Row());
        await using PostgresSummaryReader reader = new(PostgresServer.Shared.Url, tables.Schema);
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        using CancellationTokenSource stop = new();
        using NpgsqlConnection locker = PostgresServer.Shared.Connect();
        using NpgsqlCommand locking = new($"BEGIN; LOCK TABLE {tables.Names.Summaries}", locker);
        locking.ExecuteNonQuery();

        ValueTask<bool> reading = reader.ReadAsync(new SummaryQuery(), stop.Token).AnyAsync(stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
        locker.Close();
        Assert.Equal(1, await reader.CountAsync(new SummaryQuery(), TestContext.Current.CancellationToken));
    }

    private static SummaryBatch Row(string user = "u\\") => new SummaryBatch().Row(user, "2024-02-29", 1, (Category.Sleep, "Slept."));

    private static async Task<string> FaultAsync(ISummaryReader reader)
    {
        await using (reader)
        {
            return (await Assert.ThrowsAsync<IngestException>(async () => await reader.OpenAsync(TestContext.Current.CancellationToken))).Message;
        }
    }

    private static async Task<int> CountAsync(ISummaryReader reader, SummaryQuery? query = null)
    {
        await using (reader)
        {
            await reader.OpenAsync(TestContext.Current.CancellationToken);
            int rows = 0;
            await foreach (SummaryBatch page in reader.ReadAsync(query ?? new SummaryQuery(), TestContext.Current.CancellationToken))
            {
                rows += page.RowCount;
            }

            return rows;
        }
    }
}
