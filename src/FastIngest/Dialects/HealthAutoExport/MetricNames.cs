using System.Collections.Frozen;
using FastIngest.Dialects.JsonExports;
using FastIngest.Samples;

namespace FastIngest.Dialects.HealthAutoExport;

/// <summary>What the points of a metric hold.</summary>
internal enum PointKind
{
    /// <summary>A quantity, or the smallest, average and largest value of a time.</summary>
    Quantity,

    /// <summary>A systolic and a diastolic pressure.</summary>
    BloodPressure,

    /// <summary>The totals of a night, or one interval of sleep.</summary>
    Sleep,

    /// <summary>Something without a number, which is counted and passed over.</summary>
    Unread,
}

/// <summary>How the points of a metric of a file are read.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Kind">What its points hold.</param>
/// <param name="Metric">The metric of this program.</param>
/// <param name="Factor">The conversion from the unit in the file.</param>
internal sealed record PointMetric(string Name, PointKind Kind, Metric Metric, UnitFactor Factor);

/// <summary>The names and units of metrics in Health Auto Export's files.</summary>
internal static class MetricNames
{
    private const string Dietary = "dietary_";

    private static readonly FrozenDictionary<string, Metric> Known = new Dictionary<string, Metric>
    {
        ["step_count"] = Metrics.Steps,
        ["walking_running_distance"] = Metrics.Distance,
        ["cycling_distance"] = Metrics.CyclingDistance,
        ["swimming_distance"] = Metrics.SwimmingDistance,
        ["wheelchair_distance"] = Metrics.WheelchairDistance,
        ["downhill_snow_sports"] = Metrics.SnowDistance,
        ["distance_downhill_snow_sports"] = Metrics.SnowDistance,
        ["distance_cross_country_skiing"] = Metrics.SkiingDistance,
        ["distance_rowing"] = Metrics.RowingDistance,
        ["distance_paddle_sports"] = Metrics.PaddlingDistance,
        ["distance_skating_sports"] = Metrics.SkatingDistance,
        ["wheelchair_push_count"] = Metrics.WheelchairPushes,
        ["swim_stroke_count"] = Metrics.SwimmingStrokes,
        ["swimming_stroke_count"] = Metrics.SwimmingStrokes,
        ["push_count"] = Metrics.WheelchairPushes,
        ["number_of_times_fallen"] = Metrics.Falls,
        ["inhaler_usage"] = Metrics.InhalerUses,
        ["alcohol_consumption"] = Metrics.AlcoholicDrinks,
        ["number_of_alcoholic_beverages"] = Metrics.AlcoholicDrinks,
        ["active_energy"] = Metrics.ActiveEnergy,
        ["basal_energy_burned"] = Metrics.BasalEnergy,
        ["apple_exercise_time"] = Metrics.ExerciseMinutes,
        ["apple_move_time"] = Metrics.MoveMinutes,
        ["apple_stand_time"] = Metrics.StandMinutes,
        ["apple_stand_hour"] = Metrics.StandHours,
        ["time_in_daylight"] = Metrics.DaylightMinutes,
        ["dietary_water"] = Metrics.Water,
        ["dietary_sugar"] = Metrics.Sugar,
        ["dietary_caffeine"] = Metrics.Caffeine,
        ["cholesterol"] = Metrics.Cholesterol,
        ["dietary_cholesterol"] = Metrics.Cholesterol,
        ["total_fat"] = Metrics.Fat,
        ["monosaturated_fat"] = Metrics.MonounsaturatedFat,
        ["walking_heart_rate"] = Metrics.WalkingHeartRate,
        ["walking_heart_rate_average"] = Metrics.WalkingHeartRate,
        ["cardio_recovery"] = Metrics.HeartRateRecovery,
        ["heart_rate_recovery_one_minute"] = Metrics.HeartRateRecovery,
        ["heart_rate_variability"] = Metrics.HrvSdnn,
        ["heart_rate_variability_sdnn"] = Metrics.HrvSdnn,
        ["blood_oxygen_saturation"] = Metrics.OxygenSaturation,
        ["peak_expiratory_flow_rate"] = Metrics.PeakFlow,
        ["weight_body_mass"] = Metrics.Weight,
        ["body_mass"] = Metrics.Weight,
        ["body_fat_percentage"] = Metrics.BodyFat,
        ["apple_sleeping_wrist_temperature"] = Metrics.WristTemperature,
        ["insulin_delivery"] = Metrics.Insulin,
        ["walking_asymmetry_percentage"] = Metrics.WalkingAsymmetry,
        ["walking_double_support_percentage"] = Metrics.DoubleSupport,
        ["apple_walking_steadiness"] = Metrics.WalkingSteadiness,
        ["six_minute_walking_test_distance"] = Metrics.SixMinuteWalk,
        ["stair_speed_up"] = Metrics.StairAscentSpeed,
        ["stair_speed_down"] = Metrics.StairDescentSpeed,
        ["environmental_audio"] = Metrics.NoiseExposure,
        ["headphone_audio"] = Metrics.HeadphoneExposure,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Returns how the points of a metric are read.</summary>
    /// <param name="name">Its name in the file; null without one.</param>
    /// <param name="units">Its unit in the file; empty without one.</param>
    public static PointMetric Find(string? name, string units)
    {
        switch (name)
        {
            case null or "":
                return new PointMetric("metric without a name", PointKind.Unread, Metrics.Steps, UnitFactor.One);
            case "sexual_activity":
                return new PointMetric(name, PointKind.Unread, Metrics.Steps, UnitFactor.One);
            case "blood_pressure":
                return new PointMetric(name, PointKind.BloodPressure, Metrics.Systolic, Units.Convert(units.Length == 0 ? "mmHg" : units, "mmHg") ?? UnitFactor.One);
            case "sleep_analysis":
                return new PointMetric(name, PointKind.Sleep, Metrics.Sleep, Units.Convert(units, "h") ?? UnitFactor.One);
        }

        // Some nutrients have the prefix, such as dietary_biotin.
        Metric? metric = Known.GetValueOrDefault(name) ?? Metrics.Find(name)
            ?? (name.StartsWith(Dietary, StringComparison.Ordinal) && Metrics.Find(name[Dietary.Length..]) is { Kind: MetricKind.Cumulative } nutrient ? nutrient : null);
        UnitFactor? factor = metric is null or { Kind: MetricKind.Sleep } ? null
            : (metric == Metrics.BodyMassIndex && units is "count" or "") || (metric == Metrics.StandHours && units == "hours") ? UnitFactor.One
            : Units.Convert(units, metric.Unit);
        return factor is { } known
            ? new PointMetric(name, PointKind.Quantity, metric!, known)
            : new PointMetric(name, PointKind.Quantity, Metrics.Unlisted(name, units.Length == 0 && metric is not null ? UnlistedMetrics.NoUnit : units), UnitFactor.One);
    }
}
