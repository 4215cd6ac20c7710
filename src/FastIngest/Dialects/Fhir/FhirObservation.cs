using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.Fhir;

/// <summary>An Observation: its value and the values of its components are samples of the metrics that their codes name.</summary>
internal static class FhirObservation
{
    /// <summary>Reads an Observation.</summary>
    public static void Read(in FhirResource resource, in JsonRecord record, RecordReceiver records)
    {
        ReadOnlySpan<byte> status = JsonMembers.Text(resource.Status);
        if (status.SequenceEqual("entered-in-error"u8) || status.SequenceEqual("cancelled"u8))
        {
            records.Reject(resource.Offset, resource.Length, RejectReason.Withdrawn);
            return;
        }

        bool hasValue = !resource.Quantity.IsEmpty || !resource.Integer.IsEmpty;
        if (!hasValue && !HasComponentValue(resource.Components) && !IsSleepPeriod(resource, record))
        {
            records.PassOver(NameOf(resource.Code, record));
            return;
        }

        if (!SetUser(resource, record, records))
        {
            return;
        }

        if (!TryReadTimes(resource, record, records, out WallTime start, out WallTime end))
        {
            records.Reject(resource.Offset, resource.Length, RejectReason.NoDate);
            return;
        }

        ReadOnlySpan<byte> id = record.Decode(JsonMembers.Text(resource.Id.IsEmpty ? resource.FullUrl : resource.Id));
        Reading reading = new()
        {
            Start = start,
            End = end,
            Id = id,
            Source = record.Decode(JsonMembers.Text(JsonMembers.Find(resource.Device, "display"u8))),
            Offset = resource.Offset,
            Length = resource.Length,
        };
        if (hasValue || resource.Components.IsEmpty)
        {
            Add(reading, resource.Code, resource.Quantity, resource.Integer, record, records);
        }

        JsonMembers components = new(resource.Components);
        while (components.Next())
        {
            ReadOnlySpan<byte> quantity = JsonMembers.Find(components.Value, "valueQuantity"u8), integer = JsonMembers.Find(components.Value, "valueInteger"u8);
            ReadOnlySpan<byte> code = JsonMembers.Find(components.Value, "code"u8);
            if (quantity.IsEmpty && integer.IsEmpty)
            {
                records.PassOver(NameOf(code, record));
            }
            else
            {
                Add(reading, code, quantity, integer, record, records);
            }
        }
    }

    /// <summary>Adds one value.</summary>
    private static void Add(in Reading reading, ReadOnlySpan<byte> code, ReadOnlySpan<byte> quantity, ReadOnlySpan<byte> integer, in JsonRecord record, RecordReceiver records)
    {
        Metric? known = MetricOf(code, record);
        if (known?.Kind == MetricKind.Sleep)
        {
            AddSleep(reading, known, quantity, record, records);
            return;
        }

        if (!JsonMembers.Find(quantity, "comparator"u8).IsEmpty)
        {
            records.PassOver([.. NameOf(code, record), .. " with a comparator"u8]);
            return;
        }

        ReadOnlySpan<byte> text = quantity.IsEmpty ? JsonMembers.Text(integer) : record.Decode(JsonMembers.Text(JsonMembers.Find(quantity, "value"u8)));
        (Metric metric, UnitFactor factor) = Resolve(known, code, quantity, record);
        if (!Quantity.TryParse(text, factor, out long micros))
        {
            records.Reject(reading.Offset, reading.Length, RejectReason.NoValue);
            return;
        }

        records.AddSample(metric, reading.Source, reading.Start, reading.End, micros, reading.Offset, reading.Length, id: reading.Id);
    }

    /// <summary>
    /// Adds sleep. The total is a whole sleep. A stage is an interval if its value is the length of its period; otherwise it is a total of which
    /// the place in the night is unknown.
    /// </summary>
    private static void AddSleep(in Reading reading, Metric stage, ReadOnlySpan<byte> quantity, in JsonRecord record, RecordReceiver records)
    {
        long periodMinutes = (reading.End.TotalMicros - reading.Start.TotalMicros) / 60;
        if (quantity.IsEmpty)
        {
            records.AddSample(stage, reading.Source, reading.Start, reading.End, 0, reading.Offset, reading.Length, id: reading.Id);
        }
        else if (UnitOf(quantity, stage, record, out _) is not { } minutes
            || !Quantity.TryParse(record.Decode(JsonMembers.Text(JsonMembers.Find(quantity, "value"u8))), minutes, out long value))
        {
            records.Reject(reading.Offset, reading.Length, RejectReason.NoValue);
        }
        else if (stage == Metrics.Sleep)
        {
            records.AddSleep(default, reading.End, value / 60, null, null, null, reading.Offset, reading.Length, reading.Id);
        }
        else if (Math.Abs(periodMinutes - value) <= 1_000_000)
        {
            records.AddSample(stage, reading.Source, reading.Start, reading.End, 0, reading.Offset, reading.Length, id: reading.Id);
        }
        else
        {
            Metric total = UnlistedMetrics.Of([.. stage.Utf8Name, .. "_total"u8], "min"u8);
            records.AddSample(total, reading.Source, reading.End, reading.End, value, reading.Offset, reading.Length, id: reading.Id);
        }
    }

