using System.Globalization;
using System.Text.Json;
using FastIngest.Health;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>The JSON API of <c>serve</c>: what it says is what is stored, and what its description says.</summary>
public sealed class ServeApiTests
{
    [Fact]
    public async Task Days_are_those_of_the_run_in_pages_of_any_size()
    {
        using Workplace place = Loaded("default");
        using RunningServer server = RunningServer.Start(place.Directory);
        await AssertDaysAsync(server, "default");
    }

    [Fact]
    public async Task A_PostgreSQL_database_is_served_and_not_written()
    {
        using Workplace place = Workplace.Empty();
        string schema = $"s{Guid.NewGuid():N}";
        PostgresServer postgres = PostgresServer.Shared;
        Succeeds(place, Repository.Set("default"), "--to", postgres.Url, "--schema", schema);
        string role = $"reader_{schema}";
        postgres.Query($"SELECT 1; CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {schema} TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}");

        // Every version of a row has another place or transaction.
        string rows = $"SELECT md5(string_agg(concat(d.ctid, d.xmin, d.xmax), ',')) || (SELECT count(*) FROM pg_class WHERE relnamespace = '{schema}'::regnamespace) FROM {schema}.daily_summaries d";
        string before = postgres.Query(rows)[0];
        using (RunningServer server = RunningServer.Start(place.Directory, [("DATABASE_URL", postgres.Url.Replace("tester@", role + "@", StringComparison.Ordinal))], "--schema", schema))
        {
            await AssertDaysAsync(server, "default");
            Assert.True((await server.JsonAsync("/api/v1/search?q=cardio&limit=1000")).GetProperty("hits").GetArrayLength() > 0);
        }

        Assert.Equal(before, postgres.Query(rows)[0]);
    }

    [Fact]
    public async Task Words_are_found_in_any_case_and_pages_continue()
    {
        using Workplace place = Loaded("default");
        using RunningServer server = RunningServer.Start(place.Directory);
        string[] summaries = [.. Repository.Expected("default").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("summary").GetString()!)];
        foreach (string[] words in (string[][])[["cardio"], ["Sleep", "POOR"], ["quality poor"], ["a"], ["nothing has this"]])
        {
            string[] expected = [.. summaries.Where(s => words.All(w => s.Contains(w, StringComparison.OrdinalIgnoreCase)))];
            string q = Uri.EscapeDataString(string.Join(' ', words.Select(w => w.Contains(' ', StringComparison.Ordinal) ? $"\"{w}\"" : w)));
            List<string> found = [];
            for (string? cursor = ""; cursor is not null;)
            {
                JsonElement page = await server.JsonAsync($"/api/v1/search?q={q}&limit=3{cursor}");
                found.AddRange(page.GetProperty("hits").EnumerateArray().Select(h => h.GetProperty("summary").GetString()!));
                Assert.Equal(page.GetProperty("complete").GetBoolean(), page.GetProperty("next").ValueKind == JsonValueKind.Null);
                cursor = page.GetProperty("next").GetString() is { } next ? "&cursor=" + next : null;
            }

            Assert.Equal(expected, found);
        }

