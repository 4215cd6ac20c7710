using FastIngest.Delivery;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace FastIngest.Tests.Delivery;

/// <summary>Rejected summaries are reported by reason, and requests keep to a rate.</summary>
public sealed class RejectionGroupTests
{
    [Theory]
    [MemberData(nameof(StoredSummaries.Kinds), MemberType = typeof(StoredSummaries))]
    public async Task Rejected_summaries_are_grouped_by_reason(string kind)
    {
        using StoredSummaries stored = new StoredSummaries(kind).WithDays(45);
        await using ApiServer api = ApiServer.Start((context, request) => Respond(context, int.Parse(request.Summary[^2..], System.Globalization.CultureInfo.InvariantCulture), request));

        DeliveryReport report = await stored.DeliverAsync(api.Url);

        Assert.Equal((45, 0), (report.Delivered + report.Rejected, report.Left));
        Assert.Equal(
            [
                new RejectionGroup("""422 Unprocessable Entity: {"detail": "missing field 'x' for u 2024-01-02", "input": "u on 2024-01-02 or User u. Day 1."}""", report.Rejected - 1, "u", "2024-01-02"),
                new RejectionGroup("400 Bad Request: no", 1, "u", "2024-01-31"),
            ],
            report.Rejections);

        static Task Respond(HttpContext context, int day, ReceivedRequest request) => day switch
        {
            1 => ApiServer.Write(context, 200, "{}"),
            31 => ApiServer.Write(context, 400, "no"),
            _ => ApiServer.Write(context, 422, $$"""{"detail": "missing field 'x' for {{request.Summary}}", "input": "{{request.Summary.Replace(" ", " on ", StringComparison.Ordinal)}} or {{request.Text[..^1].Split(" on ")[0]}}. Day {{day - 1}}."}"""),
        };
    }

    [Fact]
    public async Task Requests_keep_to_the_rate()
    {
        FakeTimeProvider time = new();
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(10);
        List<DateTimeOffset> arrivals = [];
        ApiServer? api = null;
        await using ApiServer server = api = ApiServer.Start(async (context, _) =>
        {
            lock (arrivals)
            {
                arrivals.Add(time.GetUtcNow());
            }

            await api!.Ok(context);
        });

        Task<DeliveryReport> delivery = stored.DeliverAsync(
            server.Url, o => o with { RequestsPerSecond = 0.5 }, StoredSummaries.Quick with { AttemptTimeout = Timeout.InfiniteTimeSpan, Time = time });
        DeliveryReport report = await time.RunAsync(TimeSpan.FromMilliseconds(100), delivery);

        Assert.Equal(10, report.Delivered);

        // The server sees the first request some steps of the clock after it started.
        Assert.True(arrivals.Max() - arrivals.Min() >= TimeSpan.FromSeconds(17), $"{arrivals.Max() - arrivals.Min()}");
    }
}
