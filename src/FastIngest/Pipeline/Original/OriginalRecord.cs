using System.Text;
using FastIngest.Health;

namespace FastIngest.Pipeline.Original;

/// <summary>One record, read by the sections "From element to record" and "What counts as a value" of docs/reading.md.</summary>
internal sealed class OriginalRecord : IEquatable<OriginalRecord>
{
    /// <summary>Stands for a number that is missing: no number is that small.</summary>
    private const long Missing = long.MinValue;

    private readonly string _time = "";
    private readonly string?[] _texts = [];
    private readonly long[] _numbers;

    /// <summary>Reads the fields of an element.</summary>
    /// <param name="element">The element.</param>
    /// <param name="file">The index of its file.</param>
    /// <param name="defaultUser">The user of records that name none; empty without one.</param>
    /// <param name="previous">A record whose day is used again where it is written in the same way, because neighbours often have the same one.</param>
    public OriginalRecord(OriginalElement element, int file, string defaultUser = "", OriginalRecord? previous = null)
    {
        (Category, File) = (element.Category, file);
        OriginalFields fields = OriginalFields.Of(Category);
        UserId = element.Text(RecordSchema.UserId) ?? defaultUser;
        if (Category != Category.Users && DayField(element) is int field)
        {
            _time = element.Text(field) ?? "";
            Day = previous?._time == _time ? previous.Day : OriginalDate.Day(_time);
        }

        if (fields.Texts.Length > 0)
            _texts = new string?[fields.Texts.Length];
        for (int i = 0; i < _texts.Length; i++)
            _texts[i] = element.Text(RecordSchema.FirstOwn + i);
        _numbers = new long[fields.Numbers.Length];
        for (int i = 0; i < _numbers.Length; i++)
            _numbers[i] = OriginalNumber.Of(element.Values[fields.FirstNumber + i]) ?? Missing;
        if (Category == Category.Measurements)
            Measured = MeasurementsOf(element);
    }

    private OriginalRecord(OriginalRecord other, string userId, string?[] texts, long[] numbers) =>
        (Category, File, UserId, Day, _time, _texts, _numbers, Measured) = (other.Category, other.File, userId, other.Day, other._time, texts, numbers, other.Measured);

    public Category Category { get; }

    /// <summary>The index of the file of the record.</summary>
    public int File { get; }

    /// <summary>The user; empty if it is missing.</summary>
    public string UserId { get; }

    /// <summary>The calendar day as written, as days since 0001-01-01; null for a profile and without a day.</summary>
    public int? Day { get; }

    /// <summary>The measurements of a record of that category in micros, in the order of their names.</summary>
    public (string Name, long Micros)[] Measured { get; } = [];

    /// <summary>Why the element is not a record of its category; null when it is one.</summary>
    public RejectReason? Reject => UserId.Length == 0 ? RejectReason.NoUserId
        : Category != Category.Users && Day is null ? OriginalDate.IsAmbiguous(_time) ? RejectReason.AmbiguousDate : RejectReason.NoDate
        : Category == Category.HeartRate && NumberAt(0) is null ? RejectReason.NoValue : null;

    /// <summary>A text field of the category, or null if it is missing.</summary>
    public string? Text(string name) => TextAt(Array.IndexOf(OriginalFields.Of(Category).Texts, name));

    /// <summary>The same, by its index among the texts of the category.</summary>
    public string? TextAt(int index) => _texts[index];

    /// <summary>A number field of the category in micros, ties to even, or null if it is missing or beyond ±9·10^12.</summary>
    public long? Number(string name) => NumberAt(OriginalFields.Of(Category).IndexOfNumber(name));

    /// <summary>The same, by its index among the numbers of the category.</summary>
    public long? NumberAt(int index) => _numbers[index] == Missing ? null : _numbers[index];

    /// <summary>Whether the record is in a selection.</summary>
    public bool IsIn(RecordSelection selection) => selection.Takes(Encoding.UTF8.GetBytes(UserId), Category == Category.Users ? RecordView.ProfileDay : Day ?? RecordView.NoDay);

    /// <summary>The same record without some of its numbers.</summary>
    public OriginalRecord Without(IEnumerable<int> numbers)
    {
        OriginalRecord record = new(this, UserId, _texts, [.. _numbers]);
        foreach (int index in numbers)
            record._numbers[index] = Missing;
        return record;
    }

    /// <summary>The same record with pseudonyms for the user id and the name of a profile.</summary>
    public OriginalRecord With(PseudonymKey key)
    {
        OriginalRecord record = new(this, key.OfUser(UserId), [.. _texts], _numbers);
        if (Category == Category.Users && Text("name") is { } name)
            record._texts[Array.IndexOf(OriginalFields.Of(Category).Texts, "name")] = Encoding.UTF8.GetString(key.OfName(Encoding.UTF8.GetBytes(name)));
        return record;
    }

    public bool Equals(OriginalRecord? other) => other is not null && (Category, UserId, _time) == (other.Category, other.UserId, other._time)
        && _texts.AsSpan().SequenceEqual(other._texts) && _numbers.AsSpan().SequenceEqual(other._numbers) && Measured.AsSpan().SequenceEqual(other.Measured);

    public override bool Equals(object? obj) => Equals(obj as OriginalRecord);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add((Category, UserId, _time));
        foreach (long number in _numbers)
            hash.Add(number);
        return hash.ToHashCode();
    }

    private static (string Name, long Micros)[] MeasurementsOf(OriginalElement element)
    {
        SortedDictionary<string, long?> measured = new(StringComparer.Ordinal);
        foreach (OriginalField field in element.Others)
            measured[Encoding.UTF8.GetString(field.Name.Span)] = OriginalNumber.Of(field.Value);
        List<(string, long)> numbers = [];
        foreach ((string name, long? micros) in measured)
        {
            if (micros is not null)
                numbers.Add((name, micros.Value));
        }

        return [.. numbers];
    }

    /// <summary>The index of the field of the day: the first one that is present, not null and not an empty string.</summary>
    private static int? DayField(OriginalElement element)
    {
        for (int field = RecordSchema.Date; field <= RecordSchema.Timestamp; field++)
        {
            if (!element.Values[field].IsNull && element.Values[field].Written.Span is not [(byte)'"', (byte)'"'])
                return field;
        }

        return null;
    }
}
