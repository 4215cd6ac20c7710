using System.Text.Json;
using System.Text.RegularExpressions;
using FastIngest.Tests.Storage.Http;

namespace HealthIngestion.Tests;

/// <summary>Users and days that a run takes, and pseudonyms.</summary>
public sealed class SelectionTests(GeneratedData data)
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("optimized")]
    [InlineData("original")]
    public void Only_the_selected_users_and_days_are_read_and_the_balance_counts_the_others(string mode)
    {
        using Workplace place = Workplace.WithFaultyData();

        Outcome user = HealthIngestionProcess.Run(place.Directory, "data", "--mode", mode, "--user", "u1", "--to", "ndjson:user", "--stats-json", "-");
        Outcome day = HealthIngestionProcess.Run(place.Directory, "data", "--mode", mode, "--since", "2024-01-02", "--until", "2024-01-02", "--to", "ndjson:day", "--rejects", "r2");
        Outcome both = HealthIngestionProcess.Run(place.Directory, "data", "--mode", mode, "--user", "u1", "--user", "u2", "--to", "ndjson:both");

        // The records without a value of u1 and without a day of u2 are rejected only where their user or day is asked for.
        Assert.Contains("balance: 8 records = 4 aggregated + 0 repeated + 3 filtered + 1 rejected", user.Error, StringComparison.Ordinal);
        Assert.Equal(["u1 2024-01-01", "u1 2024-01-02"], Keys(place["user"]));
        Assert.DoesNotContain("u2", File.ReadAllText(place["rejects.ndjson"]).Split('\n')[0], StringComparison.Ordinal);
        Assert.Equal(3, JsonDocument.Parse(user.Output).RootElement.GetProperty("balance").GetProperty("filtered").GetInt64());
        Assert.Contains("balance: 8 records = 3 aggregated + 0 repeated + 4 filtered + 1 rejected", day.Error, StringComparison.Ordinal);
        Assert.Equal(["u1 2024-01-02"], Keys(place["day"]));
        Assert.Contains("balance: 8 records = 6 aggregated + 0 repeated + 0 filtered + 2 rejected", both.Error, StringComparison.Ordinal);
        Assert.Equal(3, Keys(place["both"]).Length);
    }

    [Fact]
    public void Both_modes_select_and_pseudonymize_alike_with_many_workers()
    {
        using Workplace place = Workplace.Empty();
        string[] options = ["--since", "2023-01-03", "--until", "2023-01-20", "--pseudonymize", "--quiet"];
        foreach ((string name, string[] more) in new (string, string[])[] { ("a", ["--workers", "4", "--chunk-size", "10000"]), ("b", ["--mode", "original"]), ("c", ["--workers", "1"]) })
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("PSEUDONYM_KEY", Key)], [data.Small, "--to", $"ndjson:{name}", .. options, .. more]);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
        }

        Assert.Equal(File.ReadAllText(place["b"]), File.ReadAllText(place["a"]));
        Assert.Equal(File.ReadAllText(place["b"]), File.ReadAllText(place["c"]));
        Assert.NotEmpty(Keys(place["a"]));
        Assert.Equal(Keys(place["a"]).Order(StringComparer.Ordinal), Keys(place["a"]));
        Assert.All(Keys(place["a"]), k => Assert.Matches("^[0-9a-f]{32} 2023-01-(0[3-9]|1[0-9]|20)$", k));
    }

    [Theory]
    [InlineData("optimized")]
    [InlineData("original")]
    public void No_plain_id_or_name_is_in_any_output(string mode)
    {
        using Workplace place = Workplace.WithFaultyData();
        File.WriteAllText(place["key"], Key + "\n");

        Outcome first = HealthIngestionProcess.Run(place.Directory, "data", "--mode", mode, "--pseudonymize", "--pseudonym-key-file", "key", "--to", "sqlite:a.db", "--to", "ndjson:a");
        Outcome again = HealthIngestionProcess.Run(place.Directory, [("PSEUDONYM_KEY", Key)], "data", "--mode", mode, "--pseudonymize", "--to", "ndjson:b", "--user", "u1");
        Outcome other = HealthIngestionProcess.Run(place.Directory, [("PSEUDONYM_KEY", Key + "x")], "data", "--mode", mode, "--pseudonymize", "--to", "ndjson:c");

        Assert.True(first.ExitCode == 0, first.Error);
        string all = File.ReadAllText(place["a"]) + System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(place["a.db"])) + File.ReadAllText(place["rejects.ndjson"]);
        Assert.DoesNotMatch(new Regex("u1\"|Ada|\"Bo\"|user_id\\\\\":"), all);
        string[] rejects = File.ReadAllLines(place["rejects.ndjson"]);
        Assert.Equal(Workplace.Rejected, rejects.Length);
        Assert.All(rejects, r => Assert.Equal(["file", "category", "reason", "offset", "length", "line"], JsonDocument.Parse(r).RootElement.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(0, again.ExitCode);
        Assert.Empty(Keys(place["b"]).Except(Keys(place["a"])));
        Assert.Equal(2, Keys(place["b"]).Length);
        Assert.Equal(0, other.ExitCode);
        Assert.Empty(Keys(place["a"]).Intersect(Keys(place["c"])));

        // The first 128 bits of HMAC-SHA256 of "user:u1", as openssl prints them.
        Assert.Contains(Keys(place["a"]), k => k.StartsWith(HmacOf("user:u1"), StringComparison.Ordinal));
        Assert.Contains(HmacOf("name:Ada"), File.ReadAllText(place["a"]), StringComparison.Ordinal);
        Outcome forgotten = HealthIngestionProcess.Run(place.Directory, [("PSEUDONYM_KEY", Key)], "forget", "--user", "u1", "--pseudonymize", "--to", "sqlite:a.db");
        Assert.Matches(@"(?m) +daily_summaries +2$", forgotten.Error);
    }

    [Theory]
    [InlineData("--pseudonymize needs a key", "data", "--pseudonymize")]
    [InlineData("has 5 bytes, fewer than 16", "data", "--pseudonymize", "--pseudonym-key-file", "short")]
    [InlineData("--pseudonym-key-file needs --pseudonymize", "data", "--pseudonym-key-file", "short")]
    [InlineData("--pseudonym-key-file: ", "data", "--pseudonymize", "--pseudonym-key-file", "missing")]
    [InlineData("--since '1.2.2024' is not a day such as 2024-01-31", "data", "--since", "1.2.2024")]
    [InlineData("--since 2024-02-01 is after --until 2024-01-01", "data", "--since", "2024-02-01", "--until", "2024-01-01")]
    public void Wrong_use_is_one_line(string expected, params string[] arguments)
    {
        using Workplace place = Workplace.WithData();
        File.WriteAllText(place["short"], "abcde\n");
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Equal(["short"], place.Files());
    }

    [Fact]
    public void A_push_takes_only_the_selected_users_and_days()
    {
        using Workplace place = Workplace.WithData();
        using ApiServer api = ApiServer.Start();
        HealthIngestionProcess.Run(place.Directory, "data", "--quiet");

        Outcome user = HealthIngestionProcess.Run(place.Directory, "push", "--to", api.Url, "--user", "u2");
        Assert.Equal(0, user.ExitCode);
        Assert.Equal(["u2 2024-01-01"], api.Taken.Keys);
        Assert.Contains("filtered: 2 summaries outside the selection", user.Error, StringComparison.Ordinal);
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "push", "--to", api.Url, "--since", "2024-01-02", "--quiet").ExitCode);
        Assert.Equal(["u1 2024-01-02", "u2 2024-01-01"], api.Taken.Keys.Order(StringComparer.Ordinal));
    }

    private static string HmacOf(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Key), System.Text.Encoding.UTF8.GetBytes(text)))[..32];

    private static string[] Keys(string path) =>
        [.. File.ReadLines(path).Select(l => JsonDocument.Parse(l).RootElement).Select(r => r.GetProperty("user_id").GetString() + " " + r.GetProperty("date").GetString())];
}
