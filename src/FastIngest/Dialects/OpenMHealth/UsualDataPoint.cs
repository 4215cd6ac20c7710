using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.OpenMHealth;

/// <summary>
/// Reads the form of nearly all data points, one number of a known schema at a point in time or in an interval with two ends, from the fields
/// that the shape-learned reader has found. It does what <see cref="OpenMHealthLayout"/> does otherwise, and leaves every other data point to it.
/// </summary>
internal static class UsualDataPoint
{
    private const int Id = 0, User = 1, SchemaName = 2, Source = 3, Point = 4, Start = 5, End = 6, OtherSource = 7, Statistic = 8, Header = 9, SchemaId = 10, Provenance = 11, Body = 12, Frame = 13, Interval = 14, FirstMeasure = 15;

    /// <summary>The fields of a measure, from its first one: the measure, its value, its unit.</summary>
    private const int Value = 1, Unit = 2, MeasureFields = 3;

    // An energy is of another metric if the data point names an activity.
    private static readonly Schema[] Measures = [.. Schemas.OfMetrics.Where(s => s.Metric != Metrics.TotalEnergy)];

    /// <summary>The names of the fields. Objects are named as well as their members, so that a second object of the same name is noticed.</summary>
    public static FieldNames Names { get; } = new(
        false,
        [
            "header.id", "header.user_id", "header.schema_id.name", "header.acquisition_provenance.source_name", "body.effective_time_frame.date_time",
            "body.effective_time_frame.time_interval.start_date_time", "body.effective_time_frame.time_interval.end_date_time",
            "header.source_name", "body.descriptive_statistic", "header", "header.schema_id", "header.acquisition_provenance", "body",
            "body.effective_time_frame", "body.effective_time_frame.time_interval",
            .. Measures.SelectMany(m => (string[])[$"body.{m.MemberName}", $"body.{m.MemberName}.value", $"body.{m.MemberName}.unit"]),
        ])
    {
        ReadElsewhere =
        [
            "header.uuid", "header.creation_date_time", "header.source_creation_date_time", "header.acquisition_provenance.source_creation_date_time",
            "header.schema_id.namespace", "header.schema_id.version",
            "body.effective_time_frame.time_interval.date", "body.effective_time_frame.time_interval.duration", "body.activity_name", "body.duration",
            "body.kcal_burned", "body.calories_burned", "body.total_sleep_time", "body.sleep_duration", "body.deep_sleep_duration", "body.rem_sleep_duration",
        ],
    };

    /// <summary>Reads a data point; false, and nothing is done, if it has another form.</summary>
    public static bool TryRead(in JsonRecord record, RecordReceiver records)
    {
        ReadOnlySpan<byte> name = record.Text(SchemaName), user = record.Text(User), id = record.Text(Id);
        int measure = MeasureOf(name);
        if (!record.HasFieldsOnce || measure < 0 || !record.IsObject(Header) || !record.IsObject(SchemaId) || !record.IsObject(Body) || !record.IsObject(Frame)
            || (record.Has(Provenance) && !record.IsObject(Provenance)) || record.Has(OtherSource) || record.Has(Statistic) || user.IsEmpty || id.IsEmpty)
        {
            return false;
        }

        int field = FirstMeasure + (measure * MeasureFields);
        bool isBare = record.Kind(field) is FieldKind.Decimal or FieldKind.Number;
        Metric metric = Measures[measure].Metric!;
        long stampsInUtc = records.Clock.UtcCount;
        if ((!isBare && !(record.IsObject(field) && record.Has(field + Value)))
            || UnitTexts.Find(isBare ? default : record.Text(field + Unit), metric) is not { } factor
            || !Quantity.TryParse(record.Text(isBare ? field : field + Value), factor, out long micros)
            || !TryReadTimes(record, records, out WallTime start, out WallTime end))
        {
            // The general way reads the times once more.
            records.Clock.UtcCount = stampsInUtc;
            return false;
        }

        records.UseUser(user);
        records.AddSample(metric, record.Text(Source), start, end, micros, record.Offset, record.Length, id: id);
        return true;
    }

    private static bool TryReadTimes(in JsonRecord record, RecordReceiver records, out WallTime start, out WallTime end)
    {
        end = default;
        if (record.Has(Point))
        {
            bool isRead = TryRead(record, Point, records, out start);
            end = start;
            return isRead;
        }

        start = default;
        return record.IsObject(Interval) && TryRead(record, Start, records, out start) && TryRead(record, End, records, out end) && end.Day <= DateOnly.MaxValue.DayNumber;
    }

    private static bool TryRead(in JsonRecord record, int field, RecordReceiver records, out WallTime time) =>
        StampReader.TryRead(record.Text(field), Unzoned.Local, records.Clock, out time);

    private static int MeasureOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < Measures.Length; i++)
        {
            if (Schemas.AreSame(name, Measures[i].Utf8Name))
            {
                return i;
            }
        }

        return -1;
    }
}
