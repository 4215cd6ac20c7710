namespace FastIngest.Json;

/// <summary>
/// The fields of one record as a reader left them, by index into <see cref="Names"/>; reused from record to record.
/// Of a repeated name the last value stands.
/// </summary>
public sealed class RecordFields(FieldNames names)
{
    private readonly Field[] _values = new Field[names.Count];
    private readonly long[] _millionths = new long[names.Count];
    private (Field Name, Field Value)[] _others = new (Field, Field)[16];

    public FieldNames Names { get; } = names;

    /// <summary>The number of fields with other names, where <see cref="FieldNames.TakesOthers"/>.</summary>
    public int OtherCount { get; private set; }

    /// <summary>Fields with other names in the order of the record, repeats included.</summary>
    public ReadOnlySpan<(Field Name, Field Value)> Others => _others.AsSpan(0, OtherCount);

    public ref Field this[int index] => ref _values[index];

    internal Field[] Values => _values;

    internal long[] AllMillionths => _millionths;

    /// <summary>The value of a field whose kind is <see cref="FieldKind.Decimal"/>.</summary>
    public ref long Millionths(int index) => ref _millionths[index];

    /// <summary>
    /// How many of the record's first bytes are known to equal those of the record that was read before it into these
    /// fields; 0 when nothing is known.
    /// </summary>
    public int RepeatedBytes { get; set; }

    /// <summary>Changes whenever all fields were cleared.</summary>
    public int Generation { get; private set; }

    public void Clear()
    {
        Generation++;
        RepeatedBytes = 0;
        Array.Clear(_values);
        OtherCount = 0;
    }

    public void ClearOthers() => OtherCount = 0;

    public void AddOther(Field name, Field value)
    {
        if (OtherCount == _others.Length)
        {
            Array.Resize(ref _others, OtherCount * 2);
        }

        _others[OtherCount++] = (name, value);
    }
}
