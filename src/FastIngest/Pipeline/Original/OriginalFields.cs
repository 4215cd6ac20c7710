using FastIngest.Health;

namespace FastIngest.Pipeline.Original;

/// <summary>The fields of a category besides its user and day: the names of its texts, and of its numbers with their plausible ranges in micros.</summary>
internal sealed class OriginalFields
{
    private static readonly OriginalFields[] ByCategory = [.. Enum.GetValues<Category>().Select(category => new OriginalFields(category))];

    private OriginalFields(Category category)
    {
        RecordSchema schema = RecordSchema.Of(category);
        string[] names = [.. Enumerable.Range(0, RecordSchema.FirstOwn + schema.TextCount + schema.NumberCount).Select(schema.Names.NameAt)];
        Texts = names[RecordSchema.FirstOwn..^schema.NumberCount];
        Numbers = names[^schema.NumberCount..];
        Ranges = [.. PlausibleRanges.Of(category).Select(r => (r.Key, Array.IndexOf(Numbers, r.Key), r.Value.Min * 1_000_000, r.Value.Max * 1_000_000))];
        FirstNumber = names.Length - Numbers.Length;
    }

    /// <summary>The index of the first number among all fields: the user and the day, then the texts, then the numbers.</summary>
    public int FirstNumber { get; }

    public string[] Texts { get; }

    public string[] Numbers { get; }

    public (string Field, int Number, long Min, long Max)[] Ranges { get; }

    /// <summary>The index of a number among the numbers.</summary>
    public int IndexOfNumber(string name) => Array.IndexOf(Numbers, name);

    public static OriginalFields Of(Category category) => ByCategory[(int)category];
}
