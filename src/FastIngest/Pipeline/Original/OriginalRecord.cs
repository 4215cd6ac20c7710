using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FastIngest.Health;
using FastIngest.Json;

namespace FastIngest.Pipeline.Original;

/// <summary>One record, read by the sections "From element to record" and "What counts as a value" of docs/reading.md.</summary>
internal sealed class OriginalRecord : IEquatable<OriginalRecord>
{
    private static readonly string[] DayFields = ["date", "date_time", "timestamp"];

    [ThreadStatic]
    private static JsonElement[]? t_values;

    private readonly string _time = "";
    private readonly string?[] _texts = [];
    private readonly long?[] _numbers = [];

    /// <summary>Reads the fields of an element, or finds out why it is not a record of the category.</summary>
    /// <param name="element">The element.</param>
    /// <param name="category">The category of its file.</param>
    /// <param name="previous">A record whose texts are used again where they are equal, because neighbours often have the same user and day.</param>
    public OriginalRecord(JsonElement element, Category category, OriginalRecord? previous = null)
    {
        Category = category;
        Reject = element.ValueKind != JsonValueKind.Object ? RejectReason.NotAnObject : IsUnicode(element) ? null : RejectReason.InvalidText;
        if (Reject is not null)
            return;

        OriginalFields fields = OriginalFields.Of(category);
        JsonElement[] values = Values(element, category, fields.All.Length);
        UserId = TextOf(values[RecordSchema.UserId], previous?.UserId) ?? "";
        JsonElement day = category == Category.Users ? default : DayValue(values);
        bool isDayOfPrevious = IsText(day, previous?._time);
        _time = isDayOfPrevious ? previous!._time : day.ToString();
        Day = isDayOfPrevious ? previous!.Day : OriginalDate.Day(_time);
        _texts = new string?[fields.Texts.Length];
        for (int i = 0; i < _texts.Length; i++)
            _texts[i] = TextOf(values[RecordSchema.FirstOwn + i], i < previous?._texts.Length ? previous._texts[i] : null);
        _numbers = new long?[fields.Numbers.Length];
        for (int i = 0; i < _numbers.Length; i++)
            _numbers[i] = OriginalNumber.Of(values[fields.FirstNumber + i]);
        if (category == Category.Measurements)
            Measured = [.. MeasurementNames(element).Select(name => (Name: name, Value: OriginalNumber.Of(Value(element, name)))).Where(m => m.Value is not null)
                .OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => (m.Name, m.Value!.Value))];
        Reject = UserId.Length == 0 ? RejectReason.NoUserId
            : category != Category.Users && Day is null ? OriginalDate.IsAmbiguous(day) ? RejectReason.AmbiguousDate : RejectReason.NoDate
            : category == Category.HeartRate && Number("value") is null ? RejectReason.NoValue : null;
    }

    private OriginalRecord(OriginalRecord other, PseudonymKey key)
    {
        (Category, Day, _time, _texts, _numbers, Measured) = (other.Category, other.Day, other._time, [.. other._texts], other._numbers, other.Measured);
        UserId = key.OfUser(other.UserId);
        if (Category == Category.Users && Text("name") is { } name)
            _texts[Array.IndexOf(OriginalFields.Of(Category).Texts, "name")] = Encoding.UTF8.GetString(key.OfName(Encoding.UTF8.GetBytes(name)));
    }

    public Category Category { get; }

    /// <summary>Why the element is not a record of the category; null when it is one.</summary>
    public RejectReason? Reject { get; }

    /// <summary>The user; empty if it is missing.</summary>
    public string UserId { get; } = "";

    /// <summary>The calendar day as written, as days since 0001-01-01; null for a profile and without a day.</summary>
    public int? Day { get; }

    /// <summary>The measurements of a record of that category in micros, in the order of their names.</summary>
    public (string Name, long Micros)[] Measured { get; } = [];

    /// <summary>The names of the fields of a <c>measurements</c> record that are measurements.</summary>
    public static IEnumerable<string> MeasurementNames(JsonElement element) => element.EnumerateObject().Select(property => property.Name).Distinct()
        .Where(name => !DayFields.Contains(name) && name != "id" && !name.EndsWith("_id", StringComparison.Ordinal));

    /// <summary>A text field of the category, or null if it is missing.</summary>
    public string? Text(string name) => _texts[Array.IndexOf(OriginalFields.Of(Category).Texts, name)];

    /// <summary>A number field of the category in micros, ties to even, or null if it is missing or beyond ±9·10^12.</summary>
    public long? Number(string name) => _numbers[Array.IndexOf(OriginalFields.Of(Category).Numbers, name)];

    /// <summary>The same, by its index among the numbers of the category.</summary>
    public long? NumberAt(int index) => _numbers[index];

    /// <summary>Whether all numbers of the category are there.</summary>
    public bool HasAllNumbers => Array.IndexOf(_numbers, null) < 0;

    /// <summary>Whether the record is in a selection; one that cannot be read is, so that it is rejected.</summary>
    public bool IsIn(RecordSelection selection) => Reject is RejectReason.NotAnObject or RejectReason.InvalidText
        || selection.Takes(Encoding.UTF8.GetBytes(UserId), Category == Category.Users ? RecordView.ProfileDay : Day ?? RecordView.NoDay);

    /// <summary>The same record with pseudonyms for the user id and the name of a profile.</summary>
    public OriginalRecord With(PseudonymKey key) => new(this, key);

    public bool Equals(OriginalRecord? other) => other is not null && (Category, UserId, _time) == (other.Category, other.UserId, other._time)
        && _texts.AsSpan().SequenceEqual(other._texts) && _numbers.AsSpan().SequenceEqual(other._numbers) && Measured.AsSpan().SequenceEqual(other.Measured);

    public override bool Equals(object? obj) => Equals(obj as OriginalRecord);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add((Category, UserId, _time));
        foreach (long? number in _numbers)
            hash.Add(number);
        return hash.ToHashCode();
    }

    /// <summary>The last value with a name; undefined without one.</summary>
    public static JsonElement Value(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value : default;

    /// <summary>The value of each field of a category, found in one pass; undefined where it is missing. Of several fields with a name the last one counts.</summary>
    private static JsonElement[] Values(JsonElement element, Category category, int count)
    {
        JsonElement[] values = t_values is { } there && there.Length >= count ? there : t_values = new JsonElement[count];
        Array.Clear(values);
        FieldNames names = RecordSchema.Of(category).Names;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (names.Find(OriginalFindings.NameOf(property)) is >= 0 and int index)
                values[index] = property.Value;
        }

        return values;
    }

    private static JsonElement DayValue(JsonElement[] values)
    {
        foreach (JsonElement value in values.AsSpan(RecordSchema.Date, DayFields.Length))
        {
            if (value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) && !IsText(value, ""))
                return value;
        }

        return default;
    }

    private static bool IsText(JsonElement value, string? text) => text is not null && value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    /// <summary>A value as text, which may be one that is there already; null if it is missing.</summary>
    private static string? TextOf(JsonElement v, string? there) => IsText(v, there) ? there!.Length > 0 ? there : null
        : v.ValueKind == JsonValueKind.String ? v.GetString() is { Length: > 0 } text ? text : null
        : v.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? v.GetRawText() : null;

    /// <summary>Whether every key and string is well-formed Unicode. An escape can be half of a character, so texts with escapes are decoded.</summary>
    private static bool IsUnicode(JsonElement element)
    {
        ReadOnlySpan<byte> written = JsonMarshal.GetRawUtf8Value(element);
        if (!written.Contains((byte)'\\'))
            return Utf8.IsValid(written);
        try { return TextLength(element) >= 0; }
        catch (InvalidOperationException) { return false; }
    }

    private static long TextLength(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()!.Length
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Sum(TextLength)
        : value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().Sum(property => property.Name.Length + TextLength(property.Value)) : 0;
}
