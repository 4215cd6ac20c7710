using System.Collections.Frozen;

namespace FastIngest.Samples;

/// <summary>
/// The metrics that this program knows. A dialect maps the names of its vendor to them; a name that it does not know becomes a
/// discrete metric of its own, see <see cref="Unlisted"/>. docs/formats.md has the same table.
/// </summary>
public static class Metrics
{
    // Activity.
    public static readonly Metric Steps = new("steps", MetricKind.Cumulative, "", "55423-8");
    public static readonly Metric Distance = new("distance", MetricKind.Cumulative, "km", "41953-1");
    public static readonly Metric CyclingDistance = new("cycling_distance", MetricKind.Cumulative, "km");
    public static readonly Metric SwimmingDistance = new("swimming_distance", MetricKind.Cumulative, "km");
    public static readonly Metric WheelchairDistance = new("wheelchair_distance", MetricKind.Cumulative, "km");
    public static readonly Metric SnowDistance = new("snow_distance", MetricKind.Cumulative, "km");
    public static readonly Metric WheelchairPushes = new("wheelchair_pushes", MetricKind.Cumulative, "");
    public static readonly Metric SwimmingStrokes = new("swimming_strokes", MetricKind.Cumulative, "");
    public static readonly Metric FlightsClimbed = new("flights_climbed", MetricKind.Cumulative, "");
    public static readonly Metric ActiveEnergy = new("active_energy", MetricKind.Cumulative, "kcal", "41979-6");
    public static readonly Metric BasalEnergy = new("basal_energy", MetricKind.Cumulative, "kcal");
    public static readonly Metric TotalEnergy = new("total_energy", MetricKind.Cumulative, "kcal", "41981-2");
    public static readonly Metric ExerciseMinutes = new("exercise_minutes", MetricKind.Cumulative, "min", "55411-3");
    public static readonly Metric MoveMinutes = new("move_minutes", MetricKind.Cumulative, "min");
    public static readonly Metric StandMinutes = new("stand_minutes", MetricKind.Cumulative, "min");
    public static readonly Metric StandHours = new("stand_hours", MetricKind.Cumulative, "");
    public static readonly Metric HeartPoints = new("heart_points", MetricKind.Cumulative, "");
    public static readonly Metric SedentaryMinutes = new("sedentary_minutes", MetricKind.Cumulative, "min");
    public static readonly Metric LightMinutes = new("lightly_active_minutes", MetricKind.Cumulative, "min");
    public static readonly Metric ModerateMinutes = new("moderately_active_minutes", MetricKind.Cumulative, "min");
    public static readonly Metric VigorousMinutes = new("very_active_minutes", MetricKind.Cumulative, "min");
    public static readonly Metric MindfulMinutes = new("mindful_minutes", MetricKind.Cumulative, "min");
    public static readonly Metric DaylightMinutes = new("daylight_minutes", MetricKind.Cumulative, "min");

    // Food and drink.
    public static readonly Metric Water = new("water", MetricKind.Cumulative, "mL", "9108-2");
    public static readonly Metric DietaryEnergy = new("dietary_energy", MetricKind.Cumulative, "kcal", "9052-2");
    public static readonly Metric Protein = new("protein", MetricKind.Cumulative, "g");
    public static readonly Metric Carbohydrates = new("carbohydrates", MetricKind.Cumulative, "g", "9059-7");
    public static readonly Metric Fat = new("fat", MetricKind.Cumulative, "g");
    public static readonly Metric SaturatedFat = new("saturated_fat", MetricKind.Cumulative, "g");
    public static readonly Metric MonounsaturatedFat = new("monounsaturated_fat", MetricKind.Cumulative, "g");
    public static readonly Metric PolyunsaturatedFat = new("polyunsaturated_fat", MetricKind.Cumulative, "g");
    public static readonly Metric Sugar = new("sugar", MetricKind.Cumulative, "g");
    public static readonly Metric Fiber = new("fiber", MetricKind.Cumulative, "g");
    public static readonly Metric Cholesterol = new("dietary_cholesterol", MetricKind.Cumulative, "mg");
    public static readonly Metric Sodium = new("sodium", MetricKind.Cumulative, "mg");
    public static readonly Metric Potassium = new("potassium", MetricKind.Cumulative, "mg");
    public static readonly Metric Calcium = new("calcium", MetricKind.Cumulative, "mg");
    public static readonly Metric Iron = new("iron", MetricKind.Cumulative, "mg");
    public static readonly Metric Magnesium = new("magnesium", MetricKind.Cumulative, "mg");
    public static readonly Metric VitaminC = new("vitamin_c", MetricKind.Cumulative, "mg");
    public static readonly Metric Caffeine = new("caffeine", MetricKind.Cumulative, "mg");

