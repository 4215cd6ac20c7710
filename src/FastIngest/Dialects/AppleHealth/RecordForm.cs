using FastIngest.Samples;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>How the value of a record is read.</summary>
internal enum ValueKind
{
    /// <summary>A number in a unit.</summary>
    Number,

    /// <summary>A number in a unit if there is one; otherwise the record counts as 1.</summary>
    NumberOrOne,

    /// <summary>The record counts as 1, whatever its value is.</summary>
    One,

    /// <summary>The stage of an interval of sleep.</summary>
    SleepStage,

    /// <summary>Whether the person stood up in an hour.</summary>
    StandHour,

    /// <summary>The length of the record in minutes.</summary>
    Minutes,

    /// <summary>The unit is missing or does not fit the metric, so that the value has no meaning.</summary>
    Unusable,
}

/// <summary>What the records of one type and unit mean.</summary>
/// <param name="Kind">How the value is read.</param>
/// <param name="Metric">The metric of the sample; that of <see cref="ValueKind.SleepStage"/> depends on the value.</param>
/// <param name="Factor">The conversion of the unit.</param>
/// <param name="IsFraction">Whether the unit is percent. Apple writes such values as fractions: 0.97 is 97 %.</param>
internal sealed record RecordForm(ValueKind Kind, Metric Metric, UnitFactor Factor, bool IsFraction)
{
    private const string QuantityPrefix = "HKQuantityTypeIdentifier", CategoryPrefix = "HKCategoryTypeIdentifier";

    private static readonly string[] OtherPrefixes = ["HKDataTypeIdentifier", "HKDataType", "HKCorrelationTypeIdentifier", "HK"];

    private static readonly UnitFactor FromFraction = new(100, 1);

    /// <summary>Creates the form of a type and unit.</summary>
    /// <param name="type">The type, such as <c>HKQuantityTypeIdentifierStepCount</c>; not empty.</param>
    /// <param name="unit">The unit; empty when it is missing.</param>
    public static RecordForm Create(string type, string unit)
    {
        if (type.StartsWith(QuantityPrefix, StringComparison.Ordinal))
        {
            return OfQuantity(type[QuantityPrefix.Length..], unit);
        }

        if (!type.StartsWith(CategoryPrefix, StringComparison.Ordinal))
        {
            string prefix = OtherPrefixes.FirstOrDefault(p => type.StartsWith(p, StringComparison.Ordinal)) ?? "";
            string own = OwnName(type[prefix.Length..]);
            return new RecordForm(ValueKind.NumberOrOne, Metrics.Unlisted(own, unit), unit == "%" ? FromFraction : UnitFactor.One, unit == "%");
        }

        string name = type[CategoryPrefix.Length..];
        return name switch
        {
            "SleepAnalysis" => new RecordForm(ValueKind.SleepStage, Metrics.Sleep, UnitFactor.One, false),
            "AppleStandHour" => new RecordForm(ValueKind.StandHour, Metrics.StandHours, UnitFactor.One, false),
            "MindfulSession" => new RecordForm(ValueKind.Minutes, Metrics.MindfulMinutes, UnitFactor.One, false),
            _ => new RecordForm(ValueKind.One, Metrics.Unlisted(OwnName(name), ""), UnitFactor.One, false),
        };
    }

    /// <summary>Returns the conversion of a unit as Apple writes it; null when it does not fit.</summary>
    public static UnitFactor? Convert(string unit, string to) =>
        Units.Convert(unit.StartsWith("mmol<", StringComparison.Ordinal) && unit.EndsWith(">/L", StringComparison.Ordinal) ? "mmol/L" : unit, to);

    /// <summary>Writes a name in snake_case, so that it is not that of a metric of this program.</summary>
    private static string OwnName(string name) => AppleTypes.SnakeCase(name) is var snake && Metrics.Find(snake) is null ? snake : $"apple_{snake}";

    private static RecordForm OfQuantity(string name, string unit)
    {
        if (AppleTypes.Find(name) is not { } known)
        {
            return new RecordForm(ValueKind.Number, Metrics.Unlisted(OwnName(name), unit), unit == "%" ? FromFraction : UnitFactor.One, unit == "%");
        }

        if (unit == "%")
        {
            return new RecordForm(ValueKind.Number, known.Unit == "%" ? known : Metrics.Unlisted(known.Name, unit), FromFraction, IsFraction: true);
        }

        // HealthKit gives the body mass index in counts.
        UnitFactor? factor = known == Metrics.BodyMassIndex && unit == "count" ? UnitFactor.One : Convert(unit, known.Unit);
        return factor is { } exact ? new RecordForm(ValueKind.Number, known, exact, false)
            : unit is "" or "count" ? new RecordForm(ValueKind.Unusable, known, UnitFactor.One, false)
            : new RecordForm(ValueKind.Number, Metrics.Unlisted(known.Name, unit), UnitFactor.One, false);
    }
}
