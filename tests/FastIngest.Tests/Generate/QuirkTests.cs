using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastIngest.Generate;

namespace FastIngest.Tests.Generate;

public partial class QuirkTests
{
    [Theory]
    [InlineData(0.02)]
    [InlineData(0.3)]
    public void About_the_given_fraction_of_records_has_a_quirk_and_the_others_do_not_change(double rate)
    {
        using GeneratedData plain = GeneratedData.Make(o => o with { Users = 20, Days = 60, Style = GeneratorStyle.Ndjson });
        using GeneratedData odd = GeneratedData.Make(o => o with { Users = 20, Days = 60, Style = GeneratorStyle.Ndjson, QuirkRate = rate });
        foreach (string category in new[] { "nutrition", "sleep", "heart_rate" })
        {
            HashSet<string> oddLines = [.. GeneratedData.Lines(odd.Bytes(category)).Select(Encoding.Latin1.GetString)];
            string[] lines = [.. GeneratedData.Lines(plain.Bytes(category)).Select(Encoding.Latin1.GetString)];
            Assert.InRange(lines.Count(line => !oddLines.Contains(line)) / (double)lines.Length, (rate * 0.8) - 0.01, (rate * 1.2) + 0.01);
        }
    }

    [Theory]
    [InlineData("users", "invalid_json not_an_object invalid_text no_user_id")]
    [InlineData("activities", "invalid_json not_an_object invalid_text no_user_id no_date")]
    [InlineData("workouts", "invalid_json not_an_object invalid_text no_user_id no_date")]
    [InlineData("nutrition", "invalid_json not_an_object invalid_text no_user_id no_date")]
    [InlineData("sleep", "invalid_json not_an_object invalid_text no_user_id no_date")]
    [InlineData("heart_rate", "invalid_json not_an_object invalid_text no_user_id no_date no_value")]
    [InlineData("measurements", "invalid_json not_an_object invalid_text no_user_id no_date")]
    public void Half_of_the_quirks_make_records_invalid_for_every_possible_reason(string category, string reasons)
    {
        using GeneratedData data = GeneratedData.Make(o => o with { Users = 400, Days = 10, Style = GeneratorStyle.Ndjson, QuirkRate = 1 });
        string?[] found = [.. GeneratedData.Lines(data.Bytes(category)).Where(line => !line.All(b => b is (byte)' ' or (byte)'\t' or (byte)'\r')).Select(line => Reason(line, category))];
        Assert.InRange(found.Count(reason => reason is not null) / (double)found.Length, 0.4, 0.6);
        Assert.Equal(reasons.Split(' ').Order(), found.OfType<string>().Distinct().Order());
    }

    [Fact]
    public void Valid_quirks_of_every_kind_occur()
    {
        using GeneratedData data = GeneratedData.Make(o => o with { Users = 50, Days = 60, Style = GeneratorStyle.Spaced, QuirkRate = 0.2 });
        string text = Encoding.Latin1.GetString(data.Bytes("heart_rate"));
        string[] patterns =
        [
            "\"user_id\": [0-9]", "\"value\": \"[0-9]+\"", "\"value\": \" [0-9]+ \"", "\"value\": [0-9.]+[eE]", "\\{\"hrv\": [^}]*\"hrv\": ", "\\\\u0075ser_", "\"extra\": \\{",
            "[0-9]T[0-9:]+Z\"", "\\+05:30\"", "-0800\"", "\\.123456Z\"", "\"date_time\": \"[0-9-]+\"", "\n\n   \\{", " :  ", "\"context\": \"\"", "\\{\"(value|context|hrv)\"",
        ];
        Assert.All(patterns, pattern => Assert.Matches(pattern, text));
    }

    /// <summary>The reject reason as named in docs/reading.md; null for a valid record.</summary>
    private static string? Reason(byte[] line, string category)
    {
        JsonElement record;
        try
        {
            record = JsonDocument.Parse(line).RootElement;
        }
        catch (JsonException)
        {
            return "invalid_json";
        }

        if (record.ValueKind != JsonValueKind.Object)
        {
            return "not_an_object";
        }

        string? userId;
        string? day = null;
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(line);
            foreach (JsonProperty member in record.EnumerateObject())
            {
                _ = member.Name + (member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : "");
            }

            userId = record.TryGetProperty("user_id", out JsonElement id) ? id.ToString() : null;
            if (record.TryGetProperty("date", out JsonElement value) || record.TryGetProperty("date_time", out value))
            {
                day = value.ToString();
            }
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return "invalid_text";
        }

        return string.IsNullOrEmpty(userId) ? "no_user_id"
            : category != "users" && !IsDay(day) ? "no_date"
            : category == "heart_rate" && record.GetProperty("value").ValueKind == JsonValueKind.Null ? "no_value"
            : null;
    }

    private static bool IsDay(string? text) =>
        text is not null && Day().IsMatch(text)
        && DateOnly.TryParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$")]
    private static partial Regex Day();
}
