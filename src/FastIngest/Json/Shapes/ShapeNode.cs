using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Json.Shapes;

/// <summary>What follows the literal bytes of a <see cref="ShapeNode"/>.</summary>
internal enum SlotKind : byte
{
    /// <summary>Nothing: the literal goes on in the next node.</summary>
    None,

    /// <summary>The inside of a string, up to its closing quote.</summary>
    String,

    /// <summary>A number of a field.</summary>
    Number,

    /// <summary>A number of an other field, whose text is wanted.</summary>
    OtherNumber,

    /// <summary>A number that is not wanted.</summary>
    SkippedNumber,

    /// <summary>Nothing, but the last bytes of the literal are a value: null, true, false, or an opening bracket.</summary>
    Constant,

    /// <summary>Nothing: the record ends with the literal.</summary>
    End,
}

/// <summary>
/// A step through a shape: literal bytes, then a slot. Nodes form a tree; those that may follow the same bytes are
/// each other's siblings, most likely first.
/// <code>
/// {\n    "user_id": "  ⟨string⟩  ",\n    "value": "  ⟨number⟩  \n  }  ⟨end⟩
///                               └ ",\n    "note": "  ⟨string⟩ …                   a sibling of ⟨number⟩'s node
/// </code>
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct ShapeNode
{
    public const short NoField = -1, OtherField = -2;

    /// <summary>The longest literal.</summary>
    public const int MaxLiteral = 64;

    /// <summary>The literal, then zeros.</summary>
    public LiteralBytes Literal;

    /// <summary>The lowest <see cref="LiteralLength"/> bits.</summary>
    public ulong LiteralMask;

    /// <summary>The fields that are set once the slot is read, a bit each.</summary>
    public ulong Fields;

    /// <summary>1 to 64 bytes.</summary>
    public int LiteralLength;

    /// <summary>The length that a string had last; it is expected again.</summary>
    public int LastLength;

    /// <summary>The field that the value belongs to: its index, <see cref="NoField"/> or <see cref="OtherField"/>.</summary>
    public short Field;

    /// <summary>Where that field's place is among the <see cref="FieldPlace"/>s, in bytes.</summary>
    public int PlaceOffset;

    public SlotKind Slot;

    /// <summary>Whether the lengths of the strings differ too often to be expected.</summary>
    public bool Varies;

    /// <summary>Whether a field stands twice on the way to here.</summary>
    public bool HasFieldTwice;

    /// <summary>Of a constant.</summary>
    public FieldKind ConstantKind;

    /// <summary>Of a constant: its bytes at the end of the literal.</summary>
    public byte ConstantLength;

    /// <summary>First node behind the slot, node to try when this one does not match, and node before: -1 is none.</summary>
    public short Child, Sibling, Parent;

    /// <summary>The field of the last string, up to here, of a key that may repeat, and its node: -1 is none.</summary>
    public short KeyField, KeyNode;

    /// <summary>Of an other field's name: whether it has escapes.</summary>
    public bool NameIsEscaped;

    /// <summary>Of an other field: how far before the end of the literal its name starts, and its length in bytes.</summary>
    public int NameDistance, NameLength;

    /// <summary>How often a string's length was not the expected one.</summary>
    public ushort Surprises;

    /// <summary>How often the node matched late, as far as its place among its siblings depends on it.</summary>
    public ushort Hits;

    [InlineArray(MaxLiteral)]
    public struct LiteralBytes
    {
        private byte _first;
    }
}
