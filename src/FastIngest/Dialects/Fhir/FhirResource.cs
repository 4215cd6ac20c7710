using System.Runtime.CompilerServices;
using FastIngest.Dialects.JsonExports;
using FastIngest.Json;

namespace FastIngest.Dialects.Fhir;

/// <summary>The members of a resource, or of an entry of a Bundle, as the bytes of their values; empty without one.</summary>
internal readonly ref struct FhirResource
{
    private static readonly FieldNames Names = new(
        false, "resourceType", "id", "fullUrl", "status", "code", "subject", "effectiveDateTime", "effectiveInstant", "effectivePeriod", "valueQuantity", "valueInteger",
        "component", "device", "name", "gender", "resource", "entry");

    private readonly ReadOnlySpan<byte> _json, _fullUrl;
    private readonly Places _places;

    /// <param name="json">The object.</param>
    /// <param name="offset">Its offset in the file, in bytes.</param>
    /// <param name="fullUrl">The address that the entry around it gives.</param>
    public FhirResource(ReadOnlySpan<byte> json, long offset, ReadOnlySpan<byte> fullUrl)
    {
        _json = json;
        _fullUrl = fullUrl;
        Offset = offset;
        JsonMembers members = new(json is [(byte)'{', ..] ? json : default);
        while (members.Next())
        {
            int index = Names.Find(members.Name);
            if (index >= 0)
            {
                _places[index] = (members.Offset, members.Value.Length);
            }
        }
    }

    public ReadOnlySpan<byte> Type => this[0];

    public ReadOnlySpan<byte> Id => this[1];

    public ReadOnlySpan<byte> FullUrl => this[2].IsEmpty ? _fullUrl : this[2];

    public ReadOnlySpan<byte> Status => this[3];

    public ReadOnlySpan<byte> Code => this[4];

    public ReadOnlySpan<byte> Subject => this[5];

    public ReadOnlySpan<byte> DateTime => this[6];

    public ReadOnlySpan<byte> Instant => this[7];

    public ReadOnlySpan<byte> Period => this[8];

    public ReadOnlySpan<byte> Quantity => this[9];

    public ReadOnlySpan<byte> Integer => this[10];

    public ReadOnlySpan<byte> Components => this[11];

    public ReadOnlySpan<byte> Device => this[12];

    public ReadOnlySpan<byte> Name => this[13];

    public ReadOnlySpan<byte> Gender => this[14];

    /// <summary>The resource of an entry.</summary>
    public ReadOnlySpan<byte> Inner => this[15];

    /// <summary>The offset of the resource in the entry, in bytes.</summary>
    public int InnerAt => _places[15].Start;

    /// <summary>The entries of a Bundle.</summary>
    public ReadOnlySpan<byte> Entries => this[16];

    /// <summary>The offset of the entries in the Bundle, in bytes.</summary>
    public int EntriesAt => _places[16].Start;

    /// <summary>The offset of the resource in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>The length of the resource in bytes.</summary>
    public long Length => _json.Length;

    private ReadOnlySpan<byte> this[int index] => _json.Slice(_places[index].Start, _places[index].Length);

    [InlineArray(17)]
    private struct Places
    {
        private (int Start, int Length) _first;
    }
}
