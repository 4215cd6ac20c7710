namespace FastIngest.Json.Shapes;

/// <summary>What follows the literal bytes of a <see cref="ShapeNode"/>.</summary>
internal enum SlotKind : byte
{
    /// <summary>Nothing: the literal goes on in the next node.</summary>
    None,

    /// <summary>The inside of a string, up to its closing quote.</summary>
    String,

    /// <summary>A number.</summary>
    Number,

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
internal struct ShapeNode
{
    /// <summary>The lowest <see cref="LiteralLength"/> bits.</summary>
    public ulong LiteralMask;

    /// <summary>1 to 64 bytes; they stand at 64 times the node's number in the tree's literals.</summary>
    public int LiteralLength;

    /// <summary>First node behind the slot; -1 is none.</summary>
    public int Child;

    /// <summary>Node to try when this one does not match; -1 is none.</summary>
    public int Sibling;

    /// <summary>The length that a string had last; it is expected again.</summary>
    public int LastLength;

    /// <summary>How often a string's length was not the expected one; and, when that is often, that none is expected.</summary>
    public int Surprises;

    public bool Varies;

    /// <summary>How often the node matched since it was learned, as far as its place among its siblings depends on it.</summary>
    public int Hits;

    /// <summary>The field that the value belongs to: its index, <see cref="NoField"/> or <see cref="OtherField"/>.</summary>
    public short Field;

    public SlotKind Slot;

    /// <summary>Of a constant.</summary>
    public FieldKind ConstantKind;

    /// <summary>Of a constant: its bytes at the end of the literal.</summary>
    public byte ConstantLength;

    /// <summary>Of an other field's name: whether it has escapes.</summary>
    public bool NameIsEscaped;

    /// <summary>Of an other field: how far before the end of the literal its name starts, and its length in bytes.</summary>
    public int NameDistance, NameLength;

    public const short NoField = -1, OtherField = -2;
}
