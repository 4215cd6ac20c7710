using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Json.Shapes;

/// <summary>The kind of slot after the literal bytes of a <see cref="ShapeNode"/>.</summary>
internal enum SlotKind : byte
{
    /// <summary>No slot: the literal continues in the next node.</summary>
    None,

    /// <summary>The bytes of a string up to its closing quote.</summary>
    String,

    /// <summary>A number that belongs to a field.</summary>
    Number,

    /// <summary>A number of a field with another name; its text is returned.</summary>
    OtherNumber,

    /// <summary>A number that no field needs.</summary>
    SkippedNumber,

    /// <summary>No slot; the last bytes of the literal are a value: null, true, false, or an opening brace or bracket.</summary>
    Constant,

    /// <summary>No slot: the record ends with the literal.</summary>
    End,
}

/// <summary>
/// One step of a shape: literal bytes, then a slot. Nodes form a tree. Nodes that can follow the same bytes are siblings,
/// the most likely one first.
/// <code>
/// {\n    "user_id": "  ⟨string⟩  ",\n    "value": "  ⟨number⟩  \n  }  ⟨end⟩
///                               └ ",\n    "note": "  ⟨string⟩ …                   a sibling of the ⟨number⟩ node
/// </code>
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct ShapeNode
{
    public const short NoField = -1, OtherField = -2;

    /// <summary>The maximum length of a literal in bytes.</summary>
    public const int MaxLiteral = 64;

    /// <summary>The literal, padded with zeros.</summary>
    public LiteralBytes Literal;

    /// <summary>The lowest <see cref="LiteralLength"/> bits are set.</summary>
    public ulong LiteralMask;

    /// <summary>One bit per field that is set after the slot is read.</summary>
    public ulong Fields;

    /// <summary>1 to 64 bytes.</summary>
    public int LiteralLength;

    /// <summary>The length of the last string in this slot; the next string is expected to have the same length.</summary>
    public int LastLength;

    /// <summary>The index of the field that the value belongs to, or <see cref="NoField"/> or <see cref="OtherField"/>.</summary>
    public short Field;

    public SlotKind Slot;

    /// <summary>Whether the string lengths vary too often to be predicted.</summary>
    public bool Varies;

    /// <summary>The offset of the field in the array of <see cref="FieldPlace"/>s, in bytes.</summary>
    public int PlaceOffset;

    /// <summary>Whether a field occurs twice on the path from the root to this node.</summary>
    public bool HasFieldTwice;

    /// <summary>The kind of a constant; only for <see cref="SlotKind.Constant"/>.</summary>
    public FieldKind ConstantKind;

    /// <summary>The length in bytes of the constant at the end of the literal.</summary>
    public byte ConstantLength;

    /// <summary>The first node after the slot, the node to try when this one does not match, and the previous node; -1 for none.</summary>
    public short Child, Sibling, Parent;

    /// <summary>Field and node of the last key string on the path to this node; -1 for none.</summary>
    public short KeyField, KeyNode;

    /// <summary>Whether the name of an <see cref="OtherField"/> has escapes.</summary>
    public bool NameIsEscaped;

    /// <summary>
    /// For an <see cref="OtherField"/>: the distance from the name's start to the end of the literal, and the name's
    /// length, in bytes.
    /// </summary>
    public int NameDistance, NameLength;

    /// <summary>How often a string did not have the expected length.</summary>
    public ushort Surprises;

    /// <summary>How often the node matched after its earlier siblings failed; it decides the order of the siblings.</summary>
    public ushort Hits;

    /// <summary>The number of accepted records whose shape ends here, since the counts were last taken.</summary>
    public int Accepted;

    [InlineArray(MaxLiteral)]
    public struct LiteralBytes
    {
        private byte _first;
    }
}
