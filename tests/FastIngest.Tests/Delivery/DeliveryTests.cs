using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FastIngest.Delivery;
using FastIngest.Storage.Http;
using FastIngest.Storage.Sqlite.Outbox;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Storage.Sqlite;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Delivery;

/// <summary>Checks what an API has received after a delivery, and what the database has recorded.</summary>
public sealed class DeliveryTests
{
    [Theory]
    [MemberData(nameof(StoredSummaries.Kinds), MemberType = typeof(StoredSummaries))]
    public async Task Every_summary_arrives_and_an_unchanged_one_is_not_resent(string kind)
    {
        using StoredSummaries stored = new StoredSummaries(kind).With(("a", "0001-01-01", "Slept \"well\" \\ n\u00e9."), ("a", "2024-02-29", "Slept."), ("z\u00e4\n", "9999-12-31", "Slept."));
        await using ApiServer api = ApiServer.Start();

        DeliveryReport first = await stored.DeliverAsync(api.Url);
        DeliveryReport second = await stored.DeliverAsync(api.Url);

        Assert.Equal((3, 0, 0, 0, 3), (first.Delivered, first.Unchanged, first.Rejected, first.Left, first.Attempts));
        Assert.Equal((0, 3, 0, 0, 0), (second.Delivered, second.Unchanged, second.Rejected, second.Left, second.Attempts));
        Assert.True(second.IsComplete);
        ReceivedRequest[] requests = [.. api.Requests.OrderBy(r => r.Summary, StringComparer.Ordinal)];
        Assert.Equal(["a 0001-01-01", "a 2024-02-29", "z\u00e4\n 9999-12-31"], requests.Select(r => r.Summary));
        Assert.Equal("User a on 0001-01-01. Slept \"well\" \\ n\u00e9.", requests[0].Text);
        Assert.Equal("""{"text": "User a on 2024-02-29. Slept.", "meta": {"user_id": "a", "date": "2024-02-29", "type": "daily_summary"}}""", requests[1].Body);
        Assert.Equal(SummaryId.Of("a"u8, new DateOnly(2024, 2, 29).DayNumber).ToString(), requests[1].Key);
        Assert.All(requests, r => Assert.Equal((Encoding.UTF8.GetByteCount(r.Body), "application/json", "/ingest"), (r.ContentLength, r.ContentType, r.Path)));

        stored.With(("a", "2024-02-29", "Slept longer."), ("b", "2024-01-01", "New."));
        DeliveryReport third = await stored.DeliverAsync(api.Url);

        Assert.Equal((2, 2, 0, 0), (third.Delivered, third.Unchanged, third.Rejected, third.Left));
        Assert.Equal("User a on 2024-02-29. Slept longer.", api.Taken["a 2024-02-29"]);
        Assert.Equal(4, stored.Marked);
        Assert.Equal([api.Url], stored.Query("DISTINCT target"));
    }

