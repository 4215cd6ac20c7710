using System.Text;
using FastIngest.Samples;

namespace FastIngest.Dialects.GoogleFit;

/// <summary>How the values of a data type are read.</summary>
internal enum FitValues
{
    /// <summary>They are not read; the points are counted by the name of the type.</summary>
    None,

    /// <summary>The first value is one number.</summary>
    Number,

    /// <summary>The first two values are the systolic and the diastolic pressure.</summary>
    BloodPressure,

    /// <summary>The first value is the number of a sleep stage.</summary>
    SleepStage,

    /// <summary>The first value is a map of nutrients, then follow the number of the meal and the food.</summary>
    Food,
}

/// <summary>A data type of Google Fit.</summary>
/// <param name="Name">The name in <c>dataTypeName</c>.</param>
/// <param name="Values">How its values are read.</param>
/// <param name="Metric">The metric of the first value; null for other kinds.</param>
/// <param name="Unit">The unit of the first value.</param>
internal sealed record GoogleFitType(string Name, FitValues Values, Metric? Metric = null, string Unit = "")
{
    private static readonly GoogleFitType[] All =
    [
        new("com.google.step_count.delta", FitValues.Number, Metrics.Steps, "count"),
        new("com.google.heart_rate.bpm", FitValues.Number, Metrics.HeartRate, "bpm"),
        new("com.google.distance.delta", FitValues.Number, Metrics.Distance, "m"),
        new("com.google.calories.expended", FitValues.Number, Metrics.TotalEnergy, "kcal"),
        new("com.google.active_minutes", FitValues.Number, Metrics.MoveMinutes, "min"),
        new("com.google.heart_minutes", FitValues.Number, Metrics.HeartPoints, "count"),
        new("com.google.weight", FitValues.Number, Metrics.Weight, "kg"),
        new("com.google.height", FitValues.Number, Metrics.Height, "m"),
        new("com.google.body.fat.percentage", FitValues.Number, Metrics.BodyFat, "%"),
        new("com.google.body.temperature", FitValues.Number, Metrics.BodyTemperature, "Cel"),
        new("com.google.oxygen_saturation", FitValues.Number, Metrics.OxygenSaturation, "%"),
        new("com.google.blood_glucose", FitValues.Number, Metrics.Glucose, "mmol/L"),
        new("com.google.hydration", FitValues.Number, Metrics.Water, "L"),
        new("com.google.blood_pressure", FitValues.BloodPressure),
        new("com.google.sleep.segment", FitValues.SleepStage),
        new("com.google.nutrition", FitValues.Food),
    ];

    private static readonly GoogleFitType Resting = new("com.google.heart_rate.bpm", FitValues.Number, Metrics.RestingHeartRate, "bpm");

    /// <summary>The name in UTF-8.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>The conversion of the unit.</summary>
    public UnitFactor Factor { get; } = Metric is null ? UnitFactor.One
        : Units.Convert(Unit, Metric.Unit) ?? throw new ArgumentException($"{Unit} is no unit of {Metric.Name}.", nameof(Unit));

    /// <summary>Whether the samples add up, so that a day may count only one of the streams that repeat each other.</summary>
    public bool IsCumulative => Metric?.Kind == MetricKind.Cumulative;

    /// <summary>Returns the type with a name. Of a stream with resting heart rates the points have the name of heart rates.</summary>
    /// <param name="name">The name in UTF-8.</param>
    /// <param name="stream">The id of the data source.</param>
    public static GoogleFitType? Find(ReadOnlySpan<byte> name, string stream)
    {
        foreach (GoogleFitType type in All)
        {
            if (name.SequenceEqual(type.Utf8Name))
            {
                return type.Metric == Metrics.HeartRate && stream.Contains(":resting_heart_rate", StringComparison.Ordinal) ? Resting : type;
            }
        }

        return null;
    }

    /// <summary>Returns the type in the id of a data source: <c>raw:com.google.weight:com.google.android.apps.fitness:user_input</c>.</summary>
    public static GoogleFitType? OfStream(string stream)
    {
        string[] parts = stream.Split(':', 3);
        return parts.Length > 1 ? Find(Encoding.UTF8.GetBytes(parts[1]), stream) : null;
    }
}
