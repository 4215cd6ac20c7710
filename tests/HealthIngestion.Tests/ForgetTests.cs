using System.Text;
using System.Text.Json;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Storage.Postgres;
using Microsoft.AspNetCore.Http;

namespace HealthIngestion.Tests;

/// <summary><c>forget</c> removes a person from databases and APIs.</summary>
public sealed class ForgetTests
{
    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public void A_person_is_gone_from_every_table_and_from_the_bytes_of_the_file(string journal)
    {
        using Workplace place = Workplace.WithData();
        using ApiServer api = ApiServer.Start();
        Fill(place);
        HealthIngestionProcess.Run(place.Directory, "data", "--to", api.Url, "--quiet");
        using (Database database = Database.Open(place["health.db"]))
        {
            database.Query($"PRAGMA journal_mode = {journal}");
            database.Query("UPDATE daily_summaries SET summary = summary || ' later'");
        }

        string[] forget = ["forget", "--user", "mrs-zyx-4711"];
        Outcome counted = HealthIngestionProcess.Run(place.Directory, [.. forget, "--dry-run"]);
        bool wasThere = Bytes(place).Contains("mrs-zyx-4711", StringComparison.Ordinal) && Bytes(place).Contains("Xantippe", StringComparison.Ordinal);
        Outcome first = HealthIngestionProcess.Run(place.Directory, forget);
        Outcome second = HealthIngestionProcess.Run(place.Directory, forget);

        Assert.True(wasThere);
        Assert.Equal((0, 0, 0), (counted.ExitCode, first.ExitCode, second.ExitCode));
        Assert.Matches(@"(?m)^sqlite:health\.db +daily_summaries +400$", counted.Error);
        Assert.Contains("dry run: 801 rows would be removed.", counted.Error, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^sqlite:health\.db +daily_summaries +400$\n^sqlite:health\.db +users +1$\n^sqlite:health\.db +deliveries +400$", first.Error);
        Assert.Contains("removed 801 rows. Rejects files, NDJSON outputs, the exports themselves and backups may still contain the person", first.Error, StringComparison.Ordinal);
        Assert.Contains("removed 0 rows.", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("mrs-zyx-4711", Bytes(place), StringComparison.Ordinal);
        Assert.DoesNotContain("Xantippe", Bytes(place), StringComparison.Ordinal);
        using Database left = Database.Open(place["health.db"]);
        Assert.Equal((3L, 3L, 2L), (Number(left, "daily_summaries"), Number(left, "deliveries"), Number(left, "users")));
    }

    [Fact]
    public void PostgreSQL_loses_the_rows_of_all_tables_and_the_records()
    {
        using Workplace place = Workplace.WithData();
        Fill(place);
        string schema = $"f{Guid.NewGuid():N}";
        string[] to = ["--to", PostgresServer.Shared.Url, "--schema", schema];
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, ["data", "--records", "--quiet", .. to]).ExitCode);

        Outcome counted = HealthIngestionProcess.Run(place.Directory, ["forget", "--user", "mrs-zyx-4711", "--user", "nobody", "--dry-run", .. to]);
        Outcome first = HealthIngestionProcess.Run(place.Directory, ["forget", "--user", "mrs-zyx-4711", .. to]);
        Outcome second = HealthIngestionProcess.Run(place.Directory, ["forget", "--user", "mrs-zyx-4711", .. to]);

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Contains("dry run: 801 rows would be removed.", counted.Error, StringComparison.Ordinal);
        Assert.Matches(@"(?m) +daily_summaries +400$", first.Error);
        Assert.Matches(@"(?m) +heart_rate +400$", first.Error);
        Assert.Contains("removed 801 rows.", first.Error, StringComparison.Ordinal);
        Assert.Contains("removed 0 rows.", second.Error, StringComparison.Ordinal);
        Assert.Equal(["3"], PostgresServer.Shared.Query($"SELECT count(*) FROM {schema}.daily_summaries"));
        Assert.Equal(["6"], PostgresServer.Shared.Query($"SELECT count(*) FROM {schema}.heart_rate"));
        PostgresServer.Shared.Query($"DROP SCHEMA {schema} CASCADE");
    }

