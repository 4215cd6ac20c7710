using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Json;

/// <summary>
/// The fields of one record, set by a reader and indexed like <see cref="Names"/>; reused for every record. The last value
/// of a repeated name counts.
/// </summary>
public sealed unsafe class RecordFields
{
    /// <summary>The value of <see cref="Dirty"/> when the state of all fields is unknown. There are fewer fields than bits.</summary>
    internal const ulong AllDirty = ulong.MaxValue;

    // Pinned, because the shape-learned reader writes through a pointer.
    private readonly FieldPlace[] _places;
    private (Field Name, Field Value)[] _others = new (Field, Field)[16];
    private UnknownField[] _unknown = new UnknownField[16];
    private int _unknownCount;

    public RecordFields(FieldNames names)
    {
        Names = names;
        _places = GC.AllocateArray<FieldPlace>(names.Count + 1, pinned: true);
    }

    public FieldNames Names { get; }

    /// <summary>The number of fields with other names; 0 unless <see cref="FieldNames.TakesOthers"/> is set.</summary>
    public int OtherCount { get; private set; }

    /// <summary>Fields with other names in the order of the record, repeats included.</summary>
    public ReadOnlySpan<(Field Name, Field Value)> Others => _others.AsSpan(0, OtherCount);

    public ref Field this[int index] => ref _places[index].Field;

    // SAFETY: the array is pinned and lives as long as this object; its users hold a reference to this object.
    internal FieldPlace* Places => (FieldPlace*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_places));

    /// <summary>The value of a field whose kind is <see cref="FieldKind.Decimal"/>.</summary>
    public ref long Micros(int index) => ref _places[index].Micros;

    /// <summary>
    /// Number of leading bytes of the record that are known to equal those of the previous record read into these fields, when
    /// the key fields of both are at the same offsets; 0 when nothing is known.
    /// </summary>
    public int RepeatedBytes { get; internal set; }

    /// <summary>One bit per field that may be set; the next reader must clear these fields.</summary>
    internal ulong Dirty { get; set; }

    /// <summary>
    /// The fields that are not read, in the order of the record. Only the general reader sets them; the shape-learned reader
    /// knows them from the shape.
    /// </summary>
    internal ReadOnlySpan<UnknownField> Unknown => _unknown.AsSpan(0, _unknownCount);

    /// <summary>Whether the shape-learned reader has set the fields.</summary>
    internal bool HaveShape => Dirty != AllDirty;

    /// <summary>Clears all fields. Readers call it before they set fields one by one.</summary>
    public void Clear()
    {
        _unknownCount = 0;
        RepeatedBytes = 0;
        Dirty = AllDirty;
        Array.Clear(_places);
        OtherCount = 0;
    }

    /// <summary>Clears the fields whose bits are set.</summary>
    internal void Clear(ulong fields)
    {
        for (ulong rest = fields & ((1ul << Names.Count) - 1); rest != 0; rest &= rest - 1)
        {
            _places[BitOperations.TrailingZeroCount(rest)].Field = default;
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

    internal void AddUnknown(UnknownField field)
    {
        if (_unknownCount == _unknown.Length)
        {
            Array.Resize(ref _unknown, _unknownCount * 2);
        }

        _unknown[_unknownCount++] = field;
    }
}

/// <summary>Storage of one field: the place of its value, and the value in micros if it is already parsed.</summary>
internal struct FieldPlace
{
    public Field Field;
    public long Micros;
}
