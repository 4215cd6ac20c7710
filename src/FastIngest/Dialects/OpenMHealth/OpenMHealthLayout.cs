using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.OpenMHealth;

/// <summary>Reads data points. The schema in the header says which member of the body is the measure.</summary>
internal sealed class OpenMHealthLayout : JsonLayout
{
    /// <summary>The only layout: it holds nothing.</summary>
    public static readonly OpenMHealthLayout Instance = new();

    private static readonly UnitFactor MinutesToHours = new(1, 60);

    public override FieldNames Names => UsualDataPoint.Names;

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!UsualDataPoint.TryRead(record, records))
        {
            ReadAny(record, records);
        }
    }

    /// <summary>Reads a data point of any form.</summary>
    public static void ReadAny(in JsonRecord record, RecordReceiver records)
    {
        ReadOnlySpan<byte> header = default, body = default;
        JsonMembers members = new(record.Element);
        while (members.Next())
        {
            header = members.Name.SequenceEqual("header"u8) ? members.Value : header;
            body = members.Name.SequenceEqual("body"u8) ? members.Value : body;
        }

        ReadOnlySpan<byte> schema = record.Decode(JsonMembers.Text(JsonMembers.Find(JsonMembers.Find(header, "schema_id"u8), "name"u8)));
        if (schema.IsEmpty || schema.Length > ShortText.MaxNameBytes || body is not [(byte)'{', ..])
        {
            records.PassOver(schema.IsEmpty ? "object without a schema"u8 : schema[..ShortText.LengthOf(schema, ShortText.MaxNameBytes)]);
            return;
        }

        // Schemas are named with hyphens in some files and with underscores in others.
        Span<byte> name = stackalloc byte[ShortText.MaxNameBytes];
        name = name[..schema.Length];
        schema.Replace(name, (byte)'-', (byte)'_');
        records.UseUser(record.Decode(JsonMembers.Text(JsonMembers.Find(header, "user_id"u8))));
        DataPoint point = new(header, body, name, record);
        if (!point.TryReadTime(record, records))
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        ReadMeasure(point, record, records);
    }

    private static void ReadMeasure(in DataPoint point, in JsonRecord record, RecordReceiver records)
    {
        switch (point.Schema.Name)
        {
            case "blood_pressure":
                AddPressure(point, record, records);
                break;
            case "physical_activity":
                AddActivity(point, record, records);
                break;
            case "sleep_duration" or "total_sleep_time" or "sleep_episode":
                AddSleep(point, record, records);
                break;
            default:
                AddMeasure(point, record, records);
                break;
        }
    }

    private static void AddMeasure(in DataPoint point, in JsonRecord record, RecordReceiver records)
    {
        Metric? metric = point.Schema.Metric;
        ReadOnlySpan<byte> value = JsonMembers.Find(point.Body, point.Schema.Member);
        bool isNumber = value is [(byte)'{', ..] && !JsonMembers.Find(value, "value"u8).IsEmpty;
        if (!isNumber && value is not [(byte)'-' or (>= (byte)'0' and <= (byte)'9'), ..])
        {
            records.PassOver(point.Schema.Utf8Name);
            return;
        }

        if (point.IsOtherStatistic(metric))
        {
            PassOverStatistic(point, records);
            return;
        }

        if (metric == Metrics.TotalEnergy && !JsonMembers.Find(point.Body, "activity_name"u8).IsEmpty)
        {
            metric = Metrics.ActiveEnergy;
        }

        AddSample(point, metric, value, record, records);
    }

    private static void AddPressure(in DataPoint point, in JsonRecord record, RecordReceiver records)
    {
        if (point.IsOtherStatistic(Metrics.Systolic))
        {
            PassOverStatistic(point, records);
            return;
        }

        ReadOnlySpan<byte> systolic = JsonMembers.Find(point.Body, "systolic_blood_pressure"u8), diastolic = JsonMembers.Find(point.Body, "diastolic_blood_pressure"u8);
        if (systolic.IsEmpty && diastolic.IsEmpty)
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoValue);
            return;
        }

        if (!systolic.IsEmpty)
        {
            AddSample(point, Metrics.Systolic, systolic, record, records);
        }

        if (!diastolic.IsEmpty)
        {
            AddSample(point, Metrics.Diastolic, diastolic, record, records);
        }
    }

    /// <summary>Adds a sample: a bare number, or a value with a unit.</summary>
    private static void AddSample(in DataPoint point, Metric? known, ReadOnlySpan<byte> value, in JsonRecord record, RecordReceiver records)
    {
        bool isObject = value is [(byte)'{', ..];
        ReadOnlySpan<byte> number = JsonMembers.Text(isObject ? JsonMembers.Find(value, "value"u8) : value);
        ReadOnlySpan<byte> unit = isObject ? record.Decode(JsonMembers.Text(JsonMembers.Find(value, "unit"u8))) : default;
        UnitFactor? factor = known is null ? null : UnitTexts.Find(unit, known);
        Metric metric = factor is null ? UnlistedMetrics.Of(known?.Utf8Name ?? point.Schema.Utf8Name, unit) : known!;
        if (Quantity.TryParse(number, factor ?? UnitFactor.One, out long micros))
        {
            records.AddSample(metric, point.Source, point.Start, point.End, micros, record.Offset, record.Length, id: point.Id);
        }
        else
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoValue);
        }
    }

    private static void AddActivity(in DataPoint point, in JsonRecord record, RecordReceiver records)
    {
        if (point.IsOtherStatistic(Metrics.ExerciseMinutes))
        {
            PassOverStatistic(point, records);
            return;
        }

        long? minutes = DataPoint.Minutes("body.duration", JsonMembers.Find(point.Body, "duration"u8), record, records);
        if (minutes is null && point.End.TotalMicros < point.Start.TotalMicros)
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        minutes ??= point.End.TotalMicros > point.Start.TotalMicros ? (point.End.TotalMicros - point.Start.TotalMicros) / 60 : null;
        ReadOnlySpan<byte> energy = JsonMembers.Find(point.Body, "kcal_burned"u8);
        long? kcal = energy.IsEmpty
            ? DataPoint.Number("body.calories_burned", JsonMembers.Find(point.Body, "calories_burned"u8), Metrics.ActiveEnergy, record, records)
            : DataPoint.Number("body.kcal_burned", energy, Metrics.ActiveEnergy, record, records);
        records.AddWorkout(record.Decode(JsonMembers.Text(JsonMembers.Find(point.Body, "activity_name"u8))), point.Start, minutes, kcal, record.Offset, record.Length, point.Id);
    }

    private static void AddSleep(in DataPoint point, in JsonRecord record, RecordReceiver records)
    {
        if (point.IsOtherStatistic(Metrics.ExerciseMinutes))
        {
            PassOverStatistic(point, records);
            return;
        }

        ReadOnlySpan<byte> total = JsonMembers.Find(point.Body, "total_sleep_time"u8);
        total = total.IsEmpty ? JsonMembers.Find(point.Body, "sleep_duration"u8) : total;
        long? minutes = DataPoint.Minutes("body.total_sleep_time", total, record, records);
        if (minutes is null && point.Schema.Name == "sleep_episode" && point.End.TotalMicros != point.Start.TotalMicros)
        {
            // An episode without a total is an interval of sleep.
            records.AddSample(Metrics.Sleep, point.Source, point.Start, point.End, 0, record.Offset, record.Length, id: point.Id);
            return;
        }

        if (minutes is not { } slept)
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoValue);
            return;
        }

        records.AddSleep(
            default, point.End, ToHours(slept),
            ToHours(DataPoint.Minutes("body.deep_sleep_duration", JsonMembers.Find(point.Body, "deep_sleep_duration"u8), record, records)),
            ToHours(DataPoint.Minutes("body.rem_sleep_duration", JsonMembers.Find(point.Body, "rem_sleep_duration"u8), record, records)),
            null, record.Offset, record.Length, point.Id);
    }

    /// <summary>Passes over a statistic that is no reading.</summary>
    private static void PassOverStatistic(in DataPoint point, RecordReceiver records) => records.PassOver([.. point.Schema.Utf8Name, .. " with a descriptive_statistic"u8]);

    private static long? ToHours(long? minutes) => minutes is { } value && Quantity.TryConvert(value, MinutesToHours, out long hours) ? hours : null;
}
