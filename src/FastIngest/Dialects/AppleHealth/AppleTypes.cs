using System.Collections.Frozen;
using System.Text;
using FastIngest.Samples;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>The metrics of Apple's types of quantities. A type that is missing here becomes a metric of its own.</summary>
internal static class AppleTypes
{
    private static readonly FrozenDictionary<string, Metric> ByName = new Dictionary<string, Metric>
    {
        ["StepCount"] = Metrics.Steps,
        ["DistanceWalkingRunning"] = Metrics.Distance,
        ["DistanceCycling"] = Metrics.CyclingDistance,
        ["DistanceSwimming"] = Metrics.SwimmingDistance,
        ["DistanceWheelchair"] = Metrics.WheelchairDistance,
        ["DistanceDownhillSnowSports"] = Metrics.SnowDistance,
        ["DistanceCrossCountrySkiing"] = Metrics.SkiingDistance,
        ["DistanceRowing"] = Metrics.RowingDistance,
        ["DistancePaddleSports"] = Metrics.PaddlingDistance,
        ["DistanceSkatingSports"] = Metrics.SkatingDistance,
        ["PushCount"] = Metrics.WheelchairPushes,
        ["SwimmingStrokeCount"] = Metrics.SwimmingStrokes,
        ["FlightsClimbed"] = Metrics.FlightsClimbed,
        ["ActiveEnergyBurned"] = Metrics.ActiveEnergy,
        ["BasalEnergyBurned"] = Metrics.BasalEnergy,
        ["AppleExerciseTime"] = Metrics.ExerciseMinutes,
        ["AppleMoveTime"] = Metrics.MoveMinutes,
        ["AppleStandTime"] = Metrics.StandMinutes,
        ["TimeInDaylight"] = Metrics.DaylightMinutes,
        ["NumberOfTimesFallen"] = Metrics.Falls,
        ["InhalerUsage"] = Metrics.InhalerUses,
        ["NumberOfAlcoholicBeverages"] = Metrics.AlcoholicDrinks,
        ["NikeFuel"] = Metrics.NikeFuel,

        ["DietaryWater"] = Metrics.Water,
        ["DietaryEnergyConsumed"] = Metrics.DietaryEnergy,
        ["DietaryProtein"] = Metrics.Protein,
        ["DietaryCarbohydrates"] = Metrics.Carbohydrates,
        ["DietaryFatTotal"] = Metrics.Fat,
        ["DietaryFatSaturated"] = Metrics.SaturatedFat,
        ["DietaryFatMonounsaturated"] = Metrics.MonounsaturatedFat,
        ["DietaryFatPolyunsaturated"] = Metrics.PolyunsaturatedFat,
        ["DietarySugar"] = Metrics.Sugar,
        ["DietaryFiber"] = Metrics.Fiber,
        ["DietaryCholesterol"] = Metrics.Cholesterol,
        ["DietarySodium"] = Metrics.Sodium,
        ["DietaryPotassium"] = Metrics.Potassium,
        ["DietaryCalcium"] = Metrics.Calcium,
        ["DietaryIron"] = Metrics.Iron,
        ["DietaryMagnesium"] = Metrics.Magnesium,
        ["DietaryVitaminA"] = Metrics.VitaminA,
        ["DietaryVitaminB6"] = Metrics.VitaminB6,
        ["DietaryVitaminB12"] = Metrics.VitaminB12,
        ["DietaryVitaminC"] = Metrics.VitaminC,
        ["DietaryVitaminD"] = Metrics.VitaminD,
        ["DietaryVitaminE"] = Metrics.VitaminE,
        ["DietaryVitaminK"] = Metrics.VitaminK,
        ["DietaryThiamin"] = Metrics.Thiamin,
        ["DietaryRiboflavin"] = Metrics.Riboflavin,
        ["DietaryNiacin"] = Metrics.Niacin,
        ["DietaryFolate"] = Metrics.Folate,
        ["DietaryBiotin"] = Metrics.Biotin,
        ["DietaryPantothenicAcid"] = Metrics.PantothenicAcid,
        ["DietaryPhosphorus"] = Metrics.Phosphorus,
        ["DietaryIodine"] = Metrics.Iodine,
        ["DietaryZinc"] = Metrics.Zinc,
        ["DietarySelenium"] = Metrics.Selenium,
        ["DietaryCopper"] = Metrics.Copper,
        ["DietaryManganese"] = Metrics.Manganese,
        ["DietaryChromium"] = Metrics.Chromium,
        ["DietaryMolybdenum"] = Metrics.Molybdenum,
        ["DietaryChloride"] = Metrics.Chloride,
        ["DietaryCaffeine"] = Metrics.Caffeine,

        ["HeartRate"] = Metrics.HeartRate,
        ["RestingHeartRate"] = Metrics.RestingHeartRate,
        ["WalkingHeartRateAverage"] = Metrics.WalkingHeartRate,
        ["HeartRateRecoveryOneMinute"] = Metrics.HeartRateRecovery,
        ["HeartRateVariabilitySDNN"] = Metrics.HrvSdnn,
        ["HeartRateVariabilityRMSSD"] = Metrics.HrvRmssd,
        ["OxygenSaturation"] = Metrics.OxygenSaturation,
        ["RespiratoryRate"] = Metrics.RespiratoryRate,
        ["BloodPressureSystolic"] = Metrics.Systolic,
        ["BloodPressureDiastolic"] = Metrics.Diastolic,
        ["VO2Max"] = Metrics.Vo2Max,
        ["PeakExpiratoryFlowRate"] = Metrics.PeakFlow,

        ["BodyMass"] = Metrics.Weight,
        ["Height"] = Metrics.Height,
        ["BodyMassIndex"] = Metrics.BodyMassIndex,
        ["BodyFatPercentage"] = Metrics.BodyFat,
        ["LeanBodyMass"] = Metrics.LeanMass,
        ["WaistCircumference"] = Metrics.Waist,
        ["BodyTemperature"] = Metrics.BodyTemperature,
        ["BasalBodyTemperature"] = Metrics.BasalTemperature,
        ["AppleSleepingWristTemperature"] = Metrics.WristTemperature,
        ["BloodGlucose"] = Metrics.Glucose,
        ["InsulinDelivery"] = Metrics.Insulin,

        ["WalkingSpeed"] = Metrics.WalkingSpeed,
        ["WalkingStepLength"] = Metrics.StepLength,
        ["WalkingAsymmetryPercentage"] = Metrics.WalkingAsymmetry,
        ["WalkingDoubleSupportPercentage"] = Metrics.DoubleSupport,
        ["AppleWalkingSteadiness"] = Metrics.WalkingSteadiness,
        ["SixMinuteWalkTestDistance"] = Metrics.SixMinuteWalk,
        ["StairAscentSpeed"] = Metrics.StairAscentSpeed,
        ["StairDescentSpeed"] = Metrics.StairDescentSpeed,
        ["RunningSpeed"] = Metrics.RunningSpeed,
        ["RunningPower"] = Metrics.RunningPower,
        ["CyclingSpeed"] = Metrics.CyclingSpeed,
        ["CyclingPower"] = Metrics.CyclingPower,
        ["CyclingCadence"] = Metrics.CyclingCadence,
        ["HeadphoneAudioExposure"] = Metrics.HeadphoneExposure,
        ["EnvironmentalAudioExposure"] = Metrics.NoiseExposure,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Returns the metric of a type without its prefix; null without one.</summary>
    public static Metric? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Writes a name such as <c>UVExposure</c> as <c>uv_exposure</c>.</summary>
    public static string SnakeCase(string name)
    {
        StringBuilder text = new(name.Length + 8);
        for (int i = 0; i < name.Length; i++)
        {
            bool isStart = i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            text.Append(isStart && name[i - 1] != '_' ? "_" : "").Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