    // Rarer activities and events.
    public static readonly Metric SkiingDistance = new("skiing_distance", MetricKind.Cumulative, "km");
    public static readonly Metric RowingDistance = new("rowing_distance", MetricKind.Cumulative, "km");
    public static readonly Metric PaddlingDistance = new("paddling_distance", MetricKind.Cumulative, "km");
    public static readonly Metric SkatingDistance = new("skating_distance", MetricKind.Cumulative, "km");
    public static readonly Metric NikeFuel = new("nike_fuel", MetricKind.Cumulative, "");
    public static readonly Metric Falls = new("falls", MetricKind.Cumulative, "");
    public static readonly Metric InhalerUses = new("inhaler_uses", MetricKind.Cumulative, "");
    public static readonly Metric AlcoholicDrinks = new("alcoholic_drinks", MetricKind.Cumulative, "");

    // Vitamins and minerals.
    public static readonly Metric VitaminA = new("vitamin_a", MetricKind.Cumulative, "mcg");
    public static readonly Metric VitaminB6 = new("vitamin_b6", MetricKind.Cumulative, "mg");
    public static readonly Metric VitaminB12 = new("vitamin_b12", MetricKind.Cumulative, "mcg");
    public static readonly Metric VitaminD = new("vitamin_d", MetricKind.Cumulative, "mcg");
    public static readonly Metric VitaminE = new("vitamin_e", MetricKind.Cumulative, "mg");
    public static readonly Metric VitaminK = new("vitamin_k", MetricKind.Cumulative, "mcg");
    public static readonly Metric Thiamin = new("thiamin", MetricKind.Cumulative, "mg");
    public static readonly Metric Riboflavin = new("riboflavin", MetricKind.Cumulative, "mg");
    public static readonly Metric Niacin = new("niacin", MetricKind.Cumulative, "mg");
    public static readonly Metric Folate = new("folate", MetricKind.Cumulative, "mcg");
    public static readonly Metric Biotin = new("biotin", MetricKind.Cumulative, "mcg");
    public static readonly Metric PantothenicAcid = new("pantothenic_acid", MetricKind.Cumulative, "mg");
    public static readonly Metric Phosphorus = new("phosphorus", MetricKind.Cumulative, "mg");
    public static readonly Metric Iodine = new("iodine", MetricKind.Cumulative, "mcg");
    public static readonly Metric Zinc = new("zinc", MetricKind.Cumulative, "mg");
    public static readonly Metric Selenium = new("selenium", MetricKind.Cumulative, "mcg");
    public static readonly Metric Copper = new("copper", MetricKind.Cumulative, "mg");
    public static readonly Metric Manganese = new("manganese", MetricKind.Cumulative, "mg");
    public static readonly Metric Chromium = new("chromium", MetricKind.Cumulative, "mcg");
    public static readonly Metric Molybdenum = new("molybdenum", MetricKind.Cumulative, "mcg");
    public static readonly Metric Chloride = new("chloride", MetricKind.Cumulative, "mg");

