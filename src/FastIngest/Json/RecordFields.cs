using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Json;

/// <summary>
/// The fields of one record as a reader left them, by index into <see cref="Names"/>; reused from record to record.
/// Of a repeated name the last value stands.
/// </summary>
public sealed unsafe class RecordFields
{
    /// <summary>Of <see cref="Dirty"/>: what is there is not known. There are fewer fields than bits.</summary>
    internal const ulong AllDirty = ulong.MaxValue;

    // Pinned, for the shape-learned reader to write through a pointer.
    private readonly FieldPlace[] _places;
    private (Field Name, Field Value)[] _others = new (Field, Field)[16];

    public RecordFields(FieldNames names)
    {
        Names = names;
        _places = GC.AllocateArray<FieldPlace>(names.Count + 1, pinned: true);
    }

    public FieldNames Names { get; }

    /// <summary>The number of fields with other names, where <see cref="FieldNames.TakesOthers"/>.</summary>
    public int OtherCount { get; private set; }

    /// <summary>Fields with other names in the order of the record, repeats included.</summary>
    public ReadOnlySpan<(Field Name, Field Value)> Others => _others.AsSpan(0, OtherCount);

    public ref Field this[int index] => ref _places[index].Field;

    // SAFETY: the array is pinned and lives as long as this object; its users hold this object.
    internal FieldPlace* Places => (FieldPlace*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_places));

    /// <summary>The value of a field whose kind is <see cref="FieldKind.Decimal"/>.</summary>
    public ref long Micros(int index) => ref _places[index].Micros;

    /// <summary>
    /// How many of the record's first bytes are known to equal those of the record that was read before it into these
    /// fields, whose key fields stood in the same places; 0 when nothing is known.
    /// </summary>
    public int RepeatedBytes { get; internal set; }

    /// <summary>The fields that may be other than missing, a bit each: what the next reader has to clear.</summary>
    internal ulong Dirty { get; set; }

    /// <summary>Clears all fields, for a reader that sets them one by one.</summary>
    public void Clear()
    {
        RepeatedBytes = 0;
        Dirty = AllDirty;
        Array.Clear(_places);
        OtherCount = 0;
    }

    /// <summary>Clears those of some fields that there are.</summary>
    internal void Clear(ulong fields)
    {
        for (int i = 0; i < Names.Count; i++)
        {
            if ((fields & (1ul << i)) != 0)
            {
                _places[i].Field = default;
            }
        }
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

/// <summary>A field's place: where its value is, and what it is if that was read already.</summary>
internal struct FieldPlace
{
    public Field Field;
    public long Micros;
}
