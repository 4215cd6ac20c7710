using System.Text.Json.Nodes;
using FastIngest.Delivery;
using FastIngest.Net;
using FastIngest.Storage.Http;
using FastIngest.Storage.Weaviate;
using FastIngest.Tests.Delivery;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FastIngest.Tests.Storage.Weaviate;

/// <summary>Tests the requests to a Weaviate server, and the meaning of its responses.</summary>
public sealed class WeaviateTests : IAsyncDisposable
{
    private readonly WeaviateServer _server = new();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Assert.Empty(_server.Findings);
    }

    [Fact]
    public async Task The_class_is_created_and_every_summary_is_an_object_of_it()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(250).With(("z\u00e4 \"x\"", "0001-01-01", "\\ Slept."));

        DeliveryReport first = await stored.DeliverAsync(_server.Url);
        DeliveryReport second = await stored.DeliverAsync(_server.Url);

        Assert.Equal((251, 0, 0), (first.Delivered, first.Rejected, first.Left));
        Assert.Equal((0, 251), (second.Delivered, second.Unchanged));
        Assert.Equal([_server.Url], stored.Query("DISTINCT target"));
        Assert.Equal([51, 100, 100], _server.Batches.Order());
        Assert.Equal(["DailySummary"], _server.Classes.Keys);
        JsonObject odd = _server.Objects[SummaryId.Of("z\u00e4 \"x\""u8, 0).ToString()];
        Assert.Equal("0001-01-01T00:00:00Z", odd["properties"]!["date"]!.ToString());
        Assert.Equal("User z\u00e4 \"x\" on 0001-01-01. \\ Slept.", odd["properties"]!["text"]!.ToString());
        Assert.Equal(["text", "user_id", "date", "type"], odd["properties"]!.AsObject().Select(p => p.Key));
        Assert.Equal(1, _server.Requests.Count(r => r.Path == "/v1/schema"));
    }

    [Fact]
    public async Task An_existing_class_is_used_unless_it_lacks_our_properties()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(3);
        _server.Define("DailySummary", """{"class": "DailySummary", "moduleConfig": {"properties": [{"x": {"name": "type"}}]}, "properties": [{"name": "text", "dataType": ["text"]}, {"dataType": ["text"], "name": "user_id"}, {"name": "date"}]}""");

        DeliveryReport report = await stored.DeliverAsync(_server.Url);

        Assert.Equal((0, 3), (report.Delivered, report.Left));
        Assert.EndsWith("the class has no property type: add it, or name another class", report.Problem, StringComparison.Ordinal);
        _server.Define("DailySummary", """{"class": "DailySummary", "properties": [{"name": "type"}, {"name": "text"}, {"name": "user_id"}, {"name": "date"}, {"name": "mood"}]}""");
        Assert.Equal(3, (await stored.DeliverAsync(_server.Url)).Delivered);
        Assert.DoesNotContain(_server.Requests, r => r.Path == "/v1/schema");
    }

    [Fact]
    public async Task Objects_that_fail_in_a_successful_response_are_sent_again_one_by_one()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(60);
        Dictionary<string, int> tries = [];
        _server.Complain = o =>
        {
            string day = o["properties"]!["date"]!.ToString()[..10];
            int n = tries[day] = tries.GetValueOrDefault(day) + 1;
            return day == "2024-01-05" && n == 1 ? "vectorizer: try again" : day == "2024-01-07" ? "text has\nno words" : null;
        };

        DeliveryReport report = await stored.DeliverAsync(_server.Url, o => o with { Concurrency = 1 });

        Assert.Equal((59, 0, 1), (report.Delivered, report.Rejected, report.Left));
        Assert.Equal("text has no words", report.LastError);
        Assert.Equal([60, 1, 1, 1, 1], _server.Batches);
        Assert.Equal(["2024-01-05 2", "2024-01-07 4"], stored.Query("date, attempts", "WHERE attempts > 1 ORDER BY date"));
        _server.Complain = _ => null;
        Assert.Equal((1, 0), (await stored.DeliverAsync(_server.Url)) is { } again ? (again.Delivered, again.Left) : default);
    }

    [Theory]
    [InlineData(413)]
    [InlineData(0)]
    public async Task A_batch_that_is_too_large_or_too_slow_is_split_in_halves(int status)
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(100);
        HttpTuning tuning = StoredSummaries.Quick with { Time = new FakeTimeProvider() };
        _server.Intercept = async (context, objects) =>
        {
            if (objects.Count <= 12)
            {
                return false;
            }

            if (status == 413)
            {
                await ApiServer.Write(context, 413, "");
                return true;
            }

            ((FakeTimeProvider)tuning.Time).Advance(tuning.AttemptTimeout);
            await Task.Delay(Poll.Deadline, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };

        DeliveryReport report = await stored.DeliverAsync(_server.Url, o => o with { Concurrency = 1 }, tuning);

        Assert.Equal((100, 0, 0), (report.Delivered, report.Rejected, report.Left));
        Assert.Equal([100, 50, 25, 12, 12, 1, 12, 12, 1, 12, 12, 12, 12, 2], _server.Batches);
    }

    [Fact]
    public async Task One_rejected_object_does_not_fail_its_batch()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(30);
        _server.Intercept = async (context, objects) =>
        {
            bool isBad = objects.Any(o => o!["properties"]!["date"]!.ToString().StartsWith("2024-01-20", StringComparison.Ordinal));
            if (isBad)
            {
                await ApiServer.Write(context, 422, """{"error": [{"message": "no"}]}""");
            }

            return isBad;
        };

        DeliveryReport report = await stored.DeliverAsync(_server.Url);

        Assert.Equal((29, 1, 0), (report.Delivered, report.Rejected, report.Left));
        Assert.Equal("2024-01-20", report.Rejections[0].Date);
    }

    [Fact]
    public async Task Responses_that_do_not_mention_an_object_do_not_count_as_success()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(2);
        foreach (string body in (string[])["{}", "[]", "", "no", """[{"id": "fc3a938a-6a9b-5bd5-b873-4723358a634f", "result": {"status": "SUCCESS"}}]"""])
        {
            _server.Intercept = async (context, _) =>
            {
                await ApiServer.Write(context, 200, body);
                return true;
            };
            DeliveryReport report = await stored.DeliverAsync(_server.Url);
            Assert.Equal((0, 2), (report.Delivered, report.Left));
            Assert.Equal("the response does not mention this object", report.LastError);
        }
    }

    [Fact]
    public async Task A_server_that_fails_every_object_is_not_sent_each_one()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(1_000);
        _server.Complain = _ => "no vectorizer";

        DeliveryReport report = await stored.DeliverAsync(_server.Url, o => o with { Concurrency = 2 });

        Assert.Equal((0, 1_000), (report.Delivered, report.Left));
        Assert.NotNull(report.Problem);
        Assert.InRange(_server.Requests.Count, 10, 80);
    }

    [Fact]
    public async Task It_waits_until_the_server_is_ready_and_sends_the_key()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(3);
        _server.IsReady = () => false;
        DeliveryReport never = await stored.DeliverAsync(_server.Url, o => o with { WaitForApi = TimeSpan.FromMilliseconds(300) });
        Assert.Contains("was not ready within 0.3 s: it responds with 503", never.Problem, StringComparison.Ordinal);
        ApiAddress target = ApiAddress.Parse(_server.Url, name => name == ApiTokens.WeaviateKeyVariable ? "k3y" : null);
        int looks = 0;
        _server.IsReady = () => ++looks == 3;
        DeliveryReport patient = await SummaryDelivery.RunAsync(
            WeaviateTarget.Api(target, StoredSummaries.Quick), stored.Options with { WaitForApi = Poll.Deadline }, null, default);
        Assert.Equal((3, 3), (patient.Delivered, looks));
        Assert.Contains(_server.Requests, r => r is { Path: "/v1/batch/objects", Authorization: "Bearer k3y" });
        Assert.DoesNotContain(_server.Requests, r => r.Path == "/v1/batch/objects" && r.Authorization != "Bearer k3y");
    }

    [Fact]
    public void The_check_against_the_OpenAPI_file_finds_what_is_wrong()
    {
        Assert.Equal(["body.objects[0].id is 'x', which is no UUID"], OpenApi.CheckRequest("/batch/objects", "post", """{"objects": [{"id": "x"}]}"""));
        Assert.Equal(["body.objekts is not known"], OpenApi.CheckRequest("/batch/objects", "post", """{"objekts": []}"""));
        Assert.Equal(["body.properties[0].dataType is String, not array"], OpenApi.CheckRequest("/schema", "post", """{"properties": [{"dataType": "text"}]}"""));
        Assert.Single(OpenApi.CheckRequest("/schema", "post", """{"properties": [{"tokenization": "letters"}]}"""));
        Assert.Single(OpenApi.CheckResponse("/batch/objects", "post", 202, "[]"));
        Assert.Single(OpenApi.CheckResponse("/batch/objects", "post", 200, """[{"result": {"status": "GOOD"}}]"""));
    }
}