    // Heart and lungs.
    public static readonly Metric HeartRate = new("heart_rate", MetricKind.Discrete, "bpm", "8867-4");
    public static readonly Metric RestingHeartRate = new("resting_heart_rate", MetricKind.Discrete, "bpm", "40443-4");
    public static readonly Metric WalkingHeartRate = new("walking_heart_rate", MetricKind.Discrete, "bpm");
    public static readonly Metric HeartRateRecovery = new("heart_rate_recovery", MetricKind.Discrete, "bpm");
    public static readonly Metric HrvSdnn = new("hrv_sdnn", MetricKind.Discrete, "ms", "80404-7");
    public static readonly Metric HrvRmssd = new("hrv_rmssd", MetricKind.Discrete, "ms");
    public static readonly Metric OxygenSaturation = new("oxygen_saturation", MetricKind.Discrete, "%", "59408-5");
    public static readonly Metric RespiratoryRate = new("respiratory_rate", MetricKind.Discrete, "/min", "9279-1");
    public static readonly Metric Systolic = new("systolic_blood_pressure", MetricKind.Discrete, "mmHg", "8480-6");
    public static readonly Metric Diastolic = new("diastolic_blood_pressure", MetricKind.Discrete, "mmHg", "8462-4");
    public static readonly Metric Vo2Max = new("vo2_max", MetricKind.Discrete, "mL/min/kg");
    public static readonly Metric PeakFlow = new("peak_expiratory_flow", MetricKind.Discrete, "L/min", "33452-4");

    // Body.
    public static readonly Metric Weight = new("weight", MetricKind.Discrete, "kg", "29463-7");
    public static readonly Metric Height = new("height", MetricKind.Discrete, "cm", "8302-2");
    public static readonly Metric BodyMassIndex = new("body_mass_index", MetricKind.Discrete, "kg/m2", "39156-5");
    public static readonly Metric BodyFat = new("body_fat", MetricKind.Discrete, "%", "41982-0");
    public static readonly Metric LeanMass = new("lean_body_mass", MetricKind.Discrete, "kg", "91557-9");
    public static readonly Metric MuscleMass = new("muscle_mass", MetricKind.Discrete, "kg", "73964-9");
    public static readonly Metric BoneMass = new("bone_mass", MetricKind.Discrete, "kg");
    public static readonly Metric Waist = new("waist_circumference", MetricKind.Discrete, "cm", "8280-0");
    public static readonly Metric BodyTemperature = new("body_temperature", MetricKind.Discrete, "\u00B0C", "8310-5");
    public static readonly Metric BasalTemperature = new("basal_body_temperature", MetricKind.Discrete, "\u00B0C");
    public static readonly Metric WristTemperature = new("wrist_temperature", MetricKind.Discrete, "\u00B0C");
    public static readonly Metric Glucose = new("blood_glucose", MetricKind.Discrete, "mmol/L", "15074-8");
    public static readonly Metric Insulin = new("insulin", MetricKind.Cumulative, "IU");

    // Movement and surroundings.
    public static readonly Metric WalkingSpeed = new("walking_speed", MetricKind.Discrete, "km/h");
    public static readonly Metric StepLength = new("walking_step_length", MetricKind.Discrete, "cm");
    public static readonly Metric WalkingAsymmetry = new("walking_asymmetry", MetricKind.Discrete, "%");
    public static readonly Metric DoubleSupport = new("walking_double_support", MetricKind.Discrete, "%");
    public static readonly Metric WalkingSteadiness = new("walking_steadiness", MetricKind.Discrete, "%");
    public static readonly Metric SixMinuteWalk = new("six_minute_walk", MetricKind.Discrete, "m");
    public static readonly Metric StairAscentSpeed = new("stair_ascent_speed", MetricKind.Discrete, "m/s");
    public static readonly Metric StairDescentSpeed = new("stair_descent_speed", MetricKind.Discrete, "m/s");
    public static readonly Metric RunningSpeed = new("running_speed", MetricKind.Discrete, "km/h");
    public static readonly Metric RunningPower = new("running_power", MetricKind.Discrete, "W");
    public static readonly Metric CyclingSpeed = new("cycling_speed", MetricKind.Discrete, "km/h");
    public static readonly Metric CyclingPower = new("cycling_power", MetricKind.Discrete, "W");
    public static readonly Metric CyclingCadence = new("cycling_cadence", MetricKind.Discrete, "/min");
    public static readonly Metric HeadphoneExposure = new("headphone_audio_exposure", MetricKind.Discrete, "dB");
    public static readonly Metric NoiseExposure = new("environmental_audio_exposure", MetricKind.Discrete, "dB");
    public static readonly Metric Stress = new("stress_level", MetricKind.Discrete, "");
    public static readonly Metric SleepScore = new("sleep_score", MetricKind.Discrete, "");

