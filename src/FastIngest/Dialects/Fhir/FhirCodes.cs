using System.Collections.Frozen;
using FastIngest.Samples;

namespace FastIngest.Dialects.Fhir;

/// <summary>The LOINC codes of metrics: those of <see cref="Metric.Loinc"/>, and others for the same reading by another method.</summary>
internal static class FhirCodes
{
    private const int MaxCodeBytes = 16;

    private static readonly (string Code, Metric Metric)[] Others =
    [
        ("8889-8", Metrics.HeartRate), ("8893-0", Metrics.HeartRate),
        ("3141-9", Metrics.Weight), ("3142-7", Metrics.Weight), ("8335-2", Metrics.Weight), ("8341-0", Metrics.Weight),
        ("3137-7", Metrics.Height), ("3138-5", Metrics.Height), ("8301-4", Metrics.Height), ("8306-3", Metrics.Height),
        ("56086-2", Metrics.Waist), ("56115-9", Metrics.Waist),
        ("8331-1", Metrics.BodyTemperature), ("8328-7", Metrics.BodyTemperature), ("8332-9", Metrics.BodyTemperature), ("8333-7", Metrics.BodyTemperature), ("60830-0", Metrics.BodyTemperature),
        ("2708-6", Metrics.OxygenSaturation), ("20564-1", Metrics.OxygenSaturation),
        ("8459-0", Metrics.Systolic), ("8460-8", Metrics.Systolic), ("8461-6", Metrics.Systolic),
        ("8453-3", Metrics.Diastolic), ("8454-1", Metrics.Diastolic), ("8455-8", Metrics.Diastolic),
        ("2339-0", Metrics.Glucose), ("2345-7", Metrics.Glucose), ("14749-6", Metrics.Glucose), ("41653-7", Metrics.Glucose), ("14743-9", Metrics.Glucose),
        ("1558-6", Metrics.Glucose), ("14771-0", Metrics.Glucose), ("2340-8", Metrics.Glucose), ("32016-8", Metrics.Glucose), ("99504-3", Metrics.Glucose),
        ("41950-7", Metrics.Steps), ("55430-3", Metrics.Distance), ("19935-6", Metrics.PeakFlow),
    ];

    private static readonly FrozenDictionary<string, Metric> ByCode =
        Metrics.All.Where(m => m.Loinc is not null).Select(m => (Code: m.Loinc!, Metric: m)).Concat(Others).ToFrozenDictionary(p => p.Code, p => p.Metric, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Metric>.AlternateLookup<ReadOnlySpan<char>> Lookup = ByCode.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Returns the metric of a code; null for an unknown one.</summary>
    /// <param name="system">The code system; only LOINC is known.</param>
    /// <param name="code">The code.</param>
    public static Metric? Find(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code)
    {
        if (code.Length > MaxCodeBytes || !(system.SequenceEqual("http://loinc.org"u8) || system.SequenceEqual("https://loinc.org"u8) || system.SequenceEqual("urn:oid:2.16.840.1.113883.6.1"u8)))
        {
            return null;
        }

        Span<char> text = stackalloc char[MaxCodeBytes];
        return Lookup.TryGetValue(text[..System.Text.Encoding.Latin1.GetChars(code, text)], out Metric? metric) ? metric : null;
    }
}