    /// <summary>A page ends by its rows or by its bytes, and buffers have several sizes: no text may be lost or mixed up.</summary>
    [Theory]
    [MemberData(nameof(StoredSummaries.Kinds), MemberType = typeof(StoredSummaries))]
    public async Task Texts_of_any_length_arrive(string kind)
    {
        int[] lengths = [1, 15, 16, 17, 8_170, 8_191, 8_192, 8_193, 100_000, 700_000, 2, 700_000, 700_000, 3, 1_500_000, .. Enumerable.Range(1, 1_200)];
        (string User, string Date, string Sentence)[] rows =
            [.. lengths.Select((length, i) => ($"user {i / 40:000}", new DateOnly(2024, 1, 1).AddDays(i % 40).ToString("O"), new string((char)('a' + (i % 26)), length)))];
        using StoredSummaries stored = new StoredSummaries(kind).With(rows);
        await using ApiServer api = ApiServer.Start();

        DeliveryReport first = await stored.DeliverAsync(api.Url);
        DeliveryReport second = await stored.DeliverAsync(api.Url);

        Assert.Equal((rows.Length, 0), (first.Delivered, first.Left));
        Assert.Equal((0, rows.Length), (second.Delivered, second.Unchanged));
        Assert.All(rows, r => Assert.EndsWith($". {r.Sentence}", api.Taken[$"{r.User} {r.Date}"], StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(StoredSummaries.Kinds), MemberType = typeof(StoredSummaries))]
    public async Task A_permanently_rejected_summary_is_listed_and_not_resent_until_it_changes(string kind)
    {
        using StoredSummaries stored = new StoredSummaries(kind).WithDays(5);
        string refused = "u 2024-01-03";
        await using ApiServer api = ApiServer.Start((context, request) => request.Summary == refused ? ApiServer.Write(context, 422, "{\"detail\": \"no\nthanks\"}") : Ok(context, request));

        DeliveryReport first = await stored.DeliverAsync(api.Url);
        DeliveryReport second = await stored.DeliverAsync(api.Url);

        Assert.Equal((4, 1, 1, 0), (first.Delivered, first.Rejected, first.NewlyRejected, first.Left));
        Assert.False(first.IsComplete);
        Assert.Equal((0, 4, 1, 0, 0), (second.Delivered, second.Unchanged, second.Rejected, second.NewlyRejected, second.Left));
        Assert.True(second.IsComplete);
        Assert.Equal(5, api.Requests.Count);
        Assert.All([first, second], r => Assert.Equal([new RejectionGroup("422 Unprocessable Entity: {\"detail\": \"no thanks\"}", 1, "u", "2024-01-03")], r.Rejections));

        DeliveryReport again = await stored.DeliverAsync(api.Url, o => o with { RetryRejected = true });
        Assert.Equal((0, 4, 1, 1), (again.Delivered, again.Unchanged, again.Rejected, again.NewlyRejected));
        Assert.Equal(6, api.Requests.Count);

        stored.With(("u", "2024-01-03", "Better."));
        refused = "";
        DeliveryReport changed = await stored.DeliverAsync(api.Url);
        Assert.Equal((1, 4, 0, 0), (changed.Delivered, changed.Unchanged, changed.Rejected, changed.Left));
        Assert.Equal(5, stored.Marked);
        Assert.Equal(["3"], stored.Query("attempts", "WHERE attempts > 1"));

        Task Ok(Microsoft.AspNetCore.Http.HttpContext context, ReceivedRequest request) => ApiServer.Write(context, 201, "");
    }

    [Theory]
    [MemberData(nameof(StoredSummaries.Kinds), MemberType = typeof(StoredSummaries))]
    public async Task What_cannot_be_delivered_stays_with_its_last_error(string kind)
    {
        using StoredSummaries stored = new StoredSummaries(kind).WithDays(3);
        bool isDown = true;
        ApiServer? api = null;
        await using ApiServer server = api = ApiServer.Start((context, _) => isDown ? ApiServer.Write(context, 500, "oh") : api!.Ok(context));

        DeliveryReport first = await stored.DeliverAsync(server.Url, tuning: StoredSummaries.Quick with { Retries = 1 });

        Assert.Equal((0, 0, 3, 6), (first.Delivered, first.Rejected, first.Left, first.Attempts));
        Assert.Equal("500 Internal Server Error: oh", first.LastError);
        Assert.Equal(["2 500 Internal Server Error: oh"], stored.Query("DISTINCT attempts, last_error"));
        isDown = false;
        DeliveryReport second = await stored.DeliverAsync(server.Url);
        Assert.Equal((3, 0), (second.Delivered, second.Left));
        Assert.Equal(["3"], stored.Query("DISTINCT attempts", "WHERE last_error IS NULL"));
    }

    [Fact]
    public async Task Two_APIs_have_each_their_own_deliveries()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(3);
        await using ApiServer a = ApiServer.Start();
        await using ApiServer b = ApiServer.Start();
        await stored.DeliverAsync(a.Url);
        await stored.DeliverAsync(b.Url);
        Assert.Equal((3, 3), (a.Taken.Count, b.Taken.Count));
    }

