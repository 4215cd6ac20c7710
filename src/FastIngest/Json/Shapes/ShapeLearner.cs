using System.Text.Json;

namespace FastIngest.Json.Shapes;

/// <summary>Splits a record into the nodes of its shape.</summary>
internal static class ShapeLearner
{
    /// <summary>A record with more values than this is not learned; the general reader reads it.</summary>
    private const int MaxSlots = 96;

    /// <summary>
    /// Adds the shape of a record that the general reader accepted as an object. False when the shape is too large.
    /// </summary>
    /// <param name="record">The bytes of the record.</param>
    /// <param name="fields">The fields of the record as the general reader set them.</param>
    /// <param name="tree">Receives the shape.</param>
    public static bool Learn(ReadOnlySpan<byte> record, RecordFields fields, ShapeTree tree)
    {
        FieldNames names = fields.Names;
        Utf8JsonReader reader = new(record);
        Builder builder = new(record, tree);
        short field = ShapeNode.NoField;
        int nameStart = 0;
        int nameLength = 0;
        bool nameIsEscaped = false;
        FieldPath path = new(names.HasPaths ? stackalloc byte[FieldPath.MaxBytes] : default, names.HasPaths ? stackalloc int[FieldPath.MaxDepth] : default);
        bool isMember = false;
        while (reader.Read())
        {
            int start = (int)reader.TokenStartIndex;
            bool isValue = isMember;
            isMember = reader.TokenType == JsonTokenType.PropertyName;
            if (names.HasPaths && isMember)
            {
                path.Name(reader.CurrentDepth, reader.ValueSpan);
            }
            else if (names.HasPaths && reader.TokenType is (JsonTokenType.StartObject or JsonTokenType.StartArray))
            {
                path.Enter(reader.CurrentDepth, isValue);
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName when reader.CurrentDepth == 1:
                    int index = GeneralReader.FindName(ref reader, names);
                    field = index >= 0 ? (short)index : names.TakesOthers ? ShapeNode.OtherField : ShapeNode.NoField;
                    nameStart = start + 1;
                    nameLength = reader.ValueSpan.Length;
                    nameIsEscaped = reader.ValueIsEscaped;
                    continue;
                case JsonTokenType.PropertyName:
                    field = names.HasPaths && !path.Bytes.IsEmpty ? (short)names.Find(path.Bytes) : ShapeNode.NoField;
                    continue;
                case JsonTokenType.String:
                    builder.Add(start + 1, start + 1 + reader.ValueSpan.Length, Slot(SlotKind.String));
                    break;
                case JsonTokenType.Number:
                    builder.Add(start, start + reader.ValueSpan.Length, Slot(field switch
                    {
                        ShapeNode.NoField => SlotKind.SkippedNumber,
                        ShapeNode.OtherField => SlotKind.OtherNumber,
                        _ => SlotKind.Number,
                    }));
                    break;
                case JsonTokenType.Null when field != ShapeNode.NoField:
                    builder.AddConstant(start, 4, Slot(SlotKind.Constant), FieldKind.Null);
                    break;
                case JsonTokenType.True or JsonTokenType.False when field != ShapeNode.NoField:
                    builder.AddConstant(start, reader.ValueSpan.Length, Slot(SlotKind.Constant), FieldKind.Boolean);
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray when field != ShapeNode.NoField:
                    builder.AddConstant(start, 1, Slot(SlotKind.Constant), FieldKind.Nested);
                    break;
                default:
                    continue;
            }

            // Values inside a nested value belong to no field.
            field = ShapeNode.NoField;
            if (builder.SlotCount > MaxSlots)
            {
                return false;
            }
        }

        builder.Add(record.Length, record.Length, new ShapeNode { Slot = SlotKind.End, Field = ShapeNode.NoField });
        return builder.Commit(names.KeyCount, fields.Unknown);

        ShapeNode Slot(SlotKind kind) => new()
        {
            Slot = kind,
            Field = field,
            NameDistance = field == ShapeNode.OtherField ? nameStart : 0,
            NameLength = field == ShapeNode.OtherField ? nameLength : 0,
            NameIsEscaped = field == ShapeNode.OtherField && nameIsEscaped,
        };
    }

    /// <summary>Collects all pieces before it adds them, so that a shape is learned completely or not at all.</summary>
    private ref struct Builder(ReadOnlySpan<byte> record, ShapeTree tree)
    {
        private readonly ReadOnlySpan<byte> _record = record;
        private readonly List<(int Start, int End, ShapeNode Node)> _pieces = [];
        private int _literalStart;

        public readonly int SlotCount => _pieces.Count;

        /// <summary>Adds a slot between two offsets; the bytes before it are its literal.</summary>
        public void Add(int slotStart, int slotEnd, ShapeNode node)
        {
            while (slotStart - _literalStart > ShapeNode.MaxLiteral)
            {
                _pieces.Add((_literalStart, _literalStart + ShapeNode.MaxLiteral, new ShapeNode { Slot = SlotKind.None, Field = ShapeNode.NoField }));
                _literalStart += ShapeNode.MaxLiteral;
            }

            if (node.Field == ShapeNode.OtherField)
            {
                node.NameDistance = slotStart - node.NameDistance;
            }

            _pieces.Add((_literalStart, slotStart, node));
            _literalStart = slotEnd;
        }

        public void AddConstant(int start, int length, ShapeNode node, FieldKind kind)
        {
            node.ConstantKind = kind;
            node.ConstantLength = (byte)length;
            Add(start + length, start + length, node);
        }

        /// <summary>Adds the pieces to the tree; <paramref name="unknown"/> are the fields of the record that are not read.</summary>
        public readonly bool Commit(int keyCount, ReadOnlySpan<UnknownField> unknown)
        {
            if (_pieces.Count > ShapeTree.MaxNodes)
            {
                return false;
            }

            if (!tree.HasRoomFor(_pieces.Count))
            {
                tree.Clear();
            }

            int parent = -1;
            foreach ((int start, int end, ShapeNode node) in _pieces)
            {
                parent = tree.GetOrAdd(parent, _record[start..end], node, keyCount);
            }

            if (!unknown.IsEmpty && !tree.KnowsUnknown(parent))
            {
                tree.SetUnknown(parent, UnknownFields.Names(_record, unknown));
            }

            return true;
        }
    }
}
