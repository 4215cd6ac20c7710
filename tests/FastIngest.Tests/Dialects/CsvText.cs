using System.Text;
using System.Text.Json;
using FastIngest.Dialects.CategoryJson;

namespace FastIngest.Tests.Dialects;

/// <summary>Converts JSON records to CSV.</summary>
internal static class CsvText
{
    /// <summary>Returns a CSV file with the records of a JSON file, whose values must be plain.</summary>
    public static byte[] Of(byte[] json, char delimiter = ',', string lineEnd = "\n")
    {
        JsonElement[] records = [.. new ReferenceJsonReader(json, 16 << 20).Records(null, new()).Where(r => r.Unread is null && r.Json.Span[0] == (byte)'{').Select(r => JsonElement.Parse(r.Json.Span))];
        string[] names = [.. records.SelectMany(r => r.EnumerateObject().Select(p => p.Name)).Distinct()];
        StringBuilder text = new(string.Join(delimiter, names.Select(n => Cell(n, delimiter))) + lineEnd);
        foreach (JsonElement record in records)
        {
            text.AppendJoin(delimiter, names.Select(n => record.TryGetProperty(n, out JsonElement value) ? Cell(TextOf(value), delimiter) : "")).Append(lineEnd);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };

    private static string Cell(string text, char delimiter) =>
        text.AsSpan().IndexOfAny($"\"\r\n \t{delimiter}") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
