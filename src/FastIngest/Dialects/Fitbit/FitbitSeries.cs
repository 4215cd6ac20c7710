using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.Fitbit;

/// <summary>Files of one metric, <c>{"dateTime": "03/10/20 07:59:00", "value": "12"}</c>. Only the name of the file says which metric it is.</summary>
/// <param name="metric">The metric.</param>
/// <param name="unit">The unit of the file.</param>
/// <param name="unzoned">What the times mean: minutes of steps and distance are in UTC, minutes of calories and daily values are local.</param>
/// <param name="isOfDay">Whether a value is the total of a day, of which a later export may have more.</param>
internal sealed class FitbitSeries(Metric metric, string unit, Unzoned unzoned, bool isOfDay = false) : JsonLayout
{
    private const int DateTime = 0, Value = 1;

    private static readonly FieldNames Fields = new(takesOthers: false, "dateTime", "value");

    private readonly UnitFactor _factor = Units.Convert(unit, metric.Unit) ?? throw new ArgumentException($"{unit} is no unit of {metric.Name}.", nameof(unit));

    public override FieldNames Names => Fields;

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!FitbitTime.TryRead(record.Text(DateTime), unzoned, records.Clock, out WallTime time))
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
        }
        else if (record.Number(Value, _factor, records) is { } value)
        {
            records.AddSample(metric, FitbitDialect.Source, time, time, value, record.Offset, record.Length, id: isOfDay ? RecordReceiver.TotalOfDay : default);
        }
        else
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoValue);
        }
    }
}
