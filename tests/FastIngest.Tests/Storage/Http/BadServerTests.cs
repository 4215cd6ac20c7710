using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using FastIngest.Delivery;
using FastIngest.Storage.Http;
using FastIngest.Tests.Delivery;
using FastIngest.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace FastIngest.Tests.Storage.Http;

/// <summary>Tests servers that drop connections, delay, fail, or send wrong or endless responses. No summary is lost, and only accepted summaries are marked.</summary>
public sealed class BadServerTests
{
    /// <summary>The fault of the first attempt of every summary; the second attempt succeeds.</summary>
    public static TheoryData<string> Faults => [
        "500", "502", "408", "425", "busy", "drop", "drop in the response", "drop in the headers", "hang", "endless text", "huge token", "429",
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_temporary_fault_is_retried(string fault)
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(6);
        await using FaultyServer server = new(fault, n => n == 1);

        DeliveryReport report = await stored.DeliverAsync(server.Api.Url, tuning: StoredSummaries.Quick with { AttemptTimeout = TimeSpan.FromSeconds(fault is "hang" or "endless text" ? 3 : 30) });

        Assert.Equal((6, 0, 0), (report.Delivered, report.Rejected, report.Left));
        Assert.Equal(6, server.Api.Taken.Count);
        Assert.Equal(6, stored.Marked);
        Assert.InRange(report.Attempts, 12, 30);
        Assert.All(server.Api.Requests.GroupBy(r => r.Summary), g => Assert.Single(g.Select(r => r.Key).Distinct()));
    }

    [Fact]
    public async Task A_large_response_is_read_in_little_memory_and_its_status_counts()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(2);
        string filler = string.Concat(Enumerable.Repeat("{\"vector\": [0.123, 4.5e-7]}, ", 100_000));
        await using ApiServer api = ApiServer.Start((context, request) => ApiServer.Write(
            context, 200, $"{{\"items\": [{filler}1], \"status\": \"{(request.Summary.EndsWith("01", StringComparison.Ordinal) ? "ok" : "error")}\"}}"));

        DeliveryReport report = await stored.DeliverAsync(api.Url, tuning: StoredSummaries.Quick with { Retries = 1 });