    [Fact]
    public void A_schema_without_tables_stays_without_tables()
    {
        using Workplace place = Workplace.Empty();
        string schema = $"f{Guid.NewGuid():N}";
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "forget", "--user", "u", "--to", PostgresServer.Shared.Url, "--schema", schema);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(["0"], PostgresServer.Shared.Query($"SELECT count(*) FROM information_schema.schemata WHERE schema_name = '{schema}'"));
    }

    [Fact]
    public void An_API_gets_a_delete_at_the_given_URL_and_is_skipped_without_one()
    {
        using Workplace place = Workplace.WithData();
        List<string> deleted = [];
        using ApiServer api = ApiServer.Start((context, request) =>
        {
            deleted.Add($"{context.Request.Method} {context.Request.Path.Value} {request.Authorization}");
            return ApiServer.Write(context, request.Path.Contains("gone", StringComparison.Ordinal) ? 404 : 204, "");
        });
        string root = $"http://localhost:{api.Port}";

        Outcome skipped = HealthIngestionProcess.Run(place.Directory, "forget", "--user", "a b/c", "--to", api.Url);
        Outcome done = HealthIngestionProcess.Run(
            place.Directory, [("API_TOKEN", "t")], "forget", "--user", "a b/c", "--user", "gone", "--to", api.Url, "--delete-url", root + "/users/{user_id}");
        Outcome foreign = HealthIngestionProcess.Run(place.Directory, [("API_TOKEN", "t")], "forget", "--user", "a", "--to", api.Url, "--delete-url", "http://elsewhere/{user_id}");

        Assert.Equal(0, skipped.ExitCode);
        Assert.Contains("was skipped: give its URL for deletions with --delete-url", skipped.Error, StringComparison.Ordinal);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal(["DELETE /users/a b%2Fc Bearer t", "DELETE /users/gone Bearer t"], deleted);
        Assert.Matches($@"(?m)^{api.Url} +API: users +1$", done.Error);
        Assert.Equal(2, foreign.ExitCode);
        Assert.Contains($"Write --delete-url {root}/users/{{user_id}}", foreign.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("field", 0)]
    [InlineData("word", 1)]
    public void Weaviate_loses_the_objects_unless_others_could_match(string tokenization, int exitCode)
    {
        using Workplace place = Workplace.Empty();
        List<JsonElement> requests = [];
        int[] successful = [2, 1];
        using ApiServer api = ApiServer.Start(
            (context, request) =>
            {
                if (HttpMethods.IsGet(context.Request.Method))
                {
                    return ApiServer.Write(context, 200, $$"""{"class": "Day", "properties": [{"name": "text", "tokenization": "word"}, {"name": "user_id", "tokenization": "{{tokenization}}"}]}""");
                }

                requests.Add(JsonDocument.Parse(request.Body).RootElement);
                return ApiServer.Write(context, 200, $$"""{"match": {}, "results": {"matches": 3, "limit": 2, "successful": {{successful[requests.Count - 1]}}, "failed": 0, "objects": null} }""");
            },
            respondsToGet: true);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "forget", "--user", "u1", "--to", $"weaviate://localhost:{api.Port}/Day");

        Assert.True(exitCode == outcome.ExitCode, outcome.Error);
        Assert.Equal(exitCode == 0 ? 2 : 0, requests.Count);
        if (exitCode == 0)
        {
            Assert.Matches(@"(?m) +objects of Day +3$", outcome.Error);
            JsonElement where = requests[0].GetProperty("match").GetProperty("where");
            Assert.Equal(("Equal", "u1", "user_id"), (where.GetProperty("operator").GetString(), where.GetProperty("valueText").GetString(), where.GetProperty("path")[0].GetString()));
        }
    }

    [Theory]
    [InlineData(2, "forget needs --user ID", "forget")]
    [InlineData(1, "health.db does not exist: nobody is stored there", "forget", "--user", "u")]
    public void Wrong_use_is_one_line(int exitCode, string expected, params string[] arguments)
    {
        using Workplace place = Workplace.Empty();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [.. arguments, "--quiet"]);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(expected, outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "was not changed: remove the lines of the person yourself")]
    [InlineData(false, "does not exist: nothing was removed")]
    public void An_output_of_lines_is_named(bool exists, string expected)
    {
        using Workplace place = Workplace.WithData();
        if (exists)
        {
            File.WriteAllText(place["out.ndjson"], "{}\n");
        }

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "forget", "--user", "u1", "--to", "ndjson:out.ndjson");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("ndjson:out.ndjson " + expected, outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>Adds a person with 400 days, so that the rows fill several pages.</summary>
    private static void Fill(Workplace place)
    {
        File.WriteAllText(place["data/users2.json"], """[{"user_id":"mrs-zyx-4711","name":"Xantippe"}]""");
        StringBuilder rates = new();
        for (int i = 0; i < 400; i++)
        {
            rates.Append($"{{\"user_id\":\"mrs-zyx-4711\",\"date\":\"{new DateOnly(2023, 1, 1).AddDays(i):yyyy-MM-dd}\",\"value\":60}}\n");
        }

        File.WriteAllText(place["data/heart_rate_2.ndjson"], rates.ToString());
    }

    private static string Bytes(Workplace place) => string.Concat(Directory.GetFiles(place.Directory, "health.db*").Select(f => Encoding.Latin1.GetString(File.ReadAllBytes(f))));

    private static long Number(Database database, string table) => (long)database.Query($"SELECT count(*) FROM {table}")[0][0]!;
}
