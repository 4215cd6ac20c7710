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
    private protected int ReadCount;
    private int _pause;

    private protected ShapeReader(FieldNames names)
    {
        _names = names;
    }

    private protected ShapeTree Tree { get; } = new();

    /// <summary>A reader for the instruction set in use.</summary>
    public static ShapeReader Create(FieldNames names) => InstructionSet.Current switch
    {
        InstructionSet.Avx512 => new LaneShapeReader<Lanes512>(names),
        InstructionSet.Avx2 => new LaneShapeReader<Lanes256>(names),
        InstructionSet.Vector128 => new LaneShapeReader<Lanes128>(names),
        _ => new LaneShapeReader<LanesScalar>(names),
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
            ReadCount++;
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
            _pause = ReadCount < 4 * _learned ? PauseRecords : 0;
            _learned = 0;
            ReadCount = 0;
        }

        _learned++;
        ShapeLearner.Learn(record, _names, Tree);
    }

    private protected abstract bool TryReadCore(ReadOnlySpan<byte> data, int start, RecordFields fields, out int length);
}
