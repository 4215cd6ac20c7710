using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Samples;

namespace FastIngest.Dialects.OpenMHealth;

/// <summary>The parts of a data point that all schemas have.</summary>
internal ref struct DataPoint
{
    private readonly ReadOnlySpan<byte> _header;

    public DataPoint(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, ReadOnlySpan<byte> schema, in JsonRecord record)
    {
        _header = header;
        Body = body;
        Schema = Schemas.Of(schema);
        ReadOnlySpan<byte> id = JsonMembers.Text(JsonMembers.Find(header, "id"u8));
        Id = record.Decode(id.IsEmpty ? JsonMembers.Text(JsonMembers.Find(header, "uuid"u8)) : id);
        ReadOnlySpan<byte> source = JsonMembers.Text(JsonMembers.Find(Provenance, "source_name"u8));
        Source = record.Decode(source.IsEmpty ? JsonMembers.Text(JsonMembers.Find(header, "source_name"u8)) : source);
    }

    /// <summary>The schema, which the header names.</summary>
    public Schema Schema { get; }

    public ReadOnlySpan<byte> Body { get; }

    public ReadOnlySpan<byte> Id { get; }

    public ReadOnlySpan<byte> Source { get; }

    public WallTime Start { get; private set; }

    public WallTime End { get; private set; }

    private readonly ReadOnlySpan<byte> Provenance => JsonMembers.Find(_header, "acquisition_provenance"u8);

    /// <summary>
    /// Reads the time: a point, two ends, one end and a duration, or a date. A data point without one has that of its creation at the source, or
    /// of its own creation.
    /// </summary>
    public bool TryReadTime(in JsonRecord record, RecordReceiver records)
    {
        ReadOnlySpan<byte> frame = JsonMembers.Find(Body, "effective_time_frame"u8);
        if (frame.IsEmpty)
        {
            bool isRead = TryRead(JsonMembers.Find(_header, "source_creation_date_time"u8), record, records, out WallTime created)
                || TryRead(JsonMembers.Find(Provenance, "source_creation_date_time"u8), record, records, out created)
                || TryRead(JsonMembers.Find(_header, "creation_date_time"u8), record, records, out created);
            Start = End = created;
            return isRead;
        }

        if (TryRead(JsonMembers.Find(frame, "date_time"u8), record, records, out WallTime point))
        {
            Start = End = point;
            return true;
        }

        ReadOnlySpan<byte> interval = JsonMembers.Find(frame, "time_interval"u8);
        bool hasStart = TryRead(JsonMembers.Find(interval, "start_date_time"u8), record, records, out WallTime start);
        bool hasEnd = TryRead(JsonMembers.Find(interval, "end_date_time"u8), record, records, out WallTime end);
        long minutes = Minutes("body.effective_time_frame.time_interval.duration", JsonMembers.Find(interval, "duration"u8), record, records) ?? 0;
        long micros = (long)Int128.Clamp((Int128)minutes * 60, 0, RecordReceiver.MostMicros);
        if (!hasStart && !hasEnd)
        {
            hasStart = TryRead(JsonMembers.Find(interval, "date"u8), record, records, out start);
        }

        if (!hasStart && !hasEnd)
        {
            return false;
        }

        Start = hasStart ? start : end.TotalMicros > micros ? end.Plus(-micros) : end;
        End = hasEnd ? end : start.Plus(micros);
        return End.Day <= DateOnly.MaxValue.DayNumber;
    }

    /// <summary>Returns a duration in micros of a minute; null when it is missing or, which counts, it or its unit cannot be read.</summary>
    public static long? Minutes(string field, ReadOnlySpan<byte> duration, in JsonRecord record, RecordReceiver records) =>
        Number(field, duration, Metrics.ExerciseMinutes, record, records);

    /// <summary>Returns a value with a unit in micros of a metric's unit; null when it is missing or, which counts, it or its unit cannot be read.</summary>
    public static long? Number(string field, ReadOnlySpan<byte> value, Metric metric, in JsonRecord record, RecordReceiver records)
    {
        if (value is not [(byte)'{', ..])
        {
            ReadOnlySpan<byte> bare = JsonMembers.Text(value);
            if (!bare.IsEmpty)
            {
                records.CountUnreadable(field, record.Offset, bare, isText: true);
            }

            return null;
        }

        ReadOnlySpan<byte> unit = record.Decode(JsonMembers.Text(JsonMembers.Find(value, "unit"u8)));
        return records.Number(field, record.Offset, JsonMembers.Text(JsonMembers.Find(value, "value"u8)), unit, UnitTexts.Find(unit, metric));
    }

    /// <summary>Whether the value is a statistic that is no reading: a maximum, or for a part of a total anything but the total.</summary>
    public readonly bool IsOtherStatistic(Metric? metric)
    {
        ReadOnlySpan<byte> statistic = JsonMembers.Text(JsonMembers.Find(Body, "descriptive_statistic"u8));
        return !statistic.IsEmpty && !(metric?.Kind == MetricKind.Cumulative
            ? statistic.SequenceEqual("sum"u8) || statistic.SequenceEqual("total"u8) || statistic.SequenceEqual("count"u8)
            : statistic.SequenceEqual("average"u8) || statistic.SequenceEqual("mean"u8) || statistic.SequenceEqual("median"u8));
    }

    private static bool TryRead(ReadOnlySpan<byte> value, in JsonRecord record, RecordReceiver records, out WallTime time) =>
        StampReader.TryRead(record.Decode(JsonMembers.Text(value)), Unzoned.Local, records.Clock, out time);
}
