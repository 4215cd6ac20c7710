using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>
/// Generated exports of each kind, read by the published binary: every figure in <c>expected-days.ndjson</c> is in the rows. The days of one
/// seed are the same in every kind, so that the same data in two dialects gives the same days.
/// </summary>
public sealed class GeneratedExportTests
{
    /// <summary>Half of the last digit of a sum of values that are rounded to millionths.</summary>
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("apple")]
    [InlineData("fitbit")]
    [InlineData("google-fit")]
    [InlineData("health-auto-export")]
    [InlineData("fhir")]
    [InlineData("open-mhealth")]
    [InlineData("garmin")]
    public void An_export_gives_the_days_that_it_was_made_from(string kind)
    {
        using Workplace place = Workplace.Empty();
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "generate", "made", "--kind", kind, "--users", "2", "--days", "20", "--seed", "7").ExitCode);
        string[] users = Directory.Exists(place["made/u0001"]) ? ["--user-from", "path:1"] : [];
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["made", "--to", "ndjson:-", "--time-zone", "Europe/Berlin", .. users]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Dictionary<string, JsonElement> rows = Days(outcome.Output);
        Dictionary<string, JsonElement> expected = Days(File.ReadAllText(place["made/expected-days.ndjson"]));
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(40, rows.Count);
        int compared = expected.Sum(day => Compare(day.Value, rows[day.Key]));
        Assert.InRange(compared, 200, int.MaxValue);
    }

    /// <summary>Compares the figures that a day of the kind has; returns their number.</summary>
    private static int Compare(JsonElement day, JsonElement row)
    {
        List<(string Column, double Expected)> figures = [];
        foreach ((string name, string column) in ((string, string)[])[("steps", "activity_steps"), ("distance_km", "activity_km"), ("active_energy_kcal", "activity_kcal")])
        {
            if (day.TryGetProperty(name, out JsonElement value))
            {
                figures.Add((column, value.GetDouble()));
            }
        }

        if (day.TryGetProperty("heart_rate", out JsonElement rates))
        {
            figures.AddRange(rates.EnumerateObject().Select(p => ($"hr_{p.Name}", p.Value.GetDouble())));
        }

        if (day.TryGetProperty("sleep_minutes", out JsonElement sleep))
        {
            double Minutes(string stage) => sleep.GetProperty(stage).GetDouble();
            figures.AddRange([("sleep_hours", (Minutes("light") + Minutes("deep") + Minutes("rem")) / 60), ("deep_sleep_hours", Minutes("deep") / 60), ("rem_sleep_hours", Minutes("rem") / 60)]);
        }

        if (day.TryGetProperty("workouts", out JsonElement workouts) && workouts.GetProperty("count").GetInt32() is var count and > 0)
        {
            figures.AddRange([("workout_count", count), ("workout_minutes", workouts.GetProperty("minutes").GetDouble())]);
        }

        foreach ((string column, double value) in figures)
        {
            Assert.True(Math.Abs(row.GetProperty(column).GetDouble() - value) < Tolerance, $"{column} of {row}: {value} expected");
        }

        if (day.TryGetProperty("weight_kg", out JsonElement weight))
        {
            Assert.Equal(weight.GetDouble(), row.GetProperty("metrics").GetProperty("weight").GetProperty("mean").GetDouble(), Tolerance);
        }

        return figures.Count;
    }

    private static Dictionary<string, JsonElement> Days(string lines) => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => JsonDocument.Parse(l).RootElement)
        .ToDictionary(d => $"{d.GetProperty("user_id").GetString()} {d.GetProperty("date").GetString()}");
}
