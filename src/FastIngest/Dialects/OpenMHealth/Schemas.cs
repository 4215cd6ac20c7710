using System.Collections.Frozen;
using FastIngest.Samples;

namespace FastIngest.Dialects.OpenMHealth;

/// <summary>The schemas of single measures: the member of the body that holds the value, and the metric.</summary>
internal static class Schemas
{
    private static readonly FrozenDictionary<string, (string Member, Metric Metric)> Known = new Dictionary<string, (string Member, Metric Metric)>
    {
        ["step_count"] = ("step_count", Metrics.Steps),
        ["heart_rate"] = ("heart_rate", Metrics.HeartRate),
        ["body_weight"] = ("body_weight", Metrics.Weight),
        ["body_height"] = ("body_height", Metrics.Height),
        ["body_mass_index"] = ("body_mass_index", Metrics.BodyMassIndex),
        ["body_fat_percentage"] = ("body_fat_percentage", Metrics.BodyFat),
        ["body_temperature"] = ("body_temperature", Metrics.BodyTemperature),
        ["blood_glucose"] = ("blood_glucose", Metrics.Glucose),
        ["oxygen_saturation"] = ("oxygen_saturation", Metrics.OxygenSaturation),
        ["respiratory_rate"] = ("respiratory_rate", Metrics.RespiratoryRate),
        ["calories_burned"] = ("kcal_burned", Metrics.TotalEnergy),
        ["minutes_moderate_activity"] = ("minutes_moderate_activity", Metrics.ModerateMinutes),
        ["systolic_blood_pressure"] = ("systolic_blood_pressure", Metrics.Systolic),
        ["diastolic_blood_pressure"] = ("diastolic_blood_pressure", Metrics.Diastolic),
        ["waist_circumference"] = ("waist_circumference", Metrics.Waist),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Returns the member and the metric of a schema; of an unknown schema the member has its name, and there is no metric.</summary>
    public static (string Member, Metric? Metric) Find(string schema) => Known.TryGetValue(schema, out (string Member, Metric Metric) known) ? known : (schema, null);
}
