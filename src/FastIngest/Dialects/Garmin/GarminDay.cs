using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.Garmin;

/// <summary>The summaries of days: <c>{"calendarDate": "2024-03-31", "totalSteps": 8412, "totalDistanceMeters": 6500, …}</c>.</summary>
internal sealed class GarminDay : JsonLayout
{
    private const int Date = 0, FirstValue = 1;

    private static readonly FieldNames Fields = new(
        takesOthers: false, "calendarDate", "totalSteps", "totalDistanceMeters", "activeKilocalories", "bmrKilocalories", "totalKilocalories", "restingHeartRate",
        "moderateIntensityMinutes", "vigorousIntensityMinutes",

        // Known and not needed.
        "floorsAscendedInMeters", "userProfilePK", "uuid", "version", "source");

    /// <summary>The metrics of the fields after the date, with the units of the fields.</summary>
    private static readonly (Metric Metric, UnitFactor Factor)[] Values =
    [
        (Metrics.Steps, UnitFactor.One),
        (Metrics.Distance, Units.Convert("m", Metrics.Distance.Unit)!.Value),
        (Metrics.ActiveEnergy, UnitFactor.One),
        (Metrics.BasalEnergy, UnitFactor.One),
        (Metrics.TotalEnergy, UnitFactor.One),
        (Metrics.RestingHeartRate, UnitFactor.One),
        (Metrics.ModerateMinutes, UnitFactor.One),
        (Metrics.VigorousMinutes, UnitFactor.One),
    ];

    public override FieldNames Names => Fields;

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!DateParser.TryParseDay(record.Text(Date), out int number))
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        WallTime day = new(number, 0, HasTime: false);
        bool hasValue = false;
        for (int i = 0; i < Values.Length; i++)
        {
            (Metric metric, UnitFactor factor) = Values[i];
            if (record.Number(FirstValue + i, factor, records) is { } value && (value > 0 || metric.Kind == MetricKind.Cumulative))
            {
                records.AddSample(metric, GarminDialect.Source, day, day, value, record.Offset, record.Length, id: RecordReceiver.TotalOfDay);
                hasValue = true;
            }
        }

        if (!hasValue)
        {
            records.PassOver("day without values"u8);
        }
    }
}
