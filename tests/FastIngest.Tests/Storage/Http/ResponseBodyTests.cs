using FastIngest.Delivery;
using FastIngest.Tests.Delivery;
using Microsoft.AspNetCore.Http;

namespace FastIngest.Tests.Storage.Http;

/// <summary>Which bodies of a response with a successful status code mean success, by the documentation of public APIs.</summary>
public sealed class ResponseBodyTests
{
    [Theory]
    [InlineData("")]
    [InlineData("OK")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("\"ok\"")]
    [InlineData("""{"status": "ok"}""")]
    [InlineData("""{"id": 7, "nested": {"status": "error"}, "list": [{"status": "error"}]}""")]
    [InlineData("""[{"status": "error"}]""")]
    [InlineData("""  {"status" : "\u006fk", "x": [1, 2]}  """)]
    [InlineData("""{"broken": """)]
    [InlineData("""{"status": "success"}""")] // case api_status_success; Prometheus, JSend
    [InlineData("""{"status": 200}""")]
    [InlineData("""{"success": true}""")]
    [InlineData("""{"Success": true, "Errors": null}""")] // PascalCase of ASP.NET
    [InlineData("""{"result": "ok"}""")]
    [InlineData("""{"_index": "d", "_id": "1", "result": "created", "_shards": {"failed": 0}}""")] // Elasticsearch, index a document
    [InlineData("""{"took": 30, "errors": false, "items": [{"index": {"status": 201}}]}""")] // Elasticsearch, _bulk
    [InlineData("""{"data": {"createSummary": {"id": "1"}}, "errors": []}""")]
    [InlineData("""{"errors": {}, "error": "", "message": "stored"}""")]
    [InlineData("""{"ok": true, "result": {"message_id": 1}}""")] // Telegram, Slack
    [InlineData("""{"text": "Success", "code": 0}""")] // Splunk HEC
    [InlineData("""{"errcode": 0, "errmsg": "ok"}""")] // WeChat
    [InlineData("""{"resourceType": "OperationOutcome", "issue": [{"severity": "information"}]}""")] // FHIR
    [InlineData("""{"taskUid": 1, "status": "enqueued"}""")] // Meilisearch, with 202
    [InlineData("""{"status": "ok", "status": null}""")]
    public async Task These_responses_mean_success(string body)
    {
        DeliveryReport report = await Deliver(200, body);
        Assert.Equal((1, 1), (report.Delivered, report.Attempts));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(203)]
    [InlineData(204)]
    public async Task An_empty_body_means_what_the_status_code_means(int status) => Assert.Equal(1, (await Deliver(status, "")).Delivered);

    [Theory]
    [InlineData("""{"errors": [{"message": "no such type"}]}""", "200 with errors in the response: no such type")] // case api_errors_200; GraphQL
    [InlineData("""{"errors": [{"status": "422", "title": "Invalid Attribute", "detail": "text is empty"}]}""", "200 with errors in the response: Invalid Attribute")] // JSON:API
    [InlineData("""{"errors": {"text": ["is required"]}}""", "200 with errors in the response")]
    [InlineData("""{"errors": ["text is empty"]}""", "200 with errors in the response: text is empty")]
    [InlineData("""{"status": "ok", "errors": ["text is empty"]}""", "200 with errors in the response: text is empty")]
    [InlineData("""{"took": 3, "errors": true, "items": [{"index": {"error": {"type": "x", "reason": "failed to parse"}}}]}""", "200 with errors 'true' in the response: failed to parse")] // Elasticsearch, _bulk
    [InlineData("""{"ok": false, "error": "invalid_auth"}""", "200 with ok 'false' in the response")] // Slack
    [InlineData("""{"status": "error", "errorType": "bad_data", "error": "invalid parameter"}""", "200 with status 'error' in the response")] // Prometheus
    [InlineData("""{"status": "fail", "data": {"text": "A text is required"}}""", "200 with status 'fail' in the response")] // JSend
    [InlineData("""{"result": "error", "msg": "Invalid API key"}""", "200 with result 'error' in the response: Invalid API key")] // Zulip
    [InlineData("""{"error": {"code": 400, "message": "API key not valid", "status": "INVALID_ARGUMENT"}}""", "200 with error in the response: API key not valid")] // Google
    [InlineData("""{"errcode": 40001, "errmsg": "invalid credential"}""", "200 with errcode '40001' in the response: invalid credential")] // WeChat
    [InlineData("""{"type": "about:blank", "title": "Forbidden", "status": 403}""", "200 with status '403' in the response: Forbidden")] // RFC 9457
    [InlineData("""{"resourceType": "OperationOutcome", "issue": [{"severity": "error", "diagnostics": "no patient"}]}""", "200 with an issue of severity error in the response: no patient")] // FHIR
    [InlineData("""{"FailedRecordCount": 1, "Records": []}""", "200 with FailedRecordCount '1' in the response")] // Kinesis
    [InlineData("""{"success": false}""", "200 with success 'false' in the response")]
    [InlineData("""{"success": true}{"success": false}""", "200 with success 'false' in the response")] // Typesense import, one object a line
    [InlineData("false", "200 with false in the response")]
    [InlineData("ERROR: no room", "200 with 'ERROR: no room' in the response")]
    public async Task These_responses_mean_failure_and_are_sent_once(string body, string error)
    {
        DeliveryReport report = await Deliver(200, body);
        Assert.Equal((0, 1, 1), (report.Delivered, report.Left, report.Attempts));
        Assert.Equal(error, report.LastError);
    }

