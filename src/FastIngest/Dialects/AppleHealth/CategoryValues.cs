using FastIngest.Samples;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>The values of Apple's categories.</summary>
internal static class CategoryValues
{
    private static ReadOnlySpan<byte> SleepPrefix => "HKCategoryValueSleepAnalysis"u8;

    private static ReadOnlySpan<byte> StandPrefix => "HKCategoryValueAppleStandHour"u8;

    /// <summary>Returns the metric of a stage of sleep; null for an unknown value. Before iOS 16 there was only Asleep.</summary>
    public static Metric? Find(ReadOnlySpan<byte> value)
    {
        if (!value.StartsWith(SleepPrefix))
        {
            return null;
        }

        ReadOnlySpan<byte> stage = value[SleepPrefix.Length..];
        return stage.SequenceEqual("AsleepCore"u8) ? Metrics.SleepLight
            : stage.SequenceEqual("AsleepREM"u8) ? Metrics.SleepRem
            : stage.SequenceEqual("AsleepDeep"u8) ? Metrics.SleepDeep
            : stage.SequenceEqual("Awake"u8) ? Metrics.SleepAwake
            : stage.SequenceEqual("InBed"u8) ? Metrics.InBed
            : stage.SequenceEqual("Asleep"u8) || stage.SequenceEqual("AsleepUnspecified"u8) ? Metrics.Sleep
            : null;
    }

    /// <summary>Reads whether a person stood in an hour: 1 for yes and 0 for no, in micros; false for an unknown value.</summary>
    public static bool TryReadStood(ReadOnlySpan<byte> value, out long micros)
    {
        bool stood = value.StartsWith(StandPrefix) && value[StandPrefix.Length..].SequenceEqual("Stood"u8);
        micros = stood ? 1_000_000 : 0;
        return stood || (value.StartsWith(StandPrefix) && value[StandPrefix.Length..].SequenceEqual("Idle"u8));
    }
}
