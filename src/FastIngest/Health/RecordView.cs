using System.Runtime.CompilerServices;

namespace FastIngest.Health;

/// <summary>
/// One record, independent of its file format: a dialect fills it, <see cref="EventWriter"/> and record sinks read it. The
/// spans point into the dialect's buffers and are valid until the dialect reads the next record.
/// </summary>
public ref struct RecordView
{
    /// <summary>The <see cref="Day"/> of a record without a valid day.</summary>
    public const int NoDay = int.MinValue;

    /// <summary>The <see cref="Day"/> of a record whose day is written in an ambiguous form.</summary>
    public const int AmbiguousDay = int.MinValue + 1;

    /// <summary>The <see cref="Day"/> of a profile record, which has no day; it sorts before all days.</summary>
    public const int ProfileDay = -1;

    /// <summary>The first byte of <see cref="Id"/>, with which no time begins.</summary>
    public const byte IdMark = 1;

    /// <summary>
    /// The byte after <see cref="IdMark"/> in the id of a total, such as the steps of an hour or the sleep of a night, which a later export may state anew. Of each
    /// id, and of samples of each metric and source, only the file counts that has the largest sum.
    /// </summary>
    public const byte TotalMark = 3;

    /// <summary>
    /// The first byte of the <see cref="Id"/> of a record whose file holds the records of several files: the number of that file follows, 4 bytes
    /// with the least significant first, and then the id or, without one, the time.
    /// </summary>
    public const byte FileMark = 2;

    /// <summary>The length in bytes of <see cref="FileMark"/> and the number after it.</summary>
    public const int FileMarkBytes = 5;

    /// <summary>The user id in decoded UTF-8; empty when the record has none.</summary>
    public ReadOnlySpan<byte> UserId;

    /// <summary>The local calendar day as days since 0001-01-01, <see cref="ProfileDay"/>, <see cref="NoDay"/> or <see cref="AmbiguousDay"/>.</summary>
    public int Day;

    /// <summary>
    /// The local day and time as written in the record, in a form that <see cref="Json.DateParser"/> reads; the time may be missing.
    /// </summary>
    public ReadOnlySpan<byte> Timestamp;

    /// <summary>
    /// The id that the vendor gives the record, after the byte <see cref="IdMark"/>; empty without one. Records with the same id are the
    /// same record, whatever else they say.
    /// </summary>
    public ReadOnlySpan<byte> Id;

    /// <summary>What identifies the record among equal ones: the id or else the time.</summary>
    public readonly ReadOnlySpan<byte> Identity
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Id.IsEmpty ? Timestamp : Id;
    }

    /// <summary>The id that the vendor gives the record, without marks; empty without one.</summary>
    public readonly ReadOnlySpan<byte> VendorId
    {
        get
        {
            ReadOnlySpan<byte> id = Id is [FileMark, ..] ? Id[FileMarkBytes..] : Id;
            return id is [IdMark, ..] ? id[1..] : default;
        }
    }

    /// <summary>Which of the files that its file holds the record comes from; 0 where a file holds only its own records.</summary>
    public int File;

    /// <summary>The numbers in the order of the category's <see cref="RecordSchema"/>, in micros; 0 for a missing number.</summary>
    public ReadOnlySpan<long> Numbers;

    /// <summary>Bit <c>1 &lt;&lt; i</c> is set when the record has number <c>i</c>.</summary>
    public uint NumbersPresent;

    /// <summary>
    /// Bit <c>1 &lt;&lt; i</c> is set when number <c>i</c> holds something that is not a number. For measurements, any bit is set
    /// when one of them does.
    /// </summary>
    public uint NumbersUnreadable;

    /// <summary>The smallest and largest value of the time that a sample stands for; null for a single value.</summary>
    public SampleSpread? Spread;

    /// <summary>The texts in the order of the category's <see cref="RecordSchema"/>, decoded UTF-8; a missing text is empty.</summary>
    public ReadOnlySpan<byte> Text0, Text1, Text2;

    /// <summary>The numbers with their names; only for measurements.</summary>
    public NamedNumbers Named;

    /// <summary>The text field at an index from 0 to 2.</summary>
    public readonly ReadOnlySpan<byte> Text(int index) => index switch { 0 => Text0, 1 => Text1, _ => Text2 };
}

/// <summary>Numbers with names, in record order; repeated names are included.</summary>
/// <param name="names">The names in the encoding of <see cref="NameList"/>.</param>
/// <param name="numbers">One number in micros per name.</param>
/// <param name="present">Bits of the valid numbers: one element for each group of names (see <see cref="Has"/>).</param>
public readonly ref struct NamedNumbers(ReadOnlySpan<byte> names, ReadOnlySpan<long> numbers, ReadOnlySpan<ushort> present)
{
    /// <summary>The encoded names; read them with <see cref="NameList.ReadName"/>.</summary>
    public ReadOnlySpan<byte> Names { get; } = names;

    /// <summary>The numbers in micros.</summary>
    public ReadOnlySpan<long> Numbers { get; } = numbers;

    /// <summary>One bit per number, set when the number is valid.</summary>
    public ReadOnlySpan<ushort> Present { get; } = present;

    /// <summary>Whether the number at an index is valid.</summary>
    public bool Has(int index) => (Present[index / NamedNumberList.GroupSize] >> (index % NamedNumberList.GroupSize) & 1) != 0;
}

/// <summary>The smallest and largest value, in micros, of the readings that a sample is the average of.</summary>
public readonly record struct SampleSpread(long Min, long Max);
