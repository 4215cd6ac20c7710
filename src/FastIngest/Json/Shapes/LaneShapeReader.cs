using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastIngest.Json.Shapes;

/// <summary>
/// The shape-learned reader for one vector width: walks the tree of shapes along the bytes of a record.
/// <code>
/// 1. compare the gap after the previous record with the learned gap
/// 2. if the first bytes, up to the day, equal those of the previous record: continue after them     (runs of samples)
/// 3. otherwise start at the root: equal literal → slot; different literal → next sibling; no sibling → unknown shape
/// </code>
/// </summary>
// SAFETY: (whole file) Every load of 64 bytes starts at most at `limit` + 64, and 64 bytes are readable from there. Nodes
// come from the tree, which does not change while a record is read. Field indexes come from the names, and every name has
// a place in the fields. Gap and prefix are pinned.
internal sealed unsafe partial class LaneShapeReader<TLanes> : ShapeReader
    where TLanes : struct, ILanes
{
    /// <summary>The number of bytes of the last key value that are expected to repeat: the bytes of a day.</summary>
    private const int RepeatedValueBytes = 10;

    private const int MaxPrefix = 2 * StepBytes;

    private readonly FieldPlace* _places;

    // The previous record: its first bytes, up to and into its last key value, and the tree node of that value.
    private readonly byte[] _prefix = GC.AllocateArray<byte>(MaxPrefix, pinned: true);
    private int _prefixLength;
    private ulong _prefixMask;
    private ulong _prefixMask2;
    private int _prefixNode;
    private int _prefixSlot;
    private ulong _prefixKeys;

    // The last short string with escapes or non-ASCII text, with its closing quote, and what LongString returned for it: such as the name of a
    // device, it often repeats.
    private readonly byte[] _other = GC.AllocateArray<byte>(StepBytes, pinned: true);
    private ulong _otherMask;
    private int _otherResult;

    public LaneShapeReader(RecordFields fields)
        : base(fields)
    {
        _places = fields.Places;
    }

    [SkipLocalsInit]
    internal override int ReadNext(byte* from, byte* end, out int gap)
    {
        byte* limit = end - (2 * StepBytes);
        gap = 0;
        if (end - from < 2 * StepBytes || Tree.Root < 0)
        {
            return Unknown();
        }

        byte* record = from;
        if (*from != '{')
        {
            if (GapMask == 0 || !TLanes.Matches(from, Gap, GapMask))
            {
                return Unknown();
            }

            gap = GapLength;
            record += gap;
        }

        FieldPlace* places = _places;
        ShapeNode* nodes = Tree.Nodes;
        ShapeNode* node;
        byte* at;
        bool isWhole = false;
        if (RepeatsPrefix(record, limit))
        {
            node = nodes + _prefixNode;
            at = record + _prefixSlot;
            goto Slot;
        }

    Whole: // From the root.
        isWhole = true;
        at = record;
        node = nodes + Tree.Root;
        Fields.ClearOthers();

    Literal: // Is the literal of `node` at `at`?
        if (at > limit)
        {
            return Unknown();
        }

        if (!TLanes.Matches(at, (byte*)node, node->LiteralMask))
        {
            goto Sibling;
        }

    Matched:
        at += node->LiteralLength;

    Slot: // The slot of `node` starts at `at`.
        if (node->Slot == SlotKind.String)
        {
            ulong stops = TLanes.StringStopMask(at);
            int length = BitOperations.TrailingZeroCount(stops);
            FieldKind kind = FieldKind.String;
            if (stops == 0 || at[length] != '"')
            {
                length = _otherMask != 0 && TLanes.Matches(at, AddressOf(_other), _otherMask) ? _otherResult : OtherString(at, end, length);
                if (length < 0)
                {
                    goto NoValue;
                }

                kind = (length & 1) != 0 ? FieldKind.EscapedString : FieldKind.String;
                length >>= 1;
            }

            if (node->Field >= 0)
            {
                Place(places, node)->Field = new Field((int)(at - record), length, kind);
            }
            else if (node->Field == ShapeNode.OtherField)
            {
                AddOther(node, (int)(at - record), length, kind);
            }

            // If the strings of a field have a constant length, the address of the next value comes from the last record, and the
            // processor need not wait for the bytes of this record.
            if (node->Varies)
            {
                at += length;
            }
            else if (length == node->LastLength)
            {
                at += node->LastLength;
            }
            else
            {
                at += length;
                NoteSurprise(node, length);
            }
        }
        else if (node->Slot == SlotKind.Number)
        {
            int length = NumberScan.ReadPlain(at, out long micros);
            if (length == 0)
            {
                length = OtherNumber(at, end, node, (int)(at - record));
                if (length == 0)
                {
                    goto NoValue;
                }
            }
            else
            {
                FieldPlace* place = Place(places, node);
                place->Field = new Field((int)(at - record), length, FieldKind.Decimal);
                place->Micros = micros;
            }

            at += length;
        }
        else if (node->Slot == SlotKind.OtherNumber)
        {
            int length = OtherNumber(at, end, node, (int)(at - record));
            if (length == 0)
            {
                goto NoValue;
            }

            at += length;
        }
        else if (node->Slot == SlotKind.SkippedNumber)
        {
            int length = NumberScan.PlainLength(at);
            if (length == 0)
            {
                length = OtherNumber(at, end, node, (int)(at - record));
                if (length == 0)
                {
                    goto NoValue;
                }
            }

            at += length;
        }
        else if (node->Slot == SlotKind.End)
        {
            int length = (int)(at - record);
            Finish(node, isWhole, record, length);
            return length;
        }
        else if (node->Slot == SlotKind.Constant)
        {
            AddConstant(node, (int)(at - record));
        }

        node = nodes + node->Child;
        goto Literal;

    NoValue: // The bytes after the literal of `node` do not fit its slot.
        at -= node->LiteralLength;

    Sibling: // `node` does not match at `at`. Try its siblings, or the root if the prefix was skipped.
        if (!isWhole && node == nodes + _prefixNode)
        {
            goto Whole;
        }

        node = NextSibling(node, at);
        if (node != null)
        {
            goto Matched;
        }

        return Unknown();
    }

    private protected override void ResetLast()
    {
        _prefixLength = 0;
        Last = null;
        _pathLast = null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldPlace* Place(FieldPlace* places, ShapeNode* node) => (FieldPlace*)((byte*)places + node->PlaceOffset);

    /// <summary>The first sibling after <paramref name="node"/> whose literal matches; null if there is none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ShapeNode* NextSibling(ShapeNode* node, byte* at)
    {
        for (int sibling = node->Sibling; sibling >= 0; sibling = node->Sibling)
        {
            node = Tree.Nodes + sibling;
            if (TLanes.Matches(at, (byte*)node, node->LiteralMask))
            {
                Tree.NoteLateMatch(sibling);
                return node;
            }
        }

        return null;
    }

    /// <summary>
    /// Sets the number of repeated bytes, clears the fields that the record does not have, and keeps the prefix for the
    /// next record.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish(ShapeNode* last, bool isWhole, byte* record, int length)
    {
        ReadCount++;
        Last = last;
        RecordFields fields = Fields;
        ulong set = last->Fields;
        ulong missing = fields.Dirty & ~set;
        if (missing != 0)
        {
            fields.Clear(missing);
        }

        fields.Dirty = set;
        if (isWhole)
        {
            fields.RepeatedBytes = 0;
            KeepPrefix(last, record, length);
        }
        else
        {
            fields.RepeatedBytes = (set & KeyFields) == _prefixKeys ? _prefixLength : 0;
            if (last->HasFieldTwice)
            {
                // A later value may have replaced a field of the prefix, so the next record cannot reuse that field.
                fields.RepeatedBytes = 0;
                _prefixLength = 0;
            }
        }
    }

    /// <summary>Handles a record of unknown shape: its fields are undefined. Returns 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Unknown()
    {
        Fields.Dirty = RecordFields.AllDirty;
        return 0;
    }

    /// <summary>Whether the record begins with the prefix of the previous record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool RepeatsPrefix(byte* record, byte* limit)
    {
        byte* prefix = AddressOf(_prefix);
        return _prefixLength > 0 && Fields.Dirty != RecordFields.AllDirty && record + StepBytes <= limit
            && TLanes.Matches(record, prefix, _prefixMask)
            && (_prefixMask2 == 0 || TLanes.Matches(record + StepBytes, prefix + StepBytes, _prefixMask2));
    }

    /// <summary>Stores the first bytes of a record, to be compared with the next record.</summary>
    private void KeepPrefix(ShapeNode* last, byte* record, int recordLength)
    {
        _prefixLength = 0;
        if (last->KeyNode < 0 || last->HasFieldTwice || Fields.Names.TakesOthers)
        {
            return;
        }

        int slot = _places[last->KeyField].Field.Start;
        int length = slot + RepeatedValueBytes;
        if (length <= MaxPrefix && length < recordLength)
        {
            Unsafe.CopyBlockUnaligned(AddressOf(_prefix), record, (uint)length);
            _prefixLength = length;
            _prefixMask = ulong.MaxValue >> Math.Max(0, StepBytes - length);
            _prefixMask2 = length > StepBytes ? ulong.MaxValue >> (MaxPrefix - length) : 0;
            _prefixSlot = slot;
            _prefixNode = last->KeyNode;
            _prefixKeys = last->Fields & KeyFields;
        }
    }

    // The rare cases are not inlined, so that the loop above keeps its values in registers.

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteSurprise(ShapeNode* node, int length)
    {
        node->LastLength = length;
        node->Surprises = (ushort)Math.Min(node->Surprises + 1, ushort.MaxValue);
        node->Varies = node->Surprises > 64 && node->Surprises > ReadCount / 16;
    }

    /// <summary>As <see cref="LongString"/>; remembers the string if it is short.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int OtherString(byte* text, byte* end, int plain)
    {
        int result = LongString(text, end, plain);
        int length = (result >> 1) + 1;
        if (result >= 0 && length <= StepBytes)
        {
            Unsafe.CopyBlockUnaligned(AddressOf(_other), text, (uint)length);
            _otherMask = ulong.MaxValue >> (StepBytes - length);
            _otherResult = result;
        }

        return result;
    }

    /// <summary>
    /// Twice the length of a string of any form, plus one if it has escapes; negative if the string is invalid.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LongString(byte* text, byte* end, int plain)
    {
        StringScan scan = new(new ReadOnlySpan<byte>(text, (int)(end - text)), plain);
        byte* limit = end - StepBytes;
        while (text + scan.Position <= limit)
        {
            int length = BitOperations.TrailingZeroCount(TLanes.StringEndMask(text + scan.Position, out ulong high));
            scan.Skip(length, (high & (length == 64 ? ulong.MaxValue : (1ul << length) - 1)) != 0);
            if (!scan.TryStep())
            {
                return scan.Result;
            }
        }

        return scan.Finish();
    }

    /// <summary>Reads a number of any form; returns its length in bytes, or 0 if there is no valid number.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int OtherNumber(byte* text, byte* end, ShapeNode* node, int start)
    {
        int length = NumberScan.ReadShort(text, out long micros);
        FieldKind kind = FieldKind.Decimal;
        if (length == 0 || node->Field == ShapeNode.OtherField)
        {
            length = NumberScan.Length(new ReadOnlySpan<byte>(text, (int)(end - text)));
            kind = FieldKind.Number;
        }

        if (length > 0 && node->Field >= 0)
        {
            _places[node->Field].Field = new Field(start, length, kind);
            _places[node->Field].Micros = micros;
        }
        else if (length > 0 && node->Field == ShapeNode.OtherField)
        {
            AddOther(node, start, length, kind);
        }

        return length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddConstant(ShapeNode* node, int literalEnd)
    {
        int start = literalEnd - node->ConstantLength;
        if (node->Field >= 0)
        {
            _places[node->Field].Field = new Field(start, node->ConstantLength, node->ConstantKind);
        }
        else
        {
            AddOther(node, start, node->ConstantLength, node->ConstantKind, literalEnd);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddOther(ShapeNode* node, int valueStart, int valueLength, FieldKind kind, int literalEnd = -1)
    {
        int nameStart = (literalEnd < 0 ? valueStart : literalEnd) - node->NameDistance;
        Fields.AddOther(
            new Field(nameStart, node->NameLength, node->NameIsEscaped ? FieldKind.EscapedString : FieldKind.String),
            new Field(valueStart, valueLength, kind));
    }
}
