using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.Fhir;

/// <summary>
/// Reads the form of nearly all Observations, one quantity of a known code at one point in time, from the fields that the shape-learned reader
/// has found. It does what <see cref="FhirObservation"/> does, and leaves every other resource to it.
/// </summary>
internal static class UsualObservation
{
    private const int Type = 0, Id = 1, Status = 2, Code = 3, Codings = 4, System = 5, CodingCode = 6, Subject = 7, Reference = 8, DateTime = 9,
        Quantity = 10, Value = 11, UnitCode = 12, UnitText = 13, Comparator = 14, FirstRare = 15, LastRare = 22, Resource = 24;

    /// <summary>
    /// Returns the names of the fields. Objects are named as well as their members, so that a second object of the same name is noticed; then those
    /// that the usual form does not have and <see cref="FhirResource"/> reads; and then what needs no mention in the report on unused fields.
    /// </summary>
    /// <param name="prefix">The path of the resource in the record.</param>
    public static FieldNames NamesOf(string prefix) => new(
        false,
        [
            .. ((string[])[
                "resourceType", "id", "status", "code", "code.coding", "code.coding.system", "code.coding.code", "subject", "subject.reference", "effectiveDateTime",
                "valueQuantity", "valueQuantity.value", "valueQuantity.code", "valueQuantity.unit", "valueQuantity.comparator",
                "component", "device", "effectiveInstant", "effectivePeriod", "valueInteger", "entry", "name", "gender",
            ]).Select(name => prefix + name),
            "fullUrl", "resource",
        ])
    {
        ReadElsewhere = [.. ((string[])["code.text", "code.coding.display", "valueQuantity.system"]).Select(name => prefix + name)],
    };

    /// <summary>Reads a record; false, and nothing is done, if it has another form.</summary>
    /// <param name="record">The record, a resource or an entry with one.</param>
    /// <param name="isEntry">Whether it is an entry.</param>
    /// <param name="records">Receives the sample.</param>
    public static bool TryRead(in JsonRecord record, bool isEntry, RecordReceiver records)
    {
        if (!record.HasFieldsOnce || record.Has(Resource) != isEntry || HasRareField(record) || !record.Text(Type).SequenceEqual("Observation"u8)
            || !record.IsObject(Code) || !record.IsObject(Subject) || !record.IsObject(Quantity) || record.IsObject(Codings) || (isEntry && !record.IsObject(Resource))
            || !record.Has(CodingCode) || !record.Has(System) || !record.AreTogether(System, CodingCode) || record.Has(Comparator)
            || FhirCodes.Find(record.Text(System), record.Text(CodingCode)) is not { } metric || metric.Kind == MetricKind.Sleep)
        {
            return false;
        }

        long stampsInUtc = records.Clock.UtcCount;
        ReadOnlySpan<byte> status = record.Text(Status), id = record.Text(Id), reference = record.Text(Reference), user = FhirReference.IdOf(reference);
        if (status.SequenceEqual("entered-in-error"u8) || status.SequenceEqual("cancelled"u8) || id.IsEmpty || user.IsEmpty
            || !FhirReference.TypeOf(reference).SequenceEqual("Patient"u8)
            || (UnitTexts.Find(record.Text(UnitCode), metric) ?? UnitTexts.Find(record.Text(UnitText), metric)) is not { } factor
            || !Samples.Quantity.TryParse(record.Text(Value), factor, out long micros)
            || !StampReader.TryRead(record.Text(DateTime), Unzoned.Local, records.Clock, out WallTime time))
        {
            // The general way reads the time once more.
            records.Clock.UtcCount = stampsInUtc;
            return false;
        }

        int start = isEntry ? record.Start(Resource) : 0, end = isEntry ? JsonSpans.EndOfValue(record.Element, start) : record.Element.Length;
        records.UseUser(user);
        records.AddSample(metric, default, time, time, micros, record.Offset + start, end - start, id: id);
        return true;
    }

    private static bool HasRareField(in JsonRecord record)
    {
        for (int field = FirstRare; field <= LastRare; field++)
        {
            if (record.Has(field))
            {
                return true;
            }
        }

        return false;
    }
}