    [Theory]
    [InlineData(200, """{"status": "purple"}""", "200 with status 'purple' in the response, which is neither a success nor a failure that is known; name what means success with --api-success, such as --api-success status=purple")]
    [InlineData(200, """{"status": 0}""", "--api-success status=0")]
    [InlineData(200, """{"status": {"state": "x"}}""", "status an object in the response")]
    [InlineData(200, "<!DOCTYPE html><title>Log in</title>", "200 with an HTML page, which no API sends: '<!DOCTYPE html><title>Log in</title>'; check the URL")]
    [InlineData(207, "", "207 Multi-Status")]
    public async Task A_response_that_is_not_understood_ends_the_delivery_at_once(int status, string body, string problem)
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(400);
        await using ApiServer api = ApiServer.Start((context, _) => ApiServer.Write(context, status, body));
        const int Workers = 2;
        DeliveryReport report = await stored.DeliverAsync(api.Url, o => o with { Concurrency = Workers });
        Assert.Equal((0, 0, 400), (report.Delivered, report.Rejected, report.Left));
        Assert.StartsWith(api.Url + ": ", report.Problem, StringComparison.Ordinal);
        Assert.Contains(problem, report.Problem, StringComparison.Ordinal);

        // The worker that reads the response sends nothing after it, and each other worker has at most one request on the way.
        Assert.InRange(report.Attempts, 1, Workers);
        Assert.InRange(api.Requests.Count, 1, Workers);
    }

    [Theory]
    [InlineData("status=purple", 200, """{"status": "purple", "errors": ["x"]}""", true)]
    [InlineData("status=purple", 200, """{"status": "ok"}""", false)]
    [InlineData("status=purple", 200, "", false)]
    [InlineData("$.data.items[1].ok=true", 200, """{"data": {"items": [{"ok": false}, {"ok": true}]}}""", true)]
    [InlineData("data.items[1].ok=true", 200, """{"data": {"items": [{"ok": true}, {"ok": false}]}}""", false)]
    [InlineData("id=*", 201, """{"id": 12}""", true)]
    [InlineData("id=*", 201, """{"id": null}""", false)]
    [InlineData("any", 207, "<html>", true)]
    [InlineData("any", 200, """{"status": "purple"}""", true)]
    public async Task A_rule_of_the_user_decides_alone(string rule, int status, string body, bool isSuccess)
    {
        DeliveryReport report = await Deliver(status, body, rule);
        Assert.Equal((isSuccess ? 1 : 0, 1), (report.Delivered, report.Attempts));
        Assert.True(isSuccess || report.LastError!.Contains("--api-success asks for", StringComparison.Ordinal) || report.LastError.Contains("which --api-success asks for", StringComparison.Ordinal), report.LastError);
    }

    [Fact]
    public async Task A_problem_document_is_a_failure_whatever_its_status_code()
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(1);
        await using ApiServer api = ApiServer.Start(async (context, _) =>
        {
            context.Response.ContentType = "application/problem+json";
            await context.Response.WriteAsync("""{"title": "Out of credit"}""");
        });
        Assert.Equal((0, 1), ((await stored.DeliverAsync(api.Url)).Delivered, stored.Query("1").Count));
    }

    private static async Task<DeliveryReport> Deliver(int status, string body, string? rule = null)
    {
        using StoredSummaries stored = new StoredSummaries("sqlite").WithDays(1);
        await using ApiServer api = ApiServer.Start(async (context, _) =>
        {
            context.Response.StatusCode = status;
            if (body.Length > 0)
            {
                await ApiServer.Write(context, status, body);
            }
        });
        return await stored.DeliverAsync(api.Url, o => o with { Success = rule is null ? [] : [SuccessRule.TryParse(rule)!] });
    }
}
