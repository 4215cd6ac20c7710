using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using FastIngest.Health;

namespace FastIngest.Pipeline.Original;

/// <summary>Finds what is unusual about the fields of a record by the section "What is counted" of docs/reading.md.</summary>
internal static class OriginalFindings
{
    /// <summary>Returns the fields of an accepted record that are not read.</summary>
    public static IEnumerable<byte[]> Unknown(JsonElement record, Category category) => category == Category.Measurements ? [] : LastByCutName(record, name => RecordSchema.Of(category).Names.Find(Encoding.UTF8.GetBytes(name)) < 0)
        .Where(f => f.Value.ValueKind != JsonValueKind.Null).Select(f => f.Name);

    /// <summary>Returns the number fields of an accepted record that hold something else, and their values.</summary>
    public static IEnumerable<(byte[] Name, byte[] Value, bool IsText)> Unreadable(OriginalRecord record, Category category)
    {
        HashSet<string> measured = [.. record.MeasurementNames];
        return LastByCutName(record.Element, name => category == Category.Measurements ? measured.Contains(name) : PlausibleRanges.Of(category).ContainsKey(name))
            .Where(f => f.Value.ValueKind != JsonValueKind.Null && OriginalRecord.NumberOf(f.Value) is null)
            .Where(f => f.Value.ValueKind != JsonValueKind.String || f.Value.GetString()!.AsSpan().Trim(" \t\r\n").Length > 0)
            .Select(f => (f.Name, Encoding.UTF8.GetBytes(Shown(f.Value)), f.Value.ValueKind == JsonValueKind.String));
    }

    /// <summary>Returns the number fields outside of their range, and their values.</summary>
    public static IEnumerable<(string Field, string Value)> Implausible(OriginalRecord record, Category category) => PlausibleRanges.Of(category)
        .Select(r => (Field: r.Key, Range: r.Value, Number: record.Number(r.Key)))
        .Where(f => f.Number is BigInteger number && (number < f.Range.Min * 1_000_000 || number > f.Range.Max * 1_000_000))
        .Select(f => (f.Field, ((decimal)f.Number!.Value / 1_000_000).ToString("0.######", CultureInfo.InvariantCulture)));

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

    /// <summary>Returns the last property for each name after long names are cut.</summary>
    private static IEnumerable<(byte[] Name, JsonElement Value)> LastByCutName(JsonElement record, Func<string, bool> isWanted) => record.EnumerateObject()
        .Where(p => isWanted(p.Name)).Select(p => (Name: Cut(p.Name), p.Value)).GroupBy(p => Convert.ToHexString(p.Name)).Select(g => g.Last());

    private static byte[] Cut(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= 100)
            return Encoding.UTF8.GetBytes(name);
        List<byte> cut = [];
        foreach (byte[] rune in name.EnumerateRunes().Select(r => Encoding.UTF8.GetBytes(r.ToString())))
        {
            if (cut.Count + rune.Length > 100)
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