    // Sleep: the minutes of a night, counted once although several sources report it.
    public static readonly Metric Sleep = new("sleep", MetricKind.Sleep, "min", "93832-4");
    public static readonly Metric SleepLight = new("sleep_light", MetricKind.Sleep, "min", "93830-8");
    public static readonly Metric SleepDeep = new("sleep_deep", MetricKind.Sleep, "min", "93831-6");
    public static readonly Metric SleepRem = new("sleep_rem", MetricKind.Sleep, "min", "93829-0");
    public static readonly Metric SleepAwake = new("sleep_awake", MetricKind.Sleep, "min");
    public static readonly Metric InBed = new("in_bed", MetricKind.Sleep, "min");

    /// <summary>All metrics, in the order of the documentation.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        Steps, Distance, CyclingDistance, SwimmingDistance, WheelchairDistance, SnowDistance, WheelchairPushes, SwimmingStrokes, FlightsClimbed,
        ActiveEnergy, BasalEnergy, TotalEnergy, ExerciseMinutes, MoveMinutes, StandMinutes, StandHours, HeartPoints,
        SedentaryMinutes, LightMinutes, ModerateMinutes, VigorousMinutes, MindfulMinutes, DaylightMinutes,
        Water, DietaryEnergy, Protein, Carbohydrates, Fat, SaturatedFat, MonounsaturatedFat, PolyunsaturatedFat, Sugar, Fiber, Cholesterol,
        Sodium, Potassium, Calcium, Iron, Magnesium, VitaminC, Caffeine,
        SkiingDistance, RowingDistance, PaddlingDistance, SkatingDistance, NikeFuel, Falls, InhalerUses, AlcoholicDrinks,
        VitaminA, VitaminB6, VitaminB12, VitaminD, VitaminE, VitaminK, Thiamin, Riboflavin, Niacin, Folate, Biotin, PantothenicAcid,
        Phosphorus, Iodine, Zinc, Selenium, Copper, Manganese, Chromium, Molybdenum, Chloride,
        HeartRate, RestingHeartRate, WalkingHeartRate, HeartRateRecovery, HrvSdnn, HrvRmssd, OxygenSaturation, RespiratoryRate, Systolic, Diastolic, Vo2Max, PeakFlow,
        Weight, Height, BodyMassIndex, BodyFat, LeanMass, MuscleMass, BoneMass, Waist, BodyTemperature, BasalTemperature, WristTemperature, Glucose, Insulin,
        WalkingSpeed, StepLength, WalkingAsymmetry, DoubleSupport, WalkingSteadiness, SixMinuteWalk, StairAscentSpeed, StairDescentSpeed,
        RunningSpeed, RunningPower, CyclingSpeed, CyclingPower, CyclingCadence, HeadphoneExposure, NoiseExposure, Stress, SleepScore,
        Sleep, SleepLight, SleepDeep, SleepRem, SleepAwake, InBed,
    ];

    private static readonly FrozenDictionary<string, Metric> ByName = All.ToFrozenDictionary(m => m.Name, StringComparer.Ordinal);

    /// <summary>Returns the metric with a name; null for a name that no metric has.</summary>
    public static Metric? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Creates the metric of a vendor's name that no known metric stands for. A unit becomes a part of the name, because it is not converted.</summary>
    /// <param name="name">The vendor's name in snake_case.</param>
    /// <param name="unit">The vendor's unit; empty or <c>count</c> for none.</param>
    public static Metric Unlisted(string name, string unit) => unit is "" or "count" ? new(name, MetricKind.Discrete, "") : new($"{name} [{unit}]", MetricKind.Discrete, unit);
}
