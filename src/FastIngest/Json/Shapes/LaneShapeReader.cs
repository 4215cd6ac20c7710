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
    private int _prefixNode = -1;
    private int _prefixSlot;

    // How the record before ended: what it lacked is cleared already.
    private int _lastEnd = -1;
    private int _lastVersion = -1;
    private int _lastGeneration = -1;
    private RecordFields? _lastFields;

    [SkipLocalsInit]
    private protected override bool TryReadCore(ReadOnlySpan<byte> data, int start, RecordFields fields, out int length)
    {
        length = 0;
        int limit = data.Length - (2 * StepBytes);
        int node = Tree.Root;
        if (node < 0 || start > limit)
        {
            _prefixLength = 0;
            return false;
        }

        // SAFETY: every load of 64 bytes is at an offset of at most limit + 64, so it ends within data; node numbers
        // come from the tree alone; field numbers come from the names, for each of which the fields have a place.
        ref byte record = ref Unsafe.Add(ref MemoryMarshal.GetReference(data), start);
        ref ShapeNode nodes = ref MemoryMarshal.GetArrayDataReference(Tree.Nodes);
        ref Field values = ref MemoryMarshal.GetArrayDataReference(fields.Values);
        nint end = limit - start;
        nint position = 0;
        nint at;
        bool isLate = false;
        bool isWhole = true;
        ref ShapeNode current = ref nodes;
        if (_prefixLength > 0 && _lastEnd >= 0 && KnowsLast(fields) && end >= MaxPrefix && RepeatsPrefix(ref record))
        {
            isWhole = false;
            node = _prefixNode;
            current = ref Unsafe.Add(ref nodes, node);
            at = _prefixSlot;
            goto Slot;
        }

    Whole: // From the root.
        fields.ClearOthers();
        _prefixNode = -1;

    Literal: // Does the literal of `node` stand at `position`?
        current = ref Unsafe.Add(ref nodes, node);
        if (!TLanes.Matches(ref Unsafe.Add(ref record, position), ref Unsafe.As<ShapeNode, byte>(ref current), current.LiteralMask))
        {
            goto Sibling;
        }

        at = position + current.LiteralLength;

    Slot: // The slot of `node` starts at `at`.
        int field = current.Field;
        nint after = at;
        if (current.Slot == SlotKind.String)
        {
            ulong stops = TLanes.StringStopMask(ref Unsafe.Add(ref record, at));
            int textLength = BitOperations.TrailingZeroCount(stops);
            FieldKind kind = FieldKind.String;
            if (stops == 0 || Unsafe.Add(ref record, at + textLength) != '"')
            {
                textLength = LongString(data[(start + (int)at)..], textLength, out kind);
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
                Unsafe.Add(ref values, field) = new Field((int)at, textLength, kind);
                if (current.EndsKey && isWhole)
                {
                    _prefixNode = node;
                    _prefixSlot = (int)at;
                }
            }
            else if (field == ShapeNode.OtherField)
            {
                AddOther(ref current, (int)at, textLength, kind, fields);
            }
        }
        else if (current.Slot == SlotKind.Number)
        {
            int digits = NumberScan.ReadShort(ref Unsafe.Add(ref record, at), out long millionths);
            after = at + digits;
            if (field >= 0)
            {
                Unsafe.Add(ref values, field) = new Field((int)at, digits, FieldKind.Decimal);
                Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(fields.AllMillionths), field) = millionths;
            }

            if (digits == 0 || field == ShapeNode.OtherField)
            {
                after = at + LongNumber(data[(start + (int)at)..], ref current, (int)at, fields);
                if (after == at)
                {
                    goto Sibling;
                }
            }
        }
        else if (current.Slot == SlotKind.End)
        {
            length = (int)at;
            Finish(node, isWhole, data.Slice(start, length), fields);
            return true;
        }
        else if (current.Slot == SlotKind.Constant)
        {
            AddConstant(ref current, (int)at, fields);
        }

        if (isLate)
        {
            isLate = false;
            Tree.NoteLateMatch(node);
        }

        position = after;
        node = current.Child;
        if (position <= end)
        {
            goto Literal;
        }

        goto Unknown;

    Sibling: // `node` does not stand at `position`; another one may, or behind a repeated prefix one from the root.
        if (!isWhole && node == _prefixNode)
        {
            isWhole = true;
            node = Tree.Root;
            goto Whole;
        }

        isLate = true;
        node = current.Sibling;
        if (node >= 0)
        {
            goto Literal;
        }

    Unknown:
        _lastEnd = -1;
        _prefixLength = 0;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool KnowsLast(RecordFields fields) =>
        Tree.Version == _lastVersion && fields.Generation == _lastGeneration && ReferenceEquals(fields, _lastFields);

    /// <summary>Says how much repeats, clears the fields that the record does not have, and keeps its prefix for the next one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish(int endNode, bool isWhole, ReadOnlySpan<byte> record, RecordFields fields)
    {
        fields.RepeatedBytes = isWhole ? 0 : _prefixLength;
        if (endNode != _lastEnd || !KnowsLast(fields))
        {
            ClearMissing(endNode, fields);
        }

        if (isWhole)
        {
            KeepPrefix(record, fields);
        }
        else if (Tree.Nodes[endNode].HasFieldTwice)
        {
            // A later value stands in a field of the prefix: the next record can not take it from there.
            _prefixLength = 0;
        }
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
        int length = _prefixSlot + RepeatedValueBytes;
        if (_prefixNode >= 0 && length <= MaxPrefix && length < record.Length && !fields.Names.TakesOthers && !Tree.Nodes[_lastEnd].HasFieldTwice)
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
        node.Surprises = (ushort)Math.Min(node.Surprises + 1, ushort.MaxValue);
        node.Varies = node.Surprises > 64 && node.Surprises > ReadCount / 16;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LongString(ReadOnlySpan<byte> text, int plain, out FieldKind kind)
    {
        int length = StringScan.Length(text, plain, out bool isEscaped);
        kind = isEscaped ? FieldKind.EscapedString : FieldKind.String;
        return length;
    }

    /// <summary>Reads a number of any form; returns its length, or 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LongNumber(ReadOnlySpan<byte> text, ref ShapeNode node, int at, RecordFields fields)
    {
        int length = NumberScan.Length(text);
        if (length > 0 && node.Field >= 0)
        {
            fields[node.Field] = new Field(at, length, FieldKind.Number);
        }
        else if (length > 0 && node.Field == ShapeNode.OtherField)
        {
            AddOther(ref node, at, length, FieldKind.Number, fields);
        }

        return length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddConstant(ref ShapeNode node, int literalEnd, RecordFields fields)
    {
        int start = literalEnd - node.ConstantLength;
        if (node.Field >= 0)
        {
            fields[node.Field] = new Field(start, node.ConstantLength, node.ConstantKind);
        }
        else
        {
            AddOther(ref node, start, node.ConstantLength, node.ConstantKind, fields, literalEnd);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddOther(ref ShapeNode node, int valueStart, int valueLength, FieldKind kind, RecordFields fields, int literalEnd = -1)
    {
        int nameStart = (literalEnd < 0 ? valueStart : literalEnd) - node.NameDistance;
        fields.AddOther(
            new Field(nameStart, node.NameLength, node.NameIsEscaped ? FieldKind.EscapedString : FieldKind.String),
            new Field(valueStart, valueLength, kind));
    }

    /// <summary>Clears the fields that the record does not have; they stay clear while records end alike.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ClearMissing(int endNode, RecordFields fields)
    {
        ulong set = Tree.Nodes[endNode].Fields;
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
