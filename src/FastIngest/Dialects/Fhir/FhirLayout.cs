using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Json;

namespace FastIngest.Dialects.Fhir;

/// <summary>Reads resources, entries of Bundles, and Bundles that stand among resources.</summary>
internal sealed class FhirLayout : JsonLayout
{
    /// <summary>The layout of resources.</summary>
    public static readonly FhirLayout Resources = new("");

    /// <summary>The layout of the entries of a Bundle.</summary>
    public static readonly FhirLayout Entries = new("resource.");

    private readonly bool _isEntries;

    private FhirLayout(string prefix)
    {
        Names = UsualObservation.NamesOf(prefix);
        _isEntries = prefix.Length > 0;
    }

    public override FieldNames Names { get; }

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!UsualObservation.TryRead(record, _isEntries, records))
        {
            Read(record.Element, 0, default, record, records);
        }
    }

    /// <param name="json">The resource or entry.</param>
    /// <param name="at">Its offset in the record, in bytes.</param>
    /// <param name="fullUrl">The address that the entry gives to the resource.</param>
    /// <param name="record">The record.</param>
    /// <param name="records">Receives what the resource holds.</param>
    private static void Read(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> fullUrl, in JsonRecord record, RecordReceiver records)
    {
        FhirResource resource = new(json, record.Offset + at, fullUrl);
        ReadOnlySpan<byte> type = record.Decode(JsonMembers.Text(resource.Type));
        if (type.IsEmpty && !resource.Inner.IsEmpty)
        {
            Read(resource.Inner, at + resource.InnerAt, resource.FullUrl, record, records);
        }
        else if (type.SequenceEqual("Observation"u8))
        {
            FhirObservation.Read(resource, record, records);
        }
        else if (type.SequenceEqual("Patient"u8))
        {
            FhirPatient.Read(resource, record, records);
        }
        else if (type.SequenceEqual("Bundle"u8) && !resource.Entries.IsEmpty)
        {
            JsonMembers entries = new(resource.Entries);
            while (entries.Next())
            {
                Read(entries.Value, at + resource.EntriesAt + entries.Offset, default, record, records);
            }
        }
        else
        {
            records.PassOver(type.IsEmpty ? "object without a resourceType"u8 : type[..ShortText.LengthOf(type, ShortText.MaxNameBytes)]);
        }
    }
}
