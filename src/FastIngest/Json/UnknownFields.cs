namespace FastIngest.Json;

/// <summary>A field of a record whose name the reader does not look for.</summary>
/// <param name="Name">The place of the name in the record.</param>
/// <param name="IsNull">Whether the value is null, so that the field is absent.</param>
internal readonly record struct UnknownField(Field Name, bool IsNull);

/// <summary>
/// The fields of one record that are not read. Names are decoded and long ones are cut. A name counts once in a record;
/// of a repeated name the last value decides whether the field is absent.
/// </summary>
internal static class UnknownFields
{
    /// <summary>Up to this many plain names are compared with each other in place.</summary>
    private const int MaxCompared = 16;

    /// <summary>Adds one to the count of each name.</summary>
    public static void Count(ReadOnlySpan<byte> record, ReadOnlySpan<UnknownField> fields, NameCounts counts)
    {
        if (!ArePlain(fields))
        {
            foreach (byte[] name in Names(record, fields))
            {
                counts.Add(name, 1);
            }

            return;
        }

        for (int i = 0; i < fields.Length; i++)
        {
            ReadOnlySpan<byte> name = TextOf(record, fields[i]);
            bool isLast = true;
            for (int later = i + 1; later < fields.Length && isLast; later++)
            {
                isLast = !name.SequenceEqual(TextOf(record, fields[later]));
            }

            if (isLast && !fields[i].IsNull)
            {
                counts.Add(name, 1);
            }
        }
    }

    /// <summary>Returns the distinct names of the fields that are present.</summary>
    public static IReadOnlyList<byte[]> Names(ReadOnlySpan<byte> record, ReadOnlySpan<UnknownField> fields)
    {
        Dictionary<string, (byte[] Name, bool IsNull)> names = [];
        foreach (UnknownField field in fields)
        {
            byte[] text = TextOf(record, field).ToArray();
            if (field.Name.Kind == FieldKind.EscapedString)
            {
                byte[] decoded = new byte[text.Length];
                text = decoded[..JsonString.Unescape(text, decoded)];
            }

            byte[] name = ShortText.Cut(text, ShortText.MaxNameBytes);
            names[Convert.ToHexString(name)] = (name, field.IsNull);
        }

        return [.. names.Values.Where(n => !n.IsNull).Select(n => n.Name)];
    }

    private static bool ArePlain(ReadOnlySpan<UnknownField> fields)
    {
        foreach (UnknownField field in fields)
        {
            if (field.Name.Kind == FieldKind.EscapedString || field.Name.Length > ShortText.MaxNameBytes)
            {
                return false;
            }
        }

        return fields.Length <= MaxCompared;
    }

    private static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> record, UnknownField field) => record.Slice(field.Name.Start, field.Name.Length);
}
