using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastIngest.Health;
using FastIngest.Json;

namespace FastIngest.Pipeline.Original;

/// <summary>One record, read by the sections "From element to record" and "What counts as a value" of docs/reading.md.</summary>
internal sealed record OriginalRecord(JsonElement Element)
{
    private static readonly string[] DayFields = ["date", "date_time", "timestamp"];
    private static readonly Regex JsonNumber = new("""^[ \t\n\r]*(?<minus>-)?(?<whole>0|[1-9][0-9]*)(\.(?<fraction>[0-9]+))?([eE](?<sign>[+-]?)(?<power>[0-9]+))?[ \t\n\r]*\z""");

    /// <summary>The names of the fields of a <c>measurements</c> record that are measurements.</summary>
    public IEnumerable<string> MeasurementNames => Element.EnumerateObject().Select(property => property.Name).Distinct()
        .Where(name => !DayFields.Contains(name) && name != "id" && !name.EndsWith("_id", StringComparison.Ordinal));

    /// <summary>The calendar day as written.</summary>
    public int? Day => OriginalDate.Day(DayValue);

    /// <summary>The value that holds the day.</summary>
    private JsonElement DayValue => DayFields.Select(Value).FirstOrDefault(v => v.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) && !(v.ValueKind == JsonValueKind.String && v.ValueEquals("")));

    /// <summary>Returns why the element is not a record of the category; null when it is one.</summary>
    public RejectReason? Check(Category category)
    {
        try { _ = Element.ValueKind == JsonValueKind.Object ? TextLength(Element) : 0; }
        catch (InvalidOperationException) { return RejectReason.InvalidText; }
        return Element.ValueKind != JsonValueKind.Object ? RejectReason.NotAnObject
            : Text("user_id") is null ? RejectReason.NoUserId
            : category != Category.Users && Day is null ? OriginalDate.IsAmbiguous(DayValue) ? RejectReason.AmbiguousDate : RejectReason.NoDate
            : category == Category.HeartRate && Number("value") is null ? RejectReason.NoValue : null;
    }

    /// <summary>Whether the record is in a selection; one that cannot be read is, so that it is rejected.</summary>
    public bool IsIn(RecordSelection selection, Category category) => Check(category) is RejectReason.NotAnObject or RejectReason.InvalidText
        || selection.Takes(Encoding.UTF8.GetBytes(Text("user_id") ?? ""), category == Category.Users ? RecordView.ProfileDay : Day ?? RecordView.NoDay);

    /// <summary>The same record with pseudonyms for the user id and the name of a profile.</summary>
    public OriginalRecord With(PseudonymKey key, Category category)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            json.WriteString("user_id", key.OfUser(Encoding.UTF8.GetBytes(Text("user_id")!)));
            if (category == Category.Users && Text("name") is { } name)
                json.WriteString("name", key.OfName(Encoding.UTF8.GetBytes(name)));
            foreach (JsonProperty property in Element.EnumerateObject().Where(p => p.Name != "user_id" && (p.Name != "name" || category != Category.Users)))
                property.WriteTo(json);
            json.WriteEndObject();
        }
        return new(JsonDocument.Parse(text.ToArray()).RootElement);
    }

    /// <summary>A text that is the same for two records of a category if and only if they are equal.</summary>
    public string KeyOf(Category category)
    {
        FieldNames names = RecordSchema.Of(category).Names;
        var texts = Enumerable.Range(RecordSchema.FirstOwn, names.Count - RecordSchema.FirstOwn).Select(i => (Name: names.NameAt(i), IsText: i < RecordSchema.FirstOwn + RecordSchema.Of(category).TextCount));
        string time = category == Category.Users ? "" : DayValue.ToString();
        IEnumerable<string?> values = [category.Name(), Text("user_id"), time, .. texts.Select(f => f.IsText ? Text(f.Name) : Number(f.Name)?.ToString(CultureInfo.InvariantCulture)),
            .. category != Category.Measurements ? [] : MeasurementNames.Where(n => Number(n) is not null).Order(StringComparer.Ordinal).SelectMany(n => (string[])[n, $"{Number(n)}"])];
        return string.Concat(values.Select(v => v is null ? "-;" : string.Create(CultureInfo.InvariantCulture, $"{v.Length}:{v};")));
    }

    /// <summary>A text field, or null if it is missing.</summary>
    public string? Text(string name) => TextOf(Value(name));
    private static string? TextOf(JsonElement v) => v.ValueKind == JsonValueKind.String ? v.GetString() is { Length: > 0 } text ? text : null
        : v.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? v.GetRawText() : null;

    /// <summary>A number field in micros, ties to even, or null if it is missing or beyond ±9·10^12.</summary>
    public BigInteger? Number(string name) => NumberOf(Value(name));

    /// <summary>A value as a number in micros, as <see cref="Number"/> returns it.</summary>
    public static BigInteger? NumberOf(JsonElement value)
    {
        if (JsonNumber.Match(TextOf(value) ?? "") is not { Success: true } number)
            return null;
        // The number is digits · 10^exponent, and less than 10^places.
        (string fraction, string power) = (number.Groups["fraction"].Value, "0" + number.Groups["power"].Value.TrimStart('0'));
        string digits = (number.Groups["whole"].Value + fraction).TrimStart('0');
        long exponent = long.Parse(number.Groups["sign"].Value + (power.Length > 16 ? "1000000000000000" : power), CultureInfo.InvariantCulture) - fraction.Length;
        long places = digits.Length + exponent;
        if (digits.Length == 0 || places is < -6 or > 13)
            return digits.Length == 0 || places < 0 ? 0 : null;
        if (digits.Length > 40) // The removed digits are far below a millionth: one digit shows whether any of them is not zero.
            (digits, exponent) = (digits[..40] + (digits.AsSpan(40).ContainsAnyExcept('0') ? 1 : 0), places - 41);
        BigInteger micros = Divide(BigInteger.Parse(number.Groups["minus"].Value + digits + new string('0', 50), CultureInfo.InvariantCulture), BigInteger.Pow(10, (int)(44 - exponent)));
        return BigInteger.Abs(micros) > 9 * BigInteger.Pow(10, 18) ? null : micros;
    }

    /// <summary>The whole number nearest to a quotient, ties to even.</summary>
    public static BigInteger Divide(BigInteger value, BigInteger divisor) => BigInteger.DivRem(value, divisor) is var (quotient, rest)
        && (BigInteger.Abs(rest) * 2).CompareTo(divisor) is var half && (half > 0 || (half == 0 && !quotient.IsEven)) ? quotient + value.Sign : quotient;

    private JsonElement Value(string name) => Element.TryGetProperty(name, out JsonElement value) ? value : default;

    /// <summary>Decodes every key and string; throws at the first one that is not well-formed Unicode.</summary>
    private static long TextLength(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()!.Length
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Sum(TextLength)
        : value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().Sum(property => property.Name.Length + TextLength(property.Value)) : 0;
}
