using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Json.Shapes;

/// <summary>
/// Reads records whose literal bytes (keys, punctuation, white space) were seen before in a record that the general
/// reader accepted: compares those, and looks only at the values. Literals of a valid record with valid values between
/// them make a valid record, so it accepts nothing that the general reader would not; and it gives the same fields.
/// </summary>
public abstract unsafe class ShapeReader
{
    /// <summary>Bytes that are looked at in one go; the last so many of a span are left to the general reader.</summary>
    protected const int StepBytes = 64;

    /// <summary>No record of a run is longer.</summary>
    internal const int RunRecordBytes = 64 * StepBytes;

    private const int TrialRecords = 64;
    private const int PauseRecords = 4096;

    private readonly byte[] _gap = GC.AllocateArray<byte>(StepBytes, pinned: true);
    private int _learned;
    private int _pause;
    private protected int ReadCount;

    private protected ShapeReader(RecordFields fields)
    {
        Fields = fields;
        KeyFields = (1ul << fields.Names.KeyCount) - 1;
    }

    private protected RecordFields Fields { get; }

    /// <summary>The fields of a key that may repeat, a bit each.</summary>
    private protected ulong KeyFields { get; }

    private protected ShapeTree Tree { get; } = new();

    /// <summary>What lies between two records, and the brace behind it.</summary>
    private protected byte* Gap => AddressOf(_gap);

    /// <summary>The bytes before the brace.</summary>
    private protected int GapLength { get; private set; }

    /// <summary>A bit for each byte of <see cref="Gap"/>; 0 when none is known.</summary>
    private protected ulong GapMask { get; private set; }

    /// <summary>A reader into these fields, for the instruction set in use.</summary>
    public static ShapeReader Create(RecordFields fields) => InstructionSet.Current switch
    {
        InstructionSet.Avx512 => new LaneShapeReader<Lanes512>(fields),
        InstructionSet.Avx2 => new LaneShapeReader<Lanes256>(fields),
        InstructionSet.Vector128 => new LaneShapeReader<Lanes128>(fields),
        _ => new LaneShapeReader<LanesScalar>(fields),
    };

    /// <summary>
    /// Reads the record that starts at an offset or behind a gap like the last one there, if it has a known shape. The
    /// fields then are as the general reader would set them, but that numbers may be <see cref="FieldKind.Decimal"/>;
    /// otherwise they are undefined.
    /// </summary>
    /// <param name="gap">The bytes before the record.</param>
    /// <param name="length">Its length in bytes.</param>
    public bool TryRead(ReadOnlySpan<byte> data, int offset, out int gap, out int length)
    {
        // SAFETY: the data stays where it is until the end of the block.
        fixed (byte* bytes = data)
        {
            length = ReadNext(bytes + offset, bytes + data.Length, out gap);
            return length > 0;
        }
    }

    /// <summary>Notes what lies between two records, if it is white space and commas: brackets do not mean the same everywhere.</summary>
    public void LearnGap(ReadOnlySpan<byte> gap)
    {
        if (gap.Length < StepBytes && gap.IndexOfAny((byte)'[', (byte)']') < 0)
        {
            gap.CopyTo(_gap);
            _gap[gap.Length] = (byte)'{';
            GapLength = gap.Length;
            GapMask = ulong.MaxValue >> (StepBytes - 1 - gap.Length);
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
            _pause = ReadCount < 4 * _learned ? PauseRecords : 0;
            _learned = 0;
            ReadCount = 0;
        }

        _learned++;
        ForgetLast();
        ShapeLearner.Learn(record, Fields.Names, Tree);
    }

    /// <summary>As <see cref="TryRead"/>, where the bytes can not move; returns the length, or 0.</summary>
    // SAFETY: the caller sees to it that all bytes from `from` to `end` can be read.
    internal abstract int ReadNext(byte* from, byte* end, out int gap);

    /// <summary>
    /// Reads on through records that have the key and the shape of the last one, and of each takes one plain number;
    /// stops at the first that is not so, for <see cref="ReadNext"/>. The fields stay as they are.
    /// </summary>
    /// <param name="from">Where the last record ended.</param>
    /// <param name="end">The end of what can be read.</param>
    /// <param name="stop">No record that starts here or later is read.</param>
    /// <param name="key">What the records must have in common with the last.</param>
    /// <param name="numberField">The field whose numbers are taken.</param>
    /// <param name="numbers">Receives them, in micros, below 10^13 in magnitude.</param>
    /// <param name="bytes">How far it read.</param>
    /// <returns>How many records.</returns>
    // SAFETY: as for ReadNext.
    internal abstract int ReadRun(byte* from, byte* end, byte* stop, in RunKey key, int numberField, Span<long> numbers, out int bytes);

    /// <summary>Forgets what the next record may repeat of the last one.</summary>
    private protected abstract void ForgetLast();

    // SAFETY: for arrays that were allocated as pinned and that the object holds.
    private protected static byte* AddressOf(byte[] pinned) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
