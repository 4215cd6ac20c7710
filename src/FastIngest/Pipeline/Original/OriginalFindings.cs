using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FastIngest.Health;
using FastIngest.Json;

namespace FastIngest.Pipeline.Original;

/// <summary>Finds what is unusual about the fields of a record by the section "What is counted" of docs/reading.md.</summary>
internal static class OriginalFindings
{
    private const int LongestName = 100;

    /// <summary>Returns the fields of an accepted record that are not read. Of several fields with a name the last one counts, after long names are cut.</summary>
    /// <param name="element">The record.</param>
    /// <param name="category">Its category.</param>
    /// <param name="previous">What was returned for the record before, whose names are used again where they are equal.</param>
    public static List<byte[]> Unknown(JsonElement element, Category category, List<byte[]> previous)
    {
        FieldNames names = RecordSchema.Of(category).Names;
        List<byte[]> unknown = [];
        if (category == Category.Measurements)
            return unknown;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            ReadOnlySpan<byte> name = NameOf(property);
            if (names.Find(name) >= 0)
                continue;
            byte[] cut = name.Length <= LongestName && unknown.Count < previous.Count && name.SequenceEqual(previous[unknown.Count]) ? previous[unknown.Count] : Cut(name);
            int earlier = 0;
            while (earlier < unknown.Count && !unknown[earlier].AsSpan().SequenceEqual(cut))
                earlier++;
            if (earlier == unknown.Count && property.Value.ValueKind != JsonValueKind.Null)
                unknown.Add(cut);
            else if (earlier < unknown.Count && property.Value.ValueKind == JsonValueKind.Null)
                unknown.RemoveAt(earlier);
        }

        return unknown;
    }

    /// <summary>Returns the number fields of an accepted record that hold something else, and their values.</summary>
    public static IEnumerable<(byte[] Name, byte[] Value, bool IsText)> Unreadable(JsonElement element, OriginalRecord record)
    {
        if (record.HasAllNumbers && record.Category != Category.Measurements)
            return [];
        string[] names = record.Category == Category.Measurements ? [.. OriginalRecord.MeasurementNames(element)]
            : Array.FindAll(OriginalFields.Of(record.Category).Numbers, name => record.Number(name) is null && OriginalRecord.Value(element, name).ValueKind != JsonValueKind.Undefined);
        if (names.Length == 0)
            return [];
        return element.EnumerateObject().Where(p => names.Contains(p.Name)).GroupBy(p => Convert.ToHexString(Cut(NameOf(p)))).Select(g => (Name: Cut(NameOf(g.First())), g.Last().Value))
            .Where(f => f.Value.ValueKind != JsonValueKind.Null && OriginalNumber.Of(f.Value) is null)
            .Where(f => f.Value.ValueKind != JsonValueKind.String || f.Value.GetString()!.AsSpan().Trim(" \t\r\n").Length > 0)
            .Select(f => (f.Name, Encoding.UTF8.GetBytes(Shown(f.Value)), f.Value.ValueKind == JsonValueKind.String));
    }

    /// <summary>Returns the number fields outside of their range, and their values.</summary>
    public static List<(string Field, string Value)> Implausible(OriginalRecord record)
    {
        List<(string, string)> found = [];
        foreach ((string field, int index, long min, long max) in OriginalFields.Of(record.Category).Ranges)
        {
            if (record.NumberAt(index) is long number && (number < min || number > max))
                found.Add((field, OriginalNumber.Plain(number)));
        }

        return found;
    }

    /// <summary>Returns the record with other values for some fields; null for the value null.</summary>
    public static JsonElement With(JsonElement record, IReadOnlyDictionary<string, string?> values)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            foreach (JsonProperty property in record.EnumerateObject().Where(p => !values.ContainsKey(p.Name)))
                property.WriteTo(json);
            foreach ((string name, string? value) in values)
                json.WriteString(name, value);
            json.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(bytes.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>The name of a field in UTF-8.</summary>
    public static ReadOnlySpan<byte> NameOf(JsonProperty property)
    {
        ReadOnlySpan<byte> written = JsonMarshal.GetRawUtf8PropertyName(property);
        return written.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(property.Name) : written;
    }

    private static byte[] Cut(ReadOnlySpan<byte> name)
    {
        if (name.Length <= LongestName)
            return name.ToArray();
        List<byte> cut = [];
        foreach (byte[] rune in Encoding.UTF8.GetString(name).EnumerateRunes().Select(r => Encoding.UTF8.GetBytes(r.ToString())))
        {
            if (cut.Count + rune.Length > LongestName)
                break;
            cut.AddRange(rune);
        }

        return [.. cut, .. "…"u8];
    }

    private static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{…}",
        JsonValueKind.Array => "[…]",
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };
}
