using FastIngest.Dialects.JsonExports;

namespace FastIngest.Dialects.Fhir;

/// <summary>The members of a resource, or of an entry of a Bundle, as the bytes of their values.</summary>
internal ref struct FhirResource
{
    public ReadOnlySpan<byte> Type, Id, FullUrl, Status, Code, Subject, DateTime, Instant, Period, Quantity, Integer, Components, Device, Name, Gender;

    /// <summary>The resource of an entry, and its offset in the entry, in bytes.</summary>
    public ReadOnlySpan<byte> Inner;

    /// <summary>The entries of a Bundle, and their offset in the Bundle, in bytes.</summary>
    public ReadOnlySpan<byte> Entries;

    public int InnerAt, EntriesAt;

    /// <summary>The offset of the resource in the file, and its length, in bytes.</summary>
    public long Offset, Length;

    /// <summary>Reads the members.</summary>
    /// <param name="json">The object.</param>
    /// <param name="offset">Its offset in the file, in bytes.</param>
    /// <param name="fullUrl">The address that the entry around it gives.</param>
    public static FhirResource Read(ReadOnlySpan<byte> json, long offset, ReadOnlySpan<byte> fullUrl)
    {
        FhirResource resource = new() { Offset = offset, Length = json.Length, FullUrl = fullUrl };
        JsonMembers members = new(json is [(byte)'{', ..] ? json : default);
        while (members.Next())
        {
            resource.Take(members);
        }

        return resource;
    }

    private void Take(in JsonMembers member)
    {
        ReadOnlySpan<byte> name = member.Name;
        if (name.SequenceEqual("resourceType"u8))
        {
            Type = member.Value;
        }
        else if (name.SequenceEqual("id"u8))
        {
            Id = member.Value;
        }
        else if (name.SequenceEqual("status"u8))
        {
            Status = member.Value;
        }
        else if (name.SequenceEqual("code"u8))
        {
            Code = member.Value;
        }
        else if (name.SequenceEqual("subject"u8))
        {
            Subject = member.Value;
        }
        else if (name.SequenceEqual("effectiveDateTime"u8))
        {
            DateTime = member.Value;
        }
        else if (name.SequenceEqual("effectiveInstant"u8))
        {
            Instant = member.Value;
        }
        else if (name.SequenceEqual("effectivePeriod"u8))
        {
            Period = member.Value;
        }
        else if (name.SequenceEqual("valueQuantity"u8))
        {
            Quantity = member.Value;
        }
        else if (name.SequenceEqual("valueInteger"u8))
        {
            Integer = member.Value;
        }
        else if (name.SequenceEqual("component"u8))
        {
            Components = member.Value;
        }
        else if (name.SequenceEqual("device"u8))
        {
            Device = member.Value;
        }
        else if (name.SequenceEqual("name"u8))
        {
            Name = member.Value;
        }
        else if (name.SequenceEqual("gender"u8))
        {
            Gender = member.Value;
        }
        else if (name.SequenceEqual("fullUrl"u8))
        {
            FullUrl = member.Value;
        }
        else if (name.SequenceEqual("resource"u8))
        {
            Inner = member.Value;
            InnerAt = member.Offset;
        }
        else if (name.SequenceEqual("entry"u8))
        {
            Entries = member.Value;
            EntriesAt = member.Offset;
        }
    }
}
