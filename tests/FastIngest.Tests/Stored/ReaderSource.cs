using System.Text;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Ndjson;
using FastIngest.Storage.Postgres.Summaries;
using FastIngest.Storage.Sqlite.Summaries;
using FastIngest.Stored;
using FastIngest.Tests.Storage;
using FastIngest.Tests.Storage.Postgres;

namespace FastIngest.Tests.Stored;

/// <summary>A database of either kind, its loader, and the results of its reader.</summary>
internal sealed class ReaderSource : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PostgresTables? _tables;

    public ReaderSource(string kind) => _tables = kind == "postgres" ? new PostgresTables() : null;

    public static TheoryData<string> Kinds => ["sqlite", "postgres"];

    public string File => _folder["health.db"];

    public ISummarySink Sink() => _tables is null ? new SqliteSink(File) : _tables.Sink();

    public ISummaryReader Reader() => _tables is null ? new SqliteSummaryReader(File) : new PostgresSummaryReader(PostgresServer.Shared.Url, _tables.Schema);

    public Task LoadAsync(params SummaryBatch[] batches) => Sink().IngestAsync(batches);

    /// <summary>Returns the rows of a query as NDJSON, one text per page.</summary>
    public async Task<List<string>> PagesAsync(SummaryQuery query)
    {
        await using ISummaryReader reader = Reader();
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        List<string> pages = [];
        await foreach (SummaryBatch page in reader.ReadAsync(query, TestContext.Current.CancellationToken))
        {
            pages.Add(Ndjson(page));
        }

        Assert.Equal(pages.Sum(p => p.Count(c => c == '\n')), await reader.CountAsync(query, TestContext.Current.CancellationToken));
        return pages;
    }

    /// <summary>Returns the user and day of every row, such as <c>u1 2024-02-29</c>.</summary>
    public async Task<List<string>> KeysAsync(SummaryQuery query)
    {
        await using ISummaryReader reader = Reader();
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        List<string> keys = [];
        await foreach (SummaryBatch page in reader.ReadAsync(query, TestContext.Current.CancellationToken))
        {
            foreach (ref readonly DailySummary row in page.Rows)
            {
                keys.Add($"{Encoding.UTF8.GetString(page.Text(row.Texts[TextSlot.UserId]))} {DateOnly.FromDayNumber(row.Day):O}");
            }
        }

        return keys;
    }

    public async Task<List<StoredUser>> UsersAsync(int pageRows)
    {
        await using ISummaryReader reader = Reader();
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        List<StoredUser> users = [];
        await foreach (IReadOnlyList<StoredUser> page in reader.ReadUsersAsync(pageRows, TestContext.Current.CancellationToken))
        {
            Assert.InRange(page.Count, 1, pageRows);
            users.AddRange(page);
        }

        return users;
    }

    public static string Ndjson(SummaryBatch page)
    {
        System.Buffers.ArrayBufferWriter<byte> lines = new();
        foreach (ref readonly DailySummary row in page.Rows)
        {
            SummaryJson.WriteLine(lines, page, row);
        }

        return Encoding.UTF8.GetString(lines.WrittenSpan);
    }

    public void Dispose() => _folder.Dispose();
}