        JsonElement day = await server.JsonAsync("/api/v1/search?q=heart&user=user_000001&since=2023-01-03&until=2023-01-03");
        Assert.All(day.GetProperty("hits").EnumerateArray(), h => Assert.Equal("user_000001 2023-01-03", $"{h.GetProperty("user_id").GetString()} {h.GetProperty("date").GetString()}"));
    }

    [Fact]
    public async Task Any_user_id_has_an_address()
    {
        using Workplace place = Workplace.WithData();
        string[] ids = ["a/b", "%2F", "..", "é 🩺", "?x=1&y", "'; --", "+", "\"", "\\"];
        File.WriteAllText(place["data/heart_rate.json"], JsonSerializer.Serialize(ids.Select(id => new Dictionary<string, object> { ["user_id"] = id, ["date_time"] = "2024-01-01T08:00:00", ["value"] = 60 })));
        Succeeds(place, "data", "--to", "sqlite:health.db");
        using RunningServer server = RunningServer.Start(place.Directory);
        foreach (string id in ids.Where(i => i != ".."))
        {
            JsonElement days = (await server.JsonAsync($"/api/v1/users/{Uri.EscapeDataString(id)}/days")).GetProperty("days");
            Assert.Equal(id, Assert.Single(days.EnumerateArray()).GetProperty("user_id").GetString());
        }

        Assert.Equal(404, (await server.GetAsync("/api/v1/users/nobody/days")).Status);
        Assert.Empty((await server.JsonAsync("/api/v1/users/u1/days?since=2030-01-01")).GetProperty("days").EnumerateArray());
    }

    [Theory]
    [InlineData("/api/v1/users?limit=0", "limit is not")]
    [InlineData("/api/v1/users?limit=1001", "limit is not")]
    [InlineData("/api/v1/users?limit=x", "limit is not")]
    [InlineData("/api/v1/users?page=2", "Unknown parameter page")]
    [InlineData("/api/v1/users?limit=1&limit=2", "there twice")]
    [InlineData("/api/v1/users?cursor=%00", "cursor is not")]
    [InlineData("/api/v1/users/u1/days?since=2024-02-30", "since is not a day")]
    [InlineData("/api/v1/users/u1/days?until=yesterday", "until is not a day")]
    [InlineData("/api/v1/search", "q has no word")]
    [InlineData("/api/v1/search?q=+%22%22", "q has no word")]
    [InlineData("/api/v1/search?q=1+2+3+4+5+6+7+8+9+10+11+12+13+14+15+16+17", "more than 16")]
    public async Task A_wrong_parameter_is_named(string path, string message)
    {
        using Workplace place = Workplace.WithData();
        Succeeds(place, "data", "--to", "sqlite:health.db");
        using RunningServer server = RunningServer.Start(place.Directory);
        (int status, string body) = await server.GetAsync(path);
        Assert.Equal(400, status);
        Assert.Contains(message, JsonDocument.Parse(body).RootElement.GetProperty("error").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_is_true()
    {
        using Workplace place = Loaded("default");
        using RunningServer server = RunningServer.Start(place.Directory);
        JsonElement description = await server.JsonAsync("/api/v1/openapi.json");
        Assert.Equal("3.1.0", description.GetProperty("openapi").GetString());
        Assert.Equal(
            SummaryColumn.All.Select(c => c.Name), description.GetProperty("components").GetProperty("schemas").GetProperty("Day").GetProperty("properties").EnumerateObject().Select(p => p.Name));

        // One request for each resource, and one for each response that is a fault; each body is checked against its schema.
        Dictionary<string, string[]> requests = new()
        {
            ["/api/v1/users"] = ["/api/v1/users", "/api/v1/users?limit=1", "/api/v1/users?limit=x"],
            ["/api/v1/users/{user_id}/days"] = ["/api/v1/users/user_000000/days", "/api/v1/users/user_000000/days?limit=1", "/api/v1/users/nobody/days", "/api/v1/users/user_000000/days?since=x"],
            ["/api/v1/search"] = ["/api/v1/search?q=cardio", "/api/v1/search?q=none%20at%20all", "/api/v1/search"],
            ["/api/v1/openapi.json"] = ["/api/v1/openapi.json"],
            ["/healthz"] = ["/healthz"],
            ["/metrics"] = ["/metrics"],
        };
        JsonElement paths = description.GetProperty("paths");
        Assert.Equal(requests.Keys.Order(StringComparer.Ordinal), paths.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        foreach ((string path, string[] targets) in requests)
        {
            foreach (string target in targets)
            {
                using HttpResponseMessage response = await server.Client.GetAsync(target);
                string status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
                JsonElement described = JsonSchema.Resolve(description, paths.GetProperty(path).GetProperty("get").GetProperty("responses").GetProperty(status));
                JsonProperty content = Assert.Single(described.GetProperty("content").EnumerateObject());
                Assert.Equal(content.Name, response.Content.Headers.ContentType!.MediaType);
                if (content.Name == "application/json")
                {
                    JsonElement body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
                    Assert.Equal("", JsonSchema.Fault(description, content.Value.GetProperty("schema"), body));
                }
            }
        }

        // Every parameter of the description is known to the server.
        foreach (JsonProperty path in paths.EnumerateObject().Where(p => p.Value.GetProperty("get").TryGetProperty("parameters", out _)))
        {
            foreach (JsonElement parameter in path.Value.GetProperty("get").GetProperty("parameters").EnumerateArray().Select(p => JsonSchema.Resolve(description, p)).Where(p => p.GetProperty("in").GetString() == "query"))
            {
                (_, string body) = await server.GetAsync($"{path.Name.Replace("{user_id}", "user_000000", StringComparison.Ordinal)}?{parameter.GetProperty("name").GetString()}=");
                Assert.DoesNotContain("Unknown parameter", body, StringComparison.Ordinal);
            }
        }
    }

    private static async Task AssertDaysAsync(RunningServer server, string set)
    {
        string[] expected = Repository.Expected(set).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (int limit in (int[])[1, 5, 1000])
        {
            List<string> users = [], days = [];
            for (string? cursor = ""; cursor is not null;)
            {
                JsonElement page = await server.JsonAsync($"/api/v1/users?limit={limit}{cursor}");
                users.AddRange(page.GetProperty("users").EnumerateArray().Select(u => u.GetProperty("user_id").GetString()!));
                cursor = page.GetProperty("next").GetString() is { } next ? "&cursor=" + next : null;
            }

            foreach (string user in users)
            {
                for (string? cursor = ""; cursor is not null;)
                {
                    JsonElement page = await server.JsonAsync($"/api/v1/users/{user}/days?limit={limit}{cursor}");
                    days.AddRange(page.GetProperty("days").EnumerateArray().Select(d => d.GetRawText()));
                    cursor = page.GetProperty("next").GetString() is { } next ? "&cursor=" + next : null;
                }
            }

            Assert.Equal(expected, days);
        }
    }

    private static Workplace Loaded(string set)
    {
        Workplace place = Workplace.Empty();
        Succeeds(place, Repository.Set(set), "--to", "sqlite:health.db");
        return place;
    }

    private static void Succeeds(Workplace place, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }
}
