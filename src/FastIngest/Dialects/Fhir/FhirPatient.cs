using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;

namespace FastIngest.Dialects.Fhir;

/// <summary>A Patient becomes the profile of a user: its name and its gender.</summary>
internal static class FhirPatient
{
    private const int MaxNameBytes = 256;

    /// <summary>Reads a Patient.</summary>
    public static void Read(in FhirResource resource, in JsonRecord record, RecordReceiver records)
    {
        ReadOnlySpan<byte> id = record.Decode(JsonMembers.Text(resource.Id));
        id = id.IsEmpty ? FhirReference.IdOf(record.Decode(JsonMembers.Text(resource.FullUrl))) : id;
        if (id.IsEmpty)
        {
            records.PassOver("Patient without an id"u8);
            return;
        }

        records.UseUser(id);
        Span<byte> name = stackalloc byte[MaxNameBytes];
        records.AddProfile(name[..WriteName(resource.Name, record, name)], record.Decode(JsonMembers.Text(resource.Gender)), resource.Offset, resource.Length);
    }

    /// <summary>Writes the official name, or else the first one: its text, or the given names and the family name.</summary>
    private static int WriteName(ReadOnlySpan<byte> names, in JsonRecord record, Span<byte> target)
    {
        ReadOnlySpan<byte> chosen = default;
        JsonMembers list = new(names);
        while (list.Next())
        {
            if (chosen.IsEmpty || JsonMembers.Text(JsonMembers.Find(list.Value, "use"u8)).SequenceEqual("official"u8))
            {
                chosen = list.Value;
            }
        }

        int length = 0;
        Add(record.Decode(JsonMembers.Text(JsonMembers.Find(chosen, "text"u8))), target, ref length);
        if (length > 0)
        {
            return length;
        }

        JsonMembers given = new(JsonMembers.Find(chosen, "given"u8));
        while (given.Next())
        {
            Add(record.Decode(JsonMembers.Text(given.Value)), target, ref length);
        }

        Add(record.Decode(JsonMembers.Text(JsonMembers.Find(chosen, "family"u8))), target, ref length);
        return length;
    }

    /// <summary>Adds a part of a name after a blank, as far as there is room.</summary>
    private static void Add(ReadOnlySpan<byte> part, Span<byte> target, ref int length)
    {
        int blank = length > 0 ? 1 : 0;
        if (part.IsEmpty || length + blank + part.Length > target.Length)
        {
            return;
        }

        target[length] = (byte)' ';
        part.CopyTo(target[(length + blank)..]);
        length += blank + part.Length;
    }
}
