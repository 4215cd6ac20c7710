namespace FastIngest.Json;

/// <summary>
/// The fields of one record as a reader left them, by index into <see cref="Names"/>; reused from record to record.
/// Of a repeated name the last value stands.
/// </summary>
public sealed class RecordFields(FieldNames names)
{
    private readonly Field[] _values = new Field[names.Count];
    private (Field Name, Field Value)[] _others = new (Field, Field)[16];

    public FieldNames Names { get; } = names;

    /// <summary>The number of fields with other names, where <see cref="FieldNames.TakesOthers"/>.</summary>
    public int OtherCount { get; private set; }

    /// <summary>Fields with other names in the order of the record, repeats included.</summary>
    public ReadOnlySpan<(Field Name, Field Value)> Others => _others.AsSpan(0, OtherCount);

    public ref Field this[int index] => ref _values[index];

    public void Clear()
    {
        Array.Clear(_values);
        OtherCount = 0;
    }

    public void AddOther(Field name, Field value)
    {
        if (OtherCount == _others.Length)
        {
            Array.Resize(ref _others, OtherCount * 2);
        }

        _others[OtherCount++] = (name, value);
    }
}
