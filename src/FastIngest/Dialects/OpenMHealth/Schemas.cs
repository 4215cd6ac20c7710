using System.Collections.Concurrent;
using System.Text;
using FastIngest.Samples;

namespace FastIngest.Dialects.OpenMHealth;

/// <summary>The schema of a data point.</summary>
/// <param name="Name">Its name, with underscores.</param>
/// <param name="Utf8Name">The name in UTF-8.</param>
/// <param name="Member">The member of the body that holds the value.</param>
/// <param name="Metric">The metric; null for an unknown schema.</param>
internal sealed record Schema(string Name, byte[] Utf8Name, byte[] Member, Metric? Metric)
{
    /// <summary>The member of the body that holds the value, as text.</summary>
    public string MemberName => Encoding.UTF8.GetString(Member);
}

/// <summary>The schemas, found by name without memory for each record. Of hostile files with endless names only the first ones are kept.</summary>
internal static class Schemas
{
    private const int MaxKept = 1024;

    private static readonly (string Name, string Member, Metric Metric)[] Known =
    [
        ("step_count", "step_count", Metrics.Steps), ("heart_rate", "heart_rate", Metrics.HeartRate),
        ("body_weight", "body_weight", Metrics.Weight), ("body_height", "body_height", Metrics.Height),
        ("body_mass_index", "body_mass_index", Metrics.BodyMassIndex), ("body_fat_percentage", "body_fat_percentage", Metrics.BodyFat),
        ("body_temperature", "body_temperature", Metrics.BodyTemperature), ("blood_glucose", "blood_glucose", Metrics.Glucose),
        ("oxygen_saturation", "oxygen_saturation", Metrics.OxygenSaturation), ("respiratory_rate", "respiratory_rate", Metrics.RespiratoryRate),
        ("calories_burned", "kcal_burned", Metrics.TotalEnergy), ("minutes_moderate_activity", "minutes_moderate_activity", Metrics.ModerateMinutes),
        ("systolic_blood_pressure", "systolic_blood_pressure", Metrics.Systolic), ("diastolic_blood_pressure", "diastolic_blood_pressure", Metrics.Diastolic),
        ("waist_circumference", "waist_circumference", Metrics.Waist),
    ];

    /// <summary>The schemas of a metric.</summary>
    public static IReadOnlyList<Schema> OfMetrics { get; } = [.. Known.Select(s => Make(s.Name, s.Member, s.Metric))];

    private static readonly ConcurrentDictionary<string, Schema> Kept = new(OfMetrics.Select(s => KeyValuePair.Create(s.Name, s)), StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string, Schema>.AlternateLookup<ReadOnlySpan<char>> Lookup = Kept.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Returns a schema. The value of an unknown one is in the member of the same name.</summary>
    /// <param name="name">The name with underscores, at most 100 bytes.</param>
    public static Schema Of(ReadOnlySpan<byte> name)
    {
        Span<char> chars = stackalloc char[name.Length];
        chars = chars[..Encoding.UTF8.GetChars(name, chars)];
        if (Lookup.TryGetValue(chars, out Schema? known))
        {
            return known;
        }

        string text = chars.ToString();
        Schema schema = Make(text, text, null);
        if (Kept.Count < MaxKept)
        {
            Kept.TryAdd(text, schema);
        }

        return schema;
    }

    /// <summary>Whether a name as written, with hyphens or underscores, is that of a schema.</summary>
    public static bool AreSame(ReadOnlySpan<byte> written, ReadOnlySpan<byte> name)
    {
        if (written.Length != name.Length)
        {
            return false;
        }

        for (int i = 0; i < name.Length; i++)
        {
            if (written[i] != name[i] && !(written[i] == '-' && name[i] == '_'))
            {
                return false;
            }
        }

        return true;
    }

    private static Schema Make(string name, string member, Metric? metric) => new(name, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(member), metric);
}
