using System.Buffers.Text;
using System.Text;
using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.GoogleFit;

/// <summary>
/// Data points: <c>{"fitValue": [{"value": {"intVal": 48}}], "originDataSourceId": "…", "startTimeNanos": 1517228280000000000, …}</c>.
/// </summary>
/// <remarks>
/// Google Fit merges the points of all devices into files of their own (<c>derived:</c>), which repeat those of the devices (<c>raw:</c>). The
/// source of a cumulative metric is the file's data source, so that one of them counts for a day. The source of any other metric is the one
/// that the point comes from, so that the same reading in two files is the same record.
/// </remarks>
/// <param name="stream">The id of the data source that the file names.</param>
internal sealed class GoogleFitPoints(string stream) : JsonLayout
{
    private const int Start = 0, End = 1, TypeName = 2, Origin = 3, Values = 4, IntVal = 5, FpVal = 6;

    private static readonly FieldNames Fields = new(
        takesOthers: false, "startTimeNanos", "endTimeNanos", "dataTypeName", "originDataSourceId", "fitValue", "fitValue.value.intVal", "fitValue.value.fpVal",

        // Known and not needed.
        "modifiedTimeMillis", "rawTimestampNanos", "computationTimeMillis");

    private readonly byte[] _stream = Encoding.UTF8.GetBytes(stream);
    private readonly GoogleFitType? _type = GoogleFitType.OfStream(stream);

    public override FieldNames Names => Fields;

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        ReadOnlySpan<byte> name = record.Text(TypeName);
        GoogleFitType? type = name.IsEmpty || (_type is not null && name.SequenceEqual(_type.Utf8Name)) ? _type : GoogleFitType.Find(name, stream);
        if (type is null)
        {
            records.PassOver(name.IsEmpty ? "point without a data type"u8 : name);
            return;
        }

        ReadOnlySpan<byte> written = record.Text(Start);
        if (written.SequenceEqual("0"u8))
        {
            records.PassOver("point without a time"u8);
            return;
        }

        if (!StampReader.TryReadEpoch(written, EpochUnit.Nanoseconds, records.Clock, out WallTime start))
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        WallTime end = record.Has(End) && StampReader.TryReadEpoch(record.Text(End), EpochUnit.Nanoseconds, records.Clock, out WallTime until) ? until : start;
        ReadOnlySpan<byte> origin = type.IsCumulative ? default : record.Text(Origin);
        Add(record, type, origin.IsEmpty ? _stream : origin, start, end, records);
    }

    private static void Add(in JsonRecord record, GoogleFitType type, ReadOnlySpan<byte> source, in WallTime start, in WallTime end, RecordReceiver records)
    {
        switch (type.Values)
        {
            case FitValues.Number when Number(record, type, records) is { } value:
                records.AddSample(type.Metric!, source, start, end, value, record.Offset, record.Length);
                break;
            case FitValues.BloodPressure:
                AddPressure(record, source, start, end, records);
                break;
            case FitValues.SleepStage when record.Number(IntVal, UnitFactor.One, records) is { } stage:
                AddStage(stage / 1_000_000, record, source, start, end, records);
                break;
            case FitValues.Food:
                FitValueList food = FitValueList.Read(record.Nested(Values), record.Offset, records);
                records.AddMeal(food.Text, start, food[FitValueList.Calories], food[FitValueList.Protein], food[FitValueList.Carbohydrates], food[FitValueList.Fat], record.Offset, record.Length);
                break;
            default:
                records.Reject(record.Offset, record.Length, RejectReason.NoValue);
                break;
        }
    }

    /// <summary>Reads the first value. Types with further values, such as the position of a thermometer, need more than the paths.</summary>
    private static long? Number(in JsonRecord record, GoogleFitType type, RecordReceiver records)
    {
        if (type.Metric == Metrics.Glucose || type.Metric == Metrics.OxygenSaturation || type.Metric == Metrics.BodyTemperature)
        {
            return FitValueList.Read(record.Nested(Values), record.Offset, records).First is { } first && Quantity.TryConvert(first, type.Factor, out long converted) ? converted : null;
        }

        return record.Number(FpVal, type.Factor, records) ?? record.Number(IntVal, type.Factor, records);
    }

    private static void AddPressure(in JsonRecord record, ReadOnlySpan<byte> source, in WallTime start, in WallTime end, RecordReceiver records)
    {
        FitValueList values = FitValueList.Read(record.Nested(Values), record.Offset, records);
        if (values.First is not { } systolic || values.Second is not { } diastolic)
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoValue);
            return;
        }

        records.AddSample(Metrics.Systolic, source, start, end, systolic, record.Offset, record.Length);
        records.AddSample(Metrics.Diastolic, source, start, end, diastolic, record.Offset, record.Length);
    }

    private static void AddStage(long stage, in JsonRecord record, ReadOnlySpan<byte> source, in WallTime start, in WallTime end, RecordReceiver records)
    {
        Metric? metric = stage switch
        {
            1 => Metrics.SleepAwake,
            2 => Metrics.Sleep,
            4 => Metrics.SleepLight,
            5 => Metrics.SleepDeep,
            6 => Metrics.SleepRem,
            _ => null,
        };
        if (metric is null)
        {
            records.PassOver(stage == 3 ? "sleep segment out of bed"u8 : "sleep segment of an unknown stage"u8);
            return;
        }

        if (!record.Has(End) || !Utf8Parser.TryParse(record.Text(End), out long to, out _))
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        // An interval over a change of the clocks has its true length on the clock of its start.
        WallTime until = Utf8Parser.TryParse(record.Text(Start), out long from, out _) && to >= from
            ? start.Plus((to - from) / 1000) : end;
        records.AddSample(metric, source, start, until, 0, record.Offset, record.Length, RecordReceiver.SleepDay(end));
    }
}
