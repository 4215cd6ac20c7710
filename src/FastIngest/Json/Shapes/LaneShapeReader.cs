using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Json.Shapes;

/// <summary>
/// The shape-learned reader for one width of vectors: walks the tree of shapes along the bytes of a record.
/// <code>
/// 1. the first bytes, up to the day, are those of the record before: go on behind them     (runs of samples)
/// 2. otherwise from the root: literal equal? next slot; not equal? next sibling; none left? not a known shape
/// </code>
/// </summary>
internal sealed class LaneShapeReader<TLanes>(FieldNames names) : ShapeReader(names)
    where TLanes : struct, ILanes
{
    /// <summary>Of the last key value, how many bytes are expected to repeat: those of a day.</summary>
    private const int RepeatedValueBytes = 10;

    private const int MaxPrefix = 3 * StepBytes;

    // The record before: its first bytes, up to and into its last key value, and where in the tree that value stands.
    private readonly byte[] _prefix = new byte[MaxPrefix + StepBytes];
    private int _prefixLength;
    private int _prefixNode;
    private int _prefixSlot;
    private ulong _prefixSet;

    // How the record before ended: what it lacked is cleared already.
    private int _lastEnd = -1;
    private int _lastVersion = -1;
    private int _lastGeneration = -1;
    private RecordFields? _lastFields;

    [SkipLocalsInit]
    private protected override bool TryReadCore(ReadOnlySpan<byte> data, int start, RecordFields fields, out int length)
    {
        ShapeTree tree = Tree;
        length = 0;
        int limit = data.Length - (2 * StepBytes);
        if (tree.Root < 0)
        {
            return false;
        }

        // SAFETY: every load of 64 bytes is at an offset of at most limit + 64, so it ends within data; node numbers
        // come from the tree alone, whose arrays hold every node and 64 bytes behind every literal; field numbers come
        // from the names, for each of which the fields have a place.
        ref byte bytes = ref MemoryMarshal.GetReference(data);
        ref ShapeNode nodes = ref MemoryMarshal.GetArrayDataReference(tree.Nodes);
        ref byte literals = ref MemoryMarshal.GetArrayDataReference(tree.Literals);
        ref Field values = ref MemoryMarshal.GetArrayDataReference(fields.Values);
        bool knowsLast = tree.Version == _lastVersion && fields.Generation == _lastGeneration && ReferenceEquals(fields, _lastFields);
        ref ShapeNode current = ref nodes;
        int node = tree.Root;
        int position = start;
        int parent = -1;
        int at;
        int after;
        bool isLate = false;
        ulong set = 0;
        ulong twice = 0;
        fields.RepeatedBytes = 0;
        if (knowsLast && _lastEnd >= 0 && _prefixLength > 0 && start <= limit - MaxPrefix && RepeatsPrefix(ref Unsafe.Add(ref bytes, start)))
        {
            fields.RepeatedBytes = _prefixLength;
            node = _prefixNode;
            set = _prefixSet;
            current = ref Unsafe.Add(ref nodes, node);
            at = start + _prefixSlot;
            goto Slot;
        }

    Whole: // From the root.
        set = 0;
        _prefixSet = 0;
        fields.ClearOthers();

    Step: // The bytes at `position` follow the slot of `parent`; `node` is the first that may stand there.
        if (position > limit)
        {
            goto Unknown;
        }

    Literal: // Does the literal of `node` stand at `position`?
        current = ref Unsafe.Add(ref nodes, node);
        if (!TLanes.Matches(ref Unsafe.Add(ref bytes, position), ref Unsafe.Add(ref literals, node * ShapeTree.MaxLiteral), current.LiteralMask))
        {
            goto Sibling;
        }

        at = position + current.LiteralLength;

    Slot: // The slot of `node` starts at `at`.
        int field = current.Field;
        if (current.Slot == SlotKind.String)
        {
            ulong stops = TLanes.StringStopMask(ref Unsafe.Add(ref bytes, at));
            int textLength = BitOperations.TrailingZeroCount(stops);
            FieldKind kind = FieldKind.String;
            if (stops == 0 || Unsafe.Add(ref bytes, at + textLength) != '"')
            {
                textLength = LongString(data, at, textLength, out kind);
                if (textLength < 0)
                {
                    goto Sibling;
                }
            }

            // Where strings of a field are of one length, the place of the next value is known from the last record,
            // and the processor need not wait for this one's bytes.
            if (current.Varies)
            {
                after = at + textLength;
            }
            else if (textLength == current.LastLength)
            {
                after = at + current.LastLength;
            }
            else
            {
                after = at + textLength;
                NoteSurprise(ref current, textLength);
            }

            if (field >= 0)
            {
                Unsafe.Add(ref values, field) = new Field(at - start, textLength, kind);
                twice |= set & (1ul << field);
                set |= 1ul << field;
                if (fields.RepeatedBytes == 0 && field < fields.Names.KeyCount)
                {
                    _prefixNode = node;
                    _prefixSlot = at - start;
                    _prefixSet = set;
                }
            }
            else if (field == ShapeNode.OtherField)
            {
                AddOther(ref current, start, at, textLength, kind, fields);
            }
        }
        else if (current.Slot == SlotKind.Number)
        {
            int digits = NumberScan.ReadShort(ref Unsafe.Add(ref bytes, at), out long millionths);
            after = at + digits;
            if (field >= 0)
            {
                Unsafe.Add(ref values, field) = new Field(at - start, digits, FieldKind.Decimal);
                Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(fields.AllMillionths), field) = millionths;
                twice |= set & (1ul << field);
                set |= 1ul << field;
            }

            if (digits == 0 || field == ShapeNode.OtherField)
            {
                after = at + LongNumber(data, ref current, start, at, fields);
                if (after == at)
                {
                    goto Sibling;
                }
            }
        }
        else if (current.Slot == SlotKind.End)
        {
            length = at - start;
            goto Done;
        }
        else
        {
            after = at;
            if (current.Slot == SlotKind.Constant)
            {
                AddConstant(ref current, start, at, fields);
                ulong bit = field >= 0 ? 1ul << field : 0;
                twice |= set & bit;
                set |= bit;
            }
        }

        if (isLate)
        {
            isLate = false;
            tree.NoteLateMatch(parent, node);
        }

        parent = node;
        node = current.Child;
        position = after;
        goto Step;

    Sibling: // `node` does not stand at `position`; another one may.
        if (parent < 0 && fields.RepeatedBytes > 0)
        {
            fields.RepeatedBytes = 0;
            node = tree.Root;
            goto Whole;
        }

        node = current.Sibling;
        isLate = true;
        if (node >= 0)
        {
            goto Literal;
        }

    Unknown:
        _lastEnd = -1;
        _prefixLength = 0;
        return false;

    Done:
        if (!knowsLast || node != _lastEnd)
        {
            ClearMissing(node, set, fields);
        }

        if (twice != 0)
        {
            // A later value stands in a field of the prefix: the next record can not take it from there.
            _prefixLength = 0;
        }
        else if (fields.RepeatedBytes == 0)
        {
            KeepPrefix(data.Slice(start, length), fields);
        }

        return true;
    }

    /// <summary>Whether the record begins as the one before did.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool RepeatsPrefix(ref byte record)
    {
        ref byte prefix = ref MemoryMarshal.GetArrayDataReference(_prefix);
        int left = _prefixLength;
        for (int i = 0; ; i += StepBytes)
        {
            ulong mask = left >= StepBytes ? ulong.MaxValue : (1ul << left) - 1;
            if (!TLanes.Matches(ref Unsafe.Add(ref record, i), ref Unsafe.Add(ref prefix, i), mask))
            {
                return false;
            }

            left -= StepBytes;
            if (left <= 0)
            {
                return true;
            }
        }
    }

    /// <summary>Keeps the first bytes of a record for the next one to be compared with.</summary>
    private void KeepPrefix(ReadOnlySpan<byte> record, RecordFields fields)
    {
        _prefixLength = 0;
        if (_prefixSet == 0)
        {
            return;
        }

        int length = _prefixSlot + RepeatedValueBytes;
        if (length <= MaxPrefix && length < record.Length && !fields.Names.TakesOthers)
        {
            record[..length].CopyTo(_prefix);
            _prefixLength = length;
        }
    }

    // The rare cases stay out of the loop above, so that it keeps its values in registers.

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteSurprise(ref ShapeNode node, int length)
    {
        node.LastLength = length;
        node.Varies = ++node.Surprises > 64 && node.Surprises > ReadCount / 16;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LongString(ReadOnlySpan<byte> data, int at, int plain, out FieldKind kind)
    {
        int length = StringScan.Length(data[at..], plain, out bool isEscaped);
        kind = isEscaped ? FieldKind.EscapedString : FieldKind.String;
        return length;
    }

    /// <summary>Reads a number of any form; returns its length, or 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LongNumber(ReadOnlySpan<byte> data, ref ShapeNode node, int start, int at, RecordFields fields)
    {
        int length = NumberScan.Length(data[at..]);
        if (length > 0 && node.Field >= 0)
        {
            fields[node.Field] = new Field(at - start, length, FieldKind.Number);
        }
        else if (length > 0 && node.Field == ShapeNode.OtherField)
        {
            AddOther(ref node, start, at, length, FieldKind.Number, fields);
        }

        return length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddConstant(ref ShapeNode node, int start, int at, RecordFields fields)
    {
        int constantStart = at - node.ConstantLength;
        if (node.Field >= 0)
        {
            fields[node.Field] = new Field(constantStart - start, node.ConstantLength, node.ConstantKind);
        }
        else
        {
            AddOther(ref node, start, constantStart, node.ConstantLength, node.ConstantKind, fields, at);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddOther(
        ref ShapeNode node, int start, int valueStart, int valueLength, FieldKind kind, RecordFields fields, int literalEnd = -1)
    {
        int nameStart = (literalEnd < 0 ? valueStart : literalEnd) - node.NameDistance;
        fields.AddOther(
            new Field(nameStart - start, node.NameLength, node.NameIsEscaped ? FieldKind.EscapedString : FieldKind.String),
            new Field(valueStart - start, valueLength, kind));
    }

    /// <summary>Clears the fields that the record does not have; they stay clear while records end alike.</summary>
    private void ClearMissing(int endNode, ulong set, RecordFields fields)
    {
        for (int field = 0; field < fields.Names.Count; field++)
        {
            if ((set & (1ul << field)) == 0)
            {
                fields[field] = default;
            }
        }

        _lastEnd = endNode;
        _lastVersion = Tree.Version;
        _lastGeneration = fields.Generation;
        _lastFields = fields;
    }
}