    /// <summary>Returns the metric of a value and the conversion of its unit. A known metric with a unit that cannot be converted is a metric of its own.</summary>
    private static (Metric Metric, UnitFactor Factor) Resolve(Metric? known, ReadOnlySpan<byte> code, ReadOnlySpan<byte> quantity, in JsonRecord record)
    {
        ReadOnlySpan<byte> unit;
        if (known is null)
        {
            _ = UnitOf(quantity, Metrics.Steps, record, out unit);
            return (UnlistedMetrics.Of(NameOf(code, record), unit), UnitFactor.One);
        }

        return UnitOf(quantity, known, record, out unit) is { } factor ? (known, factor) : (UnlistedMetrics.Of(known.Utf8Name, unit), UnitFactor.One);
    }

    /// <summary>Returns the conversion of a quantity's unit: of its UCUM code, or else of its text; and the one that names the unit best.</summary>
    private static UnitFactor? UnitOf(ReadOnlySpan<byte> quantity, Metric metric, scoped in JsonRecord record, out ReadOnlySpan<byte> unit)
    {
        ReadOnlySpan<byte> code = record.Decode(JsonMembers.Text(JsonMembers.Find(quantity, "code"u8))), text = record.Decode(JsonMembers.Text(JsonMembers.Find(quantity, "unit"u8)));
        unit = code.IsEmpty ? text : code;
        return UnitTexts.Find(code, metric) ?? UnitTexts.Find(text, metric);
    }

    /// <summary>Returns the metric of the first coding that is known.</summary>
    private static Metric? MetricOf(ReadOnlySpan<byte> code, in JsonRecord record)
    {
        JsonMembers codings = new(JsonMembers.Find(code, "coding"u8));
        while (codings.Next())
        {
            ReadOnlySpan<byte> system = JsonMembers.Find(codings.Value, "system"u8), value = JsonMembers.Find(codings.Value, "code"u8);
            if (FhirCodes.Find(record.Decode(JsonMembers.Text(system)), JsonMembers.Text(value)) is { } metric)
            {
                return metric;
            }
        }

        return null;
    }

    /// <summary>Returns a name for people: the text of a code, or else the display or the code of its first coding that has one.</summary>
    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> code, in JsonRecord record)
    {
        ReadOnlySpan<byte> name = JsonMembers.Text(JsonMembers.Find(code, "text"u8));
        JsonMembers codings = new(JsonMembers.Find(code, "coding"u8));
        while (name.IsEmpty && codings.Next())
        {
            name = JsonMembers.Text(JsonMembers.Find(codings.Value, "display"u8));
            name = name.IsEmpty ? JsonMembers.Text(JsonMembers.Find(codings.Value, "code"u8)) : name;
        }

        name = record.Decode(name);
        return name.IsEmpty ? "Observation"u8 : name[..ShortText.LengthOf(name, ShortText.MaxNameBytes)];
    }

    private static bool HasComponentValue(ReadOnlySpan<byte> components)
    {
        JsonMembers list = new(components);
        while (list.Next())
        {
            if (!JsonMembers.Find(list.Value, "valueQuantity"u8).IsEmpty || !JsonMembers.Find(list.Value, "valueInteger"u8).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSleepPeriod(in FhirResource resource, in JsonRecord record) =>
        resource.Components.IsEmpty && !resource.Period.IsEmpty && MetricOf(resource.Code, record)?.Kind == MetricKind.Sleep;

    /// <summary>Sets the user; false, and passes the Observation over, when its subject is no person.</summary>
    private static bool SetUser(in FhirResource resource, in JsonRecord record, RecordReceiver records)
    {
        ReadOnlySpan<byte> reference = record.Decode(JsonMembers.Text(JsonMembers.Find(resource.Subject, "reference"u8)));
        ReadOnlySpan<byte> type = FhirReference.TypeOf(reference), id = FhirReference.IdOf(reference);
        if (!type.IsEmpty && !type.SequenceEqual("Patient"u8))
        {
            records.PassOver([.. "Observation of a "u8, .. type[..ShortText.LengthOf(type, ShortText.MaxNameBytes)]]);
            return false;
        }

        records.UseUser(id);
        return true;
    }

    private static bool TryReadTimes(in FhirResource resource, in JsonRecord record, RecordReceiver records, out WallTime start, out WallTime end)
    {
        ReadOnlySpan<byte> point = resource.DateTime.IsEmpty ? resource.Instant : resource.DateTime;
        if (!point.IsEmpty)
        {
            bool isRead = TryReadTime(point, record, records, out start);
            end = start;
            return isRead;
        }

        bool hasStart = TryReadTime(JsonMembers.Find(resource.Period, "start"u8), record, records, out start);
        bool hasEnd = TryReadTime(JsonMembers.Find(resource.Period, "end"u8), record, records, out end);
        (start, end) = (hasStart ? start : end, hasEnd ? end : start);
        return hasStart || hasEnd;
    }

    private static bool TryReadTime(ReadOnlySpan<byte> value, in JsonRecord record, RecordReceiver records, out WallTime time) =>
        StampReader.TryRead(record.Decode(JsonMembers.Text(value)), Unzoned.Local, records.Clock, out time);

    /// <summary>What the values of an Observation have in common.</summary>
    private readonly ref struct Reading
    {
        public WallTime Start { get; init; }

        public WallTime End { get; init; }

        public ReadOnlySpan<byte> Id { get; init; }

        public ReadOnlySpan<byte> Source { get; init; }

        public long Offset { get; init; }

        public long Length { get; init; }
    }
}
