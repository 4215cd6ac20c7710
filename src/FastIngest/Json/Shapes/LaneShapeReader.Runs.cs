using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Json.Shapes;

/// <summary>
/// Reads runs. Samples of one user and day share their key and their shape, so that only the time, the string lengths and
/// the number of each record are examined, along the node path of the previous record. No fields are stored.
/// </summary>
// SAFETY: (whole file) A record of a run spans at most RunReach bytes, which are readable after its start. The path's
// nodes are pinned and belong to a tree that does not change without a call of ResetLast.
internal sealed unsafe partial class LaneShapeReader<TLanes>
{
    private const int MaxPath = 16;

    // The gap and the key, then a literal and a value per node; each part includes the bytes that a load may touch after it.
    private const int RunReach = (MaxPath + 3) * 2 * StepBytes;

    /// <summary>"2024-01-31 12:34:56", the format of nearly all exports.</summary>
    private const int PointInTimeBytes = 19;

    private readonly nint[] _path = GC.AllocateArray<nint>(MaxPath, pinned: true);
    private ShapeNode* _pathLast;
    private int _pathNumberField;
    private bool _hasPath;

    internal override int ReadRun(byte* from, byte* end, byte* stop, in RunKey key, int numberField, Span<long> numbers, out int bytes)
    {
        bytes = 0;
        if (end - from < RunReach || _prefixLength < key.Bytes || GapMask == 0 || Fields.Dirty == RecordFields.AllDirty || Last == null
            || (Last->Fields & KeyFields) != _prefixKeys || Tree.Nodes[_prefixNode].Field != key.DayField || !TryFollow(numberField))
        {
            return 0;
        }

        byte* gap = Gap;
        byte* prefix = AddressOf(_prefix);
        ulong gapMask = GapMask;
        ulong prefixMask = _prefixMask;
        int gapLength = GapLength;
        ShapeNode** path = (ShapeNode**)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_path));
        byte* lastStart = end - RunReach;
        byte* next = from;
        int count = 0;
        while (next <= lastStart && count < numbers.Length)
        {
            byte* record = next + gapLength;
            if (record >= stop || !TLanes.Matches(next, gap, gapMask) || !TLanes.Matches(record, prefix, prefixMask)
                || (_prefixMask2 != 0 && !TLanes.Matches(record + StepBytes, prefix + StepBytes, _prefixMask2)))
            {
                break;
            }

            byte* at = record + _prefixSlot;
            if (at[PointInTimeBytes] == '"' && DateParser.IsSecond(at + RepeatedValueBytes))
            {
                at += PointInTimeBytes;
            }
            else
            {
                int length = OtherTime(at);
                if (length < 0)
                {
                    break;
                }

                at += length;
            }

            long number = 0;
            ShapeNode** step = path;
            ShapeNode* node;
            while (true)
            {
                node = *step++;
                if (!TLanes.Matches(at, (byte*)node, node->LiteralMask))
                {
                    goto Ended;
                }

                at += node->LiteralLength;
                if (node->Slot == SlotKind.String)
                {
                    int length = BitOperations.TrailingZeroCount(TLanes.StringStopMask(at));
                    if (length == 64 || at[length] != '"')
                    {
                        goto Ended;
                    }

                    at += length;
                }
                else if (node->Slot == SlotKind.Number)
                {
                    int length = NumberScan.ReadPlain(at, out number);
                    if (length == 0)
                    {
                        goto Ended;
                    }

                    at += length;
                }
                else if (node->Slot == SlotKind.SkippedNumber)
                {
                    int length = NumberScan.PlainLength(at);
                    if (length == 0)
                    {
                        goto Ended;
                    }

                    at += length;
                }
                else if (node->Slot == SlotKind.End)
                {
                    break;
                }
            }

            numbers[count++] = number;
            next = at;
        }

    Ended:
        ReadCount += count;
        bytes = (int)(next - from);
        return count;
    }

    /// <summary>The length of a day with any other valid time or none; -1 when the text is not a plain string or not such a timestamp.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int OtherTime(byte* at)
    {
        int length = BitOperations.TrailingZeroCount(TLanes.StringStopMask(at));
        return length is >= DateParser.DayBytes and < 64 && at[length] == '"'
            && DateParser.IsRest(new ReadOnlySpan<byte>(at + DateParser.DayBytes, length - DateParser.DayBytes))
            ? length
            : -1;
    }

    /// <summary>Records the node path from the prefix to the end of the last record, if records of that shape can form a run.</summary>
    private bool TryFollow(int numberField)
    {
        // The last node also determines where the path begins: with these key fields, none of them repeated, the prefix can
        // only end at the last key on the path.
        if (_pathLast == Last && _pathNumberField == numberField)
        {
            return _hasPath;
        }

        _pathLast = Last;
        _pathNumberField = numberField;
        _hasPath = !Last->HasFieldTwice && FollowBack(numberField);
        return _hasPath;
    }

    private bool FollowBack(int numberField)
    {
        int first = MaxPath;
        int numbers = 0;
        for (ShapeNode* node = Last; node != Tree.Nodes + _prefixNode; node = Tree.Nodes + node->Parent)
        {
            bool isNumber = node->Slot == SlotKind.Number && node->Field == numberField;
            numbers += isNumber ? 1 : 0;
            if (first == 0 || node->Parent < 0 || node->Field == ShapeNode.OtherField || node->Slot == SlotKind.OtherNumber
                || (node->Slot == SlotKind.Number && !isNumber))
            {
                return false;
            }

            _path[--first] = (nint)node;
        }

        Array.Copy(_path, first, _path, 0, MaxPath - first);
        return numbers == 1;
    }
}
