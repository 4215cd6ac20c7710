using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Json.Shapes;

/// <summary>
/// Reads records whose literal bytes (keys, punctuation, white space) were seen before in a record that the general
/// reader accepted: compares those, and looks only at the values. Literals of a valid record with valid values between
/// them make a valid record, so it accepts nothing that the general reader would not; and it gives the same fields.
/// </summary>
public abstract class ShapeReader
{
    /// <summary>Bytes that are looked at in one go; the last so many of a span are left to the general reader.</summary>
    protected const int StepBytes = 64;

    private const int TrialRecords = 64;
    private const int PauseRecords = 4096;

    private readonly FieldNames _names;
    private readonly byte[] _gap = new byte[StepBytes];
    private int _gapLength;
    private int _learned;
    private int _read;
    private int _pause;

    private protected ShapeReader(FieldNames names)
    {
        _names = names;
    }

    private protected ShapeTree Tree { get; } = new();

    /// <summary>A reader for the instruction set in use.</summary>
    public static ShapeReader Create(FieldNames names) => InstructionSet.Current switch
    {
        InstructionSet.Avx512 => new ShapeReader<Lanes512>(names),
        InstructionSet.Avx2 => new ShapeReader<Lanes256>(names),
        InstructionSet.Vector128 => new ShapeReader<Lanes128>(names),
        _ => new ShapeReader<LanesScalar>(names),
    };

    /// <summary>
    /// Reads the record that starts at an offset, if it has a known shape. The fields then are as the general reader
    /// would set them, but that numbers may be <see cref="FieldKind.Decimal"/>; otherwise they are undefined.
    /// </summary>
    /// <param name="length">Its length in bytes.</param>
    public bool TryRead(ReadOnlySpan<byte> data, int start, RecordFields fields, out int length)
    {
        if (TryReadCore(data, start, fields, out length))
        {
            _read++;
            return true;
        }

        return false;
    }

    /// <summary>
    /// The offset of the record behind the separator that was seen last, or -1 when something else stands there.
    /// </summary>
    public int SkipGap(ReadOnlySpan<byte> data, int offset)
    {
        int end = offset + _gapLength;
        return _gapLength > 0 && end < data.Length && data[end] == '{' && data[offset..end].SequenceEqual(_gap.AsSpan(0, _gapLength))
            ? end
            : -1;
    }

    /// <summary>Notes what lies between two records, if it is white space and commas: brackets do not mean the same everywhere.</summary>
    public void LearnGap(ReadOnlySpan<byte> gap)
    {
        if (gap.Length <= _gap.Length && gap.IndexOfAny((byte)'[', (byte)']') < 0)
        {
            gap.CopyTo(_gap);
            _gapLength = gap.Length;
        }
    }

    /// <summary>Learns the shape of a record that the general reader accepted as an object.</summary>
    public void Learn(ReadOnlySpan<byte> record)
    {
        // Records that all look different are not worth learning: pause, then try again.
        if (_pause > 0)
        {
            _pause--;
            return;
        }

        if (_learned >= TrialRecords)
        {
            _pause = _read < 4 * _learned ? PauseRecords : 0;
            _learned = 0;
            _read = 0;
        }

        _learned++;
        ShapeLearner.Learn(record, _names, Tree);
    }

    private protected abstract bool TryReadCore(ReadOnlySpan<byte> data, int start, RecordFields fields, out int length);
}