        Assert.Equal((1, 1), (report.Delivered, report.Rejected));
        Assert.Equal("200 with status 'error' in the response", report.Rejections[0].Reason);
    }

    [Theory]
    [InlineData("seconds")]
    [InlineData("date")]
    public async Task Retry_After_delays_all_requests(string form)
    {
        const int Workers = 4;
        FakeTimeProvider time = new();
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(40);
        TaskCompletionSource everyoneIsThere = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int arrived = 0;
        DateTimeOffset busySince = default;
        ConcurrentQueue<TimeSpan> after = new();
        ApiServer? api = null;
        await using ApiServer server = api = ApiServer.Start(async (context, _) =>
        {
            int n = Interlocked.Increment(ref arrived);
            if (n > Workers)
            {
                after.Enqueue(time.GetUtcNow() - busySince);
                await api!.Ok(context);
                return;
            }

            if (n == Workers)
            {
                busySince = time.GetUtcNow();
                everyoneIsThere.SetResult();
            }

            await everyoneIsThere.Task;
            context.Response.Headers.RetryAfter = form == "seconds" ? "5" : busySince.AddSeconds(5).ToString("R", CultureInfo.InvariantCulture);
            await ApiServer.Write(context, 429, "");
        });

        // The clock stands still until all requests have a response, and then runs by itself.
        Task<DeliveryReport> delivery = stored.DeliverAsync(
            server.Url, o => o with { Concurrency = Workers }, StoredSummaries.Quick with { AttemptTimeout = Timeout.InfiniteTimeSpan, Time = time });
        await everyoneIsThere.Task.WaitAsync(Poll.Deadline, TestContext.Current.CancellationToken);
        DeliveryReport report = await time.RunAsync(TimeSpan.FromMilliseconds(20), delivery);

        Assert.Equal((40, 0), (report.Delivered, report.Left));
        Assert.Equal(40, after.Count);
        Assert.All(after, wait => Assert.True(wait >= TimeSpan.FromSeconds(5), $"{wait} after the 429"));
    }

    [Fact]
    public async Task A_Retry_After_of_hours_ends_the_run()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(30);
        await using ApiServer api = ApiServer.Start((context, _) =>
        {
            context.Response.Headers.RetryAfter = "7200";
            return ApiServer.Write(context, 429, "");
        });

        DeliveryReport report = await stored.DeliverAsync(api.Url);

        Assert.Equal((0, 30), (report.Delivered, report.Left));
        Assert.NotNull(report.Problem);
        Assert.InRange(report.Attempts, 16, 30);
    }

    [Fact]
    public async Task The_number_of_concurrent_requests_is_limited()
    {
        const int Workers = 5;
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(100);
        Lock gate = new();
        TaskCompletionSource everyone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int arrived = 0;
        ApiServer? api = null;
        await using ApiServer server = api = ApiServer.Start(async (context, _) =>
        {
            // The server responds only after all concurrent requests have arrived, in each round.
            Task together;
            lock (gate)
            {
                together = everyone.Task;
                if (++arrived % Workers == 0)
                {
                    everyone.SetResult();
                    everyone = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }

            await together.WaitAsync(Poll.Deadline);
            await api!.Ok(context);
        });
        DeliveryReport report = await stored.DeliverAsync(server.Url, o => o with { Concurrency = Workers }).WaitAsync(Poll.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal((100, Workers), (report.Delivered, server.Peak));
    }

    [Theory]
    [InlineData("u:s3cr3t@", "", "", "Basic dTpzM2NyM3Q=")]
    [InlineData("", "?token=s3cr3t", "", null)]
    [InlineData("", "", "s3cr3t", "Bearer s3cr3t")]
    public async Task Secrets_are_sent_only_to_the_API(string user, string query, string token, string? header)
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(2);
        await using ApiServer api = ApiServer.Start((context, request) => ApiServer.Write(context, 422, $"what shall I do with {request.Authorization} and {request.Path} s3cr3t?"));
        ApiAddress target = ApiAddress.Parse(
            api.Url.Replace("://", "://" + user, StringComparison.Ordinal) + query, name => name == ApiTokens.TokenVariable ? token : null);

        DeliveryReport report = await SummaryDelivery.RunAsync(HttpTarget.Api(target, StoredSummaries.Quick), stored.Options, null, default);

        Assert.Equal(2, report.Rejected);
        Assert.All(api.Requests, r => Assert.Equal((header, "/ingest" + query), (r.Authorization, r.Path)));
        string texts = string.Concat(report.ToString(), report.Rejections[0].ToString(), string.Join('\n', stored.Query("*")));
        Assert.Contains("what shall I do with", texts, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", texts, StringComparison.Ordinal);
        Assert.DoesNotContain("dTpzM2NyM3Q", texts, StringComparison.Ordinal);
    }

    private sealed class FaultyServer : IAsyncDisposable
    {
        private readonly Dictionary<string, int> _seen = [];

        public FaultyServer(string fault, Func<int, bool> isBad) => Api = ApiServer.Start(async (context, request) =>
        {
            int n;
            lock (_seen)
            {
                n = _seen[request.Summary] = _seen.GetValueOrDefault(request.Summary) + 1;
            }

            await (isBad(n) ? Fail(context, fault) : Api!.Ok(context));
        });

        public ApiServer Api { get; }

        public ValueTask DisposeAsync() => Api.DisposeAsync();

        private static async Task Fail(HttpContext context, string fault)
        {
            switch (fault)
            {
                case "busy":
                    await ApiServer.Write(context, 200, """{"ok": false, "error": "ratelimited"}""");
                    break;
                case "drop":
                    context.Abort();
                    break;
                case "drop in the headers":
                    await context.Response.StartAsync();
                    context.Abort();
                    break;
                case "drop in the response":
                    context.Response.ContentLength = 1000;
                    await context.Response.WriteAsync("{\"status\": \"ok\", \"rest\": [");
                    await context.Response.Body.FlushAsync();
                    context.Abort();
                    break;
                case "hang":
                    await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                    break;
                case "endless text":
                    byte[] text = Encoding.ASCII.GetBytes(new string('x', 65_536));
                    while (!context.RequestAborted.IsCancellationRequested)
                    {
                        await context.Response.Body.WriteAsync(text, context.RequestAborted).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
                    }

                    break;
                case "huge token":
                    await ApiServer.Write(context, 200, $$"""{"x": "{{new string('x', 2_000_000)}}"}""");
                    break;
                default:
                    await ApiServer.Write(context, int.Parse(fault, CultureInfo.InvariantCulture), "not now");
                    break;
            }
        }
    }
}
