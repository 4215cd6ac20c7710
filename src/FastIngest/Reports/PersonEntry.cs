using System.Text.Json;

namespace FastIngest.Reports;

/// <summary>A person in the list of the overview.</summary>
/// <param name="Rank">People with more days come first; of those with as many days, the first in the order of ids.</param>
internal sealed record PersonEntry(
    long Rank, string UserId, string? Name, int Days, int FirstDay, int LastDay, double Steps, double Sleep, double RestingHr, double Kcal, double Weight)
{
    private static readonly int StepsIndex = Measure.IndexOf("activity_steps"), SleepIndex = Measure.IndexOf("sleep_hours"), RestingIndex = Measure.IndexOf("resting_hr"),
        KcalIndex = Measure.IndexOf("meal_kcal"), WeightIndex = Measure.IndexOf("weight");

    /// <summary>The data of the person's page; null if the page is not in the report.</summary>
    public byte[]? Block { get; set; }

    public static PersonEntry Of(PersonData person, uint order) => new(
        ((long)person.Days << 32) | (uint.MaxValue - order),
        person.UserId,
        person.Profile?.Name is { } name ? ShownText.Of(name) : null,
        person.Days,
        person.FirstDay,
        person.LastDay,
        person.Mean(StepsIndex),
        person.Mean(SleepIndex),
        person.Mean(RestingIndex),
        person.Mean(KcalIndex),
        person.Last(WeightIndex));

    /// <summary>Writes the person as an array: id, name, days, first day, last day, and the means of steps, sleep, resting heart rate and kcal, then the last weight.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        json.WriteStringValue(UserId);
        json.WriteStringValue(Name);
        json.WriteNumberValue(Days);
        json.WriteNumberValue(FirstDay);
        json.WriteNumberValue(LastDay);
        Write(json, Steps, 0);
        Write(json, Sleep, 2);
        Write(json, RestingHr, 1);
        Write(json, Kcal, 0);
        Write(json, Weight, 1);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, double value, int decimals)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(Math.Round(value, decimals));
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