/// <summary>The reader for one width of vectors.</summary>
internal sealed class ShapeReader<TLanes>(FieldNames names) : ShapeReader(names)
    where TLanes : struct, ILanes
{
    private int _lastEnd = -1;
    private int _lastVersion = -1;
    private int _lastGeneration = -1;
    private RecordFields? _lastFields;

    private protected override bool TryReadCore(ReadOnlySpan<byte> data, int start, RecordFields fields, out int length)
    {
        length = 0;
        int node = Tree.Root;
        int limit = data.Length - (2 * StepBytes);
        if (node < 0)
        {
            return false;
        }

        if (fields.Names.TakesOthers)
        {
            fields.ClearOthers();
        }

        // SAFETY: every load of 64 bytes is at an offset of at most limit + 64, so it ends within data; node numbers
        // come from the tree alone, whose arrays hold every node and 64 bytes behind every literal.
        ref byte bytes = ref MemoryMarshal.GetReference(data);
        ref ShapeNode nodes = ref MemoryMarshal.GetArrayDataReference(Tree.Nodes);
        ref byte literals = ref MemoryMarshal.GetArrayDataReference(Tree.Literals);
        int position = start;
        int parent = -1;
        ulong set = 0;
        while (position <= limit)
        {
            int first = node;
            int after;
            while (true)
            {
                ref ShapeNode current = ref Unsafe.Add(ref nodes, node);
                if (TLanes.Matches(ref Unsafe.Add(ref bytes, position), ref Unsafe.Add(ref literals, node * ShapeTree.MaxLiteral), current.LiteralMask))
                {
                    int at = position + current.LiteralLength;
                    after = ReadSlot(data, ref bytes, ref current, start, at, limit, fields);
                    if (after >= 0)
                    {
                        if (current.Slot == SlotKind.End)
                        {
                            length = after - start;
                            ClearMissing(node, set, fields);
                            return true;
                        }

                        if (current.Field >= 0)
                        {
                            set |= 1ul << current.Field;
                        }

                        break;
                    }
                }

                node = current.Sibling;
                if (node < 0)
                {
                    _lastEnd = -1;
                    return false;
                }
            }

            if (node != first)
            {
                Tree.NoteLateMatch(parent, node);
            }

            position = after;
            parent = node;
            node = Unsafe.Add(ref nodes, node).Child;
        }

        _lastEnd = -1;
        return false;
    }

    /// <summary>Reads the value that starts at an offset; returns where it ends, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadSlot(
        ReadOnlySpan<byte> data, ref byte bytes, ref ShapeNode node, int start, int at, int limit, RecordFields fields)
    {
        switch (node.Slot)
        {
            case SlotKind.String:
                ulong stops = TLanes.StringStopMask(ref Unsafe.Add(ref bytes, at));
                int length = BitOperations.TrailingZeroCount(stops);
                FieldKind kind = FieldKind.String;
                if (stops == 0 || Unsafe.Add(ref bytes, at + length) != '"')
                {
                    length = LongString(data, at, length, ref kind);
                    if (length < 0)
                    {
                        return -1;
                    }
                }

                // Most strings of a field are of one length: where the next value starts is then known from the last
                // record, and the processor need not wait for this one's bytes.
                int end = at + node.LastLength;
                if (length != node.LastLength)
                {
                    node.LastLength = length;
                    end = at + length;
                }

                if (node.Field >= 0)
                {
                    fields[node.Field] = new Field(at - start, length, kind);
                }
                else if (node.Field == ShapeNode.OtherField)
                {
                    AddOther(node, start, at, new Field(at - start, length, kind), fields);
                }

                return end;
            case SlotKind.Number:
                int digits = NumberScan.ReadShort(ref Unsafe.Add(ref bytes, at), out long millionths);
                if (digits > 0 && node.Field >= 0)
                {
                    fields[node.Field] = new Field(at - start, digits, FieldKind.Decimal);
                    fields.Millionths(node.Field) = millionths;
                    return at + digits;
                }

                return digits > 0 && node.Field == ShapeNode.NoField ? at + digits : LongNumber(data, node, start, at, fields);
            case SlotKind.Constant:
                Field constant = new(at - start - node.ConstantLength, node.ConstantLength, node.ConstantKind);
                if (node.Field >= 0)
                {
                    fields[node.Field] = constant;
                }
                else
                {
                    AddOther(node, start, at, constant, fields);
                }

                return at;
            default:
                return at;
        }
    }

    private static int LongString(ReadOnlySpan<byte> data, int at, int plain, ref FieldKind kind)
    {
        int length = StringScan.Length(data[at..], plain, out bool isEscaped);
        kind = isEscaped ? FieldKind.EscapedString : FieldKind.String;
        return length;
    }

    private static int LongNumber(ReadOnlySpan<byte> data, in ShapeNode node, int start, int at, RecordFields fields)
    {
        int length = NumberScan.Length(data[at..]);
        if (length == 0)
        {
            return -1;
        }

        Field field = new(at - start, length, FieldKind.Number);
        if (node.Field >= 0)
        {
            fields[node.Field] = field;
        }
        else if (node.Field == ShapeNode.OtherField)
        {
            AddOther(node, start, at, field, fields);
        }

        return at + length;
    }

    private static void AddOther(in ShapeNode node, int start, int at, Field value, RecordFields fields) => fields.AddOther(
        new Field(at - start - node.NameDistance, node.NameLength, node.NameIsEscaped ? FieldKind.EscapedString : FieldKind.String), value);

    /// <summary>Clears the fields that the record does not have; they are still clear when the one before ended alike.</summary>
    private void ClearMissing(int endNode, ulong set, RecordFields fields)
    {
        if (endNode == _lastEnd && Tree.Version == _lastVersion
            && fields.Generation == _lastGeneration && ReferenceEquals(fields, _lastFields))
        {
            return;
        }

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
