using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastIngest.Json.Shapes;

/// <summary>
/// The shape-learned reader for one width of vectors: walks the tree of shapes along the bytes of a record.
/// <code>
/// 1. the gap behind the record before, as it was last
/// 2. the first bytes, up to the day, are those of the record before: go on behind them     (runs of samples)
/// 3. otherwise from the root: literal equal? next slot; not equal? next sibling; none left? not a known shape
/// </code>
/// </summary>
// SAFETY: of this file. Every load of 64 bytes is at an address of at most `limit` + 64, behind which 64 can be read.
// Nodes come from the tree alone, which is not changed while a record is read; fields come from the names, for each of
// which the fields have a place. Gap and prefix are pinned.
internal sealed unsafe partial class LaneShapeReader<TLanes> : ShapeReader
    where TLanes : struct, ILanes
{
    /// <summary>Of the last key value, how many bytes are expected to repeat: those of a day.</summary>
    private const int RepeatedValueBytes = 10;

    private const int MaxPrefix = 2 * StepBytes;

    private readonly FieldPlace* _places;

    // The record before: its first bytes, up to and into its last key value, and where in the tree that value stands.
    private readonly byte[] _prefix = GC.AllocateArray<byte>(MaxPrefix, pinned: true);
    private int _prefixLength;
    private ulong _prefixMask;
    private ulong _prefixMask2;
    private int _prefixNode;
    private int _prefixSlot;
    private ulong _prefixKeys;

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

    Literal: // Does the literal of `node` stand at `at`?
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
                length = LongString(at, end, length);
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

            // Where strings of a field are of one length, the place of the next value is known from the last record,
            // and the processor need not wait for this one's bytes.
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

    NoValue: // What stands behind the literal of `node` is not what its slot takes.
        at -= node->LiteralLength;

    Sibling: // `node` does not stand at `at`; another one may, or behind a repeated prefix one from the root.
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

    private protected override void ForgetLast()
    {
        _prefixLength = 0;
        _last = null;
        _pathLast = null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldPlace* Place(FieldPlace* places, ShapeNode* node) => (FieldPlace*)((byte*)places + node->PlaceOffset);

    /// <summary>The first node behind one whose literal stands there; null if there is none.</summary>
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

    /// <summary>Says how much repeats, clears the fields that the record does not have, and keeps its prefix for the next one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish(ShapeNode* last, bool isWhole, byte* record, int length)
    {
        ReadCount++;
        _last = last;
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
                // A later value may stand in a field of the prefix: the next record can not take it from there.
                fields.RepeatedBytes = 0;
                _prefixLength = 0;
            }
        }
    }

    /// <summary>The record has no known shape: its fields are undefined.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Unknown()
    {
        Fields.Dirty = RecordFields.AllDirty;
        return 0;
    }

    /// <summary>Whether the record begins as the one before did.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool RepeatsPrefix(byte* record, byte* limit)
    {
        byte* prefix = AddressOf(_prefix);
        return _prefixLength > 0 && Fields.Dirty != RecordFields.AllDirty && record + StepBytes <= limit
            && TLanes.Matches(record, prefix, _prefixMask)
            && (_prefixMask2 == 0 || TLanes.Matches(record + StepBytes, prefix + StepBytes, _prefixMask2));
    }

    /// <summary>Keeps the first bytes of a record for the next one to be compared with.</summary>
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

    // The rare cases stay out of the loop above, so that it keeps its values in registers.

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteSurprise(ShapeNode* node, int length)
    {
        node->LastLength = length;
        node->Surprises = (ushort)Math.Min(node->Surprises + 1, ushort.MaxValue);
        node->Varies = node->Surprises > 64 && node->Surprises > ReadCount / 16;
    }

    /// <summary>
    /// Twice the length of a string of any form, and one more if it has escapes; negative if it is not valid.
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

    /// <summary>Reads a number of any form; returns its length, or 0.</summary>
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
