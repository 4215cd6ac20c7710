using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Json.Shapes;

/// <summary>
/// Reads records whose literal bytes (keys, punctuation, white space) are known from a record that the general reader
/// accepted: compares the literals and examines only the values. Literals of a valid record with valid values between
/// them form a valid record, so this reader accepts nothing that the general reader rejects, and it returns the same fields.
/// </summary>
public abstract unsafe class ShapeReader
{
    /// <summary>The number of bytes examined at once. The general reader reads the last bytes of a span, where a full step does not fit.</summary>
    protected const int StepBytes = 64;

    /// <summary>The maximum length in bytes of a record in a run.</summary>
    internal const int RunRecordBytes = 64 * StepBytes;

    private const int TrialRecords = 64;
    private const int PauseRecords = 4096;

    private readonly byte[] _gap = GC.AllocateArray<byte>(StepBytes, pinned: true);
    private int _learned;
    private int _pause;
    private protected int ReadCount;

    /// <summary>The node at the end of the last record that was read by its shape.</summary>
    // SAFETY: a node of the pinned array of the tree, which lives as long as the tree does not change; see ResetLast.
    private protected ShapeNode* Last;

    private protected ShapeReader(RecordFields fields)
    {
        Fields = fields;
        KeyFields = (1ul << fields.Names.KeyCount) - 1;
    }

    private protected RecordFields Fields { get; }

    /// <summary>One bit per key field.</summary>
    private protected ulong KeyFields { get; }

    private protected ShapeTree Tree { get; } = new();

    /// <summary>The bytes between two records, followed by the opening brace of the second.</summary>
    private protected byte* Gap => AddressOf(_gap);

    /// <summary>The number of bytes in <see cref="Gap"/> before the brace.</summary>
    private protected int GapLength { get; private set; }

    /// <summary>One bit per byte of <see cref="Gap"/>; 0 when no gap is known.</summary>
    private protected ulong GapMask { get; private set; }

    /// <summary>Creates a reader that writes to <paramref name="fields"/>, for the instruction set in use.</summary>
    public static ShapeReader Create(RecordFields fields) => InstructionSet.Current switch
    {
        InstructionSet.Avx512 => new LaneShapeReader<Lanes512>(fields),
        InstructionSet.Avx2 => new LaneShapeReader<Lanes256>(fields),
        InstructionSet.Vector128 => new LaneShapeReader<Lanes128>(fields),
        _ => new LaneShapeReader<LanesScalar>(fields),
    };

    /// <summary>
    /// Reads the record that starts at an offset, or after a gap at that offset, if the gap and the record's shape are known.
    /// The fields are then set as by the general reader, except that numbers may be <see cref="FieldKind.Decimal"/>. When it
    /// returns false, the fields are undefined.
    /// </summary>
    /// <param name="gap">The number of bytes between the offset and the record.</param>
    /// <param name="length">The length of the record in bytes.</param>
    public bool TryRead(ReadOnlySpan<byte> data, int offset, out int gap, out int length)
    {
        // SAFETY: the data stays where it is until the end of the block.
        fixed (byte* bytes = data)
        {
            length = ReadNext(bytes + offset, bytes + data.Length, out gap);
            return length > 0;
        }
    }

    /// <summary>Notes that the last record read, or a run of records of the same shape, was accepted.</summary>
    // SAFETY: the caller has just read a record by its shape, so that the node is set and the tree is unchanged since.
    public void Accept(int records) => Last->Accepted += records;

    /// <summary>Whether the last record read by its shape has a field more than once, of which the last value counts.</summary>
    // SAFETY: as for Accept.
    public bool HasFieldTwice => Last->HasFieldTwice;

    /// <summary>Adds how many accepted records had each unknown field since the last call.</summary>
    public void TakeCounts(NameCounts counts) => Tree.TakeCounts(counts);

    /// <summary>Forgets the accepted records; for a chunk that is read once more.</summary>
    public void DiscardCounts() => Tree.DiscardCounts();

    /// <summary>Learns the bytes between two records, unless they contain brackets: the meaning of a bracket depends on its place.</summary>
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

    /// <summary>Learns the shape of a record that the general reader has just accepted as an object and read into the fields.</summary>
    public void Learn(ReadOnlySpan<byte> record)
    {
        // If most records have different shapes, learning does not pay off: pause, then retry.
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
        ResetLast();
        ShapeLearner.Learn(record, Fields, Tree);
    }

    /// <summary>As <see cref="TryRead"/>, for bytes in fixed memory; returns the length of the record, or 0.</summary>
    // SAFETY: the caller guarantees that all bytes from `from` to `end` are readable.
    internal abstract int ReadNext(byte* from, byte* end, out int gap);

    /// <summary>
    /// Reads the following records as long as they have the key and the shape of the last record, and returns one plain number
    /// of each. The first record that differs ends the run and is left to <see cref="ReadNext"/>. The fields do not change.
    /// </summary>
    /// <param name="from">The end of the last record.</param>
    /// <param name="end">The end of the readable bytes.</param>
    /// <param name="stop">Records that start here or later are not read.</param>
    /// <param name="key">The key that the records must share with the last record.</param>
    /// <param name="numberField">The index of the field whose numbers are returned.</param>
    /// <param name="numbers">Receives the numbers in micros; their magnitudes are below 10^13.</param>
    /// <param name="bytes">The number of bytes read from <paramref name="from"/>.</param>
    /// <returns>The number of records read.</returns>
    // SAFETY: as for ReadNext.
    internal abstract int ReadRun(byte* from, byte* end, byte* stop, in RunKey key, int numberField, Span<long> numbers, out int bytes);

    /// <summary>Discards all state of the last record that the next record could reuse.</summary>
    private protected abstract void ResetLast();

    // SAFETY: the caller passes an array that was allocated pinned and that this object references.
    private protected static byte* AddressOf(byte[] pinned) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
