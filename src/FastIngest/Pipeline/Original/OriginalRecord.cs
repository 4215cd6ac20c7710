using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastIngest.Health;

namespace FastIngest.Pipeline.Original;

/// <summary>The fields of one valid record, by "From element to record" and "What counts as a value" in docs/reading.md.</summary>
internal sealed partial class OriginalRecord
{
    private readonly Dictionary<string, JsonElement> _fields = [];

    /// <summary>The fields of a record of <c>measurements</c> that are measurements.</summary>
    public IEnumerable<string> MeasurementNames => _fields.Keys.Where(name => Number(name) is not null
        && name is not ("user_id" or "date" or "date_time" or "timestamp" or "id") && !name.EndsWith("_id", StringComparison.Ordinal));

    /// <summary>The calendar day as written, or null.</summary>
    public int? Day
    {
        get
        {
            string[] keys = ["date", "date_time", "timestamp"];
            string? key = keys.FirstOrDefault(k => Kind(k) is not (JsonValueKind.Undefined or JsonValueKind.Null));
            return key is not null && Kind(key) == JsonValueKind.String && DayShape.Match(Text(key) ?? "") is { Success: true } day
                && DateOnly.TryParseExact(day.Groups[1].ValueSpan, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
                ? date.DayNumber : null;
        }
    }

    /// <summary>Takes the fields of an element; says why it is no record of the category.</summary>
    public RejectReason? Fill(JsonElement element, Category category)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return RejectReason.NotAnObject;
        }

        try
        {
            Decode(element);
        }
        catch (InvalidOperationException)
        {
            return RejectReason.InvalidText;
        }

        foreach (JsonProperty field in element.EnumerateObject())
        {
            _fields[field.Name] = field.Value;
        }

        return Text("user_id") is null ? RejectReason.NoUserId
            : category != Category.Users && Day is null ? RejectReason.NoDate
            : category == Category.HeartRate && Number("value") is null ? RejectReason.NoValue
            : null;
    }

    /// <summary>A text field, or null if it is missing.</summary>
    public string? Text(string name) => Kind(name) switch
    {
        JsonValueKind.String => _fields[name].GetString() is { Length: > 0 } text ? text : null,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => _fields[name].GetRawText(),
        _ => null,
    };

    /// <summary>A number field in millionths, or null if it is missing.</summary>
    public long? Number(string name) =>
        Kind(name) is JsonValueKind.String or JsonValueKind.Number ? OriginalNumber.Parse(Text(name) ?? "") : null;

    private JsonValueKind Kind(string name) => _fields.TryGetValue(name, out JsonElement value) ? value.ValueKind : default;

    /// <summary>Decodes every key and string; the first that is not well-formed Unicode throws.</summary>
    private static void Decode(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty field in value.EnumerateObject())
                {
                    _ = field.Name;
                    Decode(field.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Decode(item);
                }

                break;
            case JsonValueKind.String:
                _ = value.GetString();
                break;
        }
    }

    [GeneratedRegex("""^([0-9]{4}-[0-9]{2}-[0-9]{2})([T ]([01][0-9]|2[0-3]):[0-5][0-9](:([0-5][0-9]|60)(\.[0-9]+)?)?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?)?\z""")]
    private static partial Regex DayShape { get; }
}