    [Fact]
    public async Task An_API_that_is_down_ends_the_delivery_early_and_all_that_is_left_is_counted()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(5_000);
        await using ApiServer api = ApiServer.Start((context, _) => ApiServer.Write(context, 503, ""));

        DeliveryReport report = await stored.DeliverAsync(api.Url, tuning: StoredSummaries.Quick with { Retries = 1 });

        Assert.Equal((0, 5_000), (report.Delivered, report.Left));
        Assert.Contains("accepted none of the last 16 summaries: 503", report.Problem, StringComparison.Ordinal);
        Assert.InRange(api.Requests.Count, 16, 2_500);
    }

    [Fact]
    public async Task An_API_without_a_listener_is_reported()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(3);

        // The port is bound but not listening, so that no other program can use it during the test.
        using Socket holder = new(SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)holder.LocalEndPoint!).Port;

        DeliveryReport report = await stored.DeliverAsync($"http://127.0.0.1:{port}/ingest", tuning: StoredSummaries.Quick with { Retries = 1 });
        Assert.Equal(3, report.Left);
        Assert.Contains("refused", report.LastError, StringComparison.Ordinal);

        DeliveryReport waited = await stored.DeliverAsync($"http://127.0.0.1:{port}/ingest", o => o with { WaitForApi = TimeSpan.FromSeconds(0.4) });
        Assert.Equal((3, 0), (waited.Left, waited.Attempts));
        Assert.Contains("was not ready within 0.4 s", waited.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_API_that_comes_up_late_is_waited_for()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(3);
        int asked = 0;
        ApiServer? api = null;
        await using ApiServer server = api = ApiServer.Start(
            (context, request) => request.Body.Length > 0 ? api!.Ok(context) : ApiServer.Write(context, Interlocked.Increment(ref asked) < 4 ? 502 : 405, ""), respondsToGet: true);

        DeliveryReport report = await stored.DeliverAsync(server.Url, o => o with { WaitForApi = TimeSpan.FromSeconds(60) });

        Assert.Equal((3, 4), (report.Delivered, asked));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(302)]
    public async Task Wrong_credentials_or_a_wrong_URL_reject_no_summary_permanently(int status)
    {
        using StoredSummaries few = new StoredSummaries("sqlite").WithDays(3);
        using StoredSummaries many = new StoredSummaries("sqlite").WithDays(20_000);
        await using ApiServer api = ApiServer.Start((context, _) =>
        {
            context.Response.Headers.Location = status == 302 ? "http://elsewhere.example/x?token=1" : default;
            return ApiServer.Write(context, status, "no");
        });

        DeliveryReport some = await few.DeliverAsync(api.Url);
        Assert.Equal((0, 3, 3), (some.Rejected, some.Left, some.Attempts));
        Assert.StartsWith(status.ToString(CultureInfo.InvariantCulture), some.LastError, StringComparison.Ordinal);
        DeliveryReport all = await many.DeliverAsync(api.Url);
        Assert.Equal((0, 20_000), (all.Rejected, all.Left));
        Assert.Contains("rejects every request", all.Problem, StringComparison.Ordinal);
        Assert.InRange(all.Attempts, 64, 4_000);
        Assert.DoesNotContain("token=1", all.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_404_for_one_summary_is_permanent_when_others_are_accepted()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(20);
        ApiServer? api = null;
        await using ApiServer server = api = ApiServer.Start((context, request) => request.Summary.EndsWith('7') ? ApiServer.Write(context, 404, "") : api!.Ok(context));
        DeliveryReport report = await stored.DeliverAsync(server.Url);
        Assert.Equal((18, 2, 0), (report.Delivered, report.Rejected, report.Left));
    }

    [Fact]
    public async Task Stopping_marks_what_was_delivered()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(3_000);
        using CancellationTokenSource stop = new();

        // Every request after the first 500 waits until the stop has reached the client, which then sends no further ones.
        Lazy<Task> stopping = new(stop.CancelAsync);
        ApiServer? api = null;
        await using ApiServer server = api = ApiServer.Start(async (context, _) =>
        {
            if (api!.Taken.Count >= 500)
            {
                await stopping.Value;
            }

            await api.Ok(context);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stored.DeliverAsync(server.Url, stop: stop.Token));

        Assert.InRange(stored.Marked, 500 - 16, 600);
        int taken = server.Taken.Count;
        DeliveryReport rest = await stored.DeliverAsync(server.Url);
        Assert.Equal((3_000, 0), (server.Taken.Count, rest.Left));
        Assert.Equal(3_000 - rest.Unchanged, rest.Delivered);
        Assert.InRange(rest.Unchanged, taken - 16, taken);
    }

    [Fact]
    public async Task A_missing_file_or_one_of_another_program_is_reported()
    {
        using StoredSummaries stored = new("sqlite");
        IngestException missing = await Assert.ThrowsAsync<IngestException>(() => stored.DeliverAsync("http://localhost:1/"));
        Assert.Contains("does not exist", missing.Message, StringComparison.Ordinal);
        using (SqliteFile file = new(stored.File))
        {
            file.Query("CREATE TABLE t (x)");
        }

        IngestException foreign = await Assert.ThrowsAsync<IngestException>(() => stored.DeliverAsync("http://localhost:1/"));
        Assert.Contains("did not make", foreign.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_locked_by_another_program_delays_the_marks_only()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(50);
        using SqliteFile other = new(stored.File);
        int requests = 0;
        ApiServer? api = null;
        await using ApiServer server = api = ApiServer.Start(async (context, _) =>
        {
            if (Interlocked.Increment(ref requests) == 1)
            {
                other.Query("BEGIN IMMEDIATE");
            }

            await api!.Ok(context);
        });

        using IngestApi target = new(ApiAddress.Parse(server.Url), stored.Options, StoredSummaries.Quick);
        await using WatchedOutbox outbox = new(new SqliteOutbox(stored.File, OutboxTable.Deliveries));
        using DeliveryRun run = new(outbox, target, stored.Options, null);
        Task<DeliveryReport> delivery = run.RunAsync(TestContext.Current.CancellationToken);

        // The first marks wait for the lock while everything is delivered.
        string marking = await outbox.MarkingThread.WaitAsync(Poll.Deadline, TestContext.Current.CancellationToken);
        Poll.Until(() => File.ReadAllText($"{marking}/stat").Contains(") S ", StringComparison.Ordinal), "Nothing waits for the lock.");
        Poll.Until(() => api!.Taken.Count == 50, "Not everything was delivered.");
        Assert.Equal(0, stored.Marked);
        other.Query("ROLLBACK");
        DeliveryReport report = await delivery;

        Assert.Equal((50, 50), (report.Delivered, stored.Marked));
    }

    /// <summary>An outbox that records which thread is the first to mark, so that a test can observe that it waits.</summary>
    private sealed class WatchedOutbox(IOutbox outbox) : IOutbox
    {
        private readonly TaskCompletionSource<string> _markingThread = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The folder of the thread in /proc; null before the first mark.</summary>
        public Task<string> MarkingThread => _markingThread.Task;

        public string DisplayName => outbox.DisplayName;

        public long Total => outbox.Total;

        public long Unchanged => outbox.Unchanged;

        public long StillRejected => outbox.StillRejected;

        public ValueTask OpenAsync(string target, bool retryRejected, CancellationToken cancellationToken) => outbox.OpenAsync(target, retryRejected, cancellationToken);

        public ValueTask<bool> ReadAsync(List<PendingSummary> page, CancellationToken cancellationToken) => outbox.ReadAsync(page, cancellationToken);

        public ValueTask MarkAsync(IReadOnlyList<PendingSummary> done, CancellationToken cancellationToken)
        {
            _markingThread.TrySetResult("/proc/" + new FileInfo("/proc/thread-self").LinkTarget);
            return outbox.MarkAsync(done, cancellationToken);
        }

        public ValueTask ReadRejectedAsync(RejectionGroups groups, CancellationToken cancellationToken) => outbox.ReadRejectedAsync(groups, cancellationToken);

        public ValueTask DisposeAsync() => outbox.DisposeAsync();
    }
}
