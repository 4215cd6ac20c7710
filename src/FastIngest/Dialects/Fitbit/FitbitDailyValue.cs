using System.Text;
using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.Fitbit;

/// <summary>
/// Estimates of a local day in an object, such as <c>{"dateTime": "01/02/24 00:00:00", "value": {"date": "01/02/24", "value": 58.4, "error": 6.1}}</c>
/// for the resting heart rate. The export has a record for each day; a value of 0 means that there is none.
/// </summary>
/// <param name="metric">The metric.</param>
/// <param name="values">The paths of the value; the first that has a number above 0 counts.</param>
/// <param name="others">The paths that are not needed.</param>
internal sealed class FitbitDailyValue(Metric metric, string[] values, string[] others) : JsonLayout
{
    private const int DateTime = 0, FirstValue = 1;

    private readonly byte[] _none = Encoding.UTF8.GetBytes($"{metric.Name} without a reading");

    public override FieldNames Names { get; } = new(takesOthers: false, ["dateTime", .. values, .. others]);

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!FitbitTime.TryRead(record.Text(DateTime), Unzoned.Local, records.Clock, out WallTime time))
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        WallTime day = new(time.Day, 0, HasTime: false);
        for (int i = 0; i < values.Length; i++)
        {
            if (record.Number(FirstValue + i, UnitFactor.One, records) is > 0 and { } value)
            {
                records.AddSample(metric, FitbitDialect.Source, day, day, value, record.Offset, record.Length, id: RecordReceiver.TotalOfDay);
                return;
            }
        }

        records.PassOver(_none);
    }
}
