namespace FastIngest.Health;

/// <summary>
/// One record in no file format: what a dialect found in it, as <see cref="EventWriter"/> and sinks of records take it. The spans
/// lie in the dialect's buffers and are valid until it reads the next record.
/// </summary>
public ref struct RecordView
{
    /// <summary>The value of <see cref="Day"/> of a record without a valid day.</summary>
    public const int NoDay = int.MinValue;

    /// <summary>The value of <see cref="Day"/> of a user's own record, which has no day: before all days.</summary>
    public const int ProfileDay = -1;

    /// <summary>Decoded UTF-8; empty where the record names no user.</summary>
    public ReadOnlySpan<byte> UserId;

    /// <summary>The local calendar day as days since 0001-01-01, <see cref="ProfileDay"/> or <see cref="NoDay"/>.</summary>
    public int Day;

    /// <summary>The day as it is written, with the time behind it if there is one.</summary>
    public ReadOnlySpan<byte> Timestamp;

    /// <summary>The numbers of the category's <see cref="RecordSchema"/> in its order, in micros; 0 where one is missing.</summary>
    public ReadOnlySpan<long> Numbers;

    /// <summary>Which of <see cref="Numbers"/> the record has, a bit each.</summary>
    public uint NumbersPresent;

    /// <summary>The texts of the category's <see cref="RecordSchema"/>, decoded; empty where one is missing.</summary>
    public ReadOnlySpan<byte> Text0, Text1, Text2;

    /// <summary>Measurements: the numbers by name.</summary>
    public NamedNumbers Named;

    /// <summary>The text field of that index.</summary>
    public readonly ReadOnlySpan<byte> Text(int index) => index switch { 0 => Text0, 1 => Text1, _ => Text2 };
}

/// <summary>Numbers that come with a name of their own, in the order of the record, repeats included.</summary>
/// <param name="names">The names as <see cref="NameList"/> lays them out.</param>
/// <param name="numbers">A number in micros for each name.</param>
/// <param name="present">Which of them are valid: 16 bits for each 16 names.</param>
public readonly ref struct NamedNumbers(ReadOnlySpan<byte> names, ReadOnlySpan<long> numbers, ReadOnlySpan<ushort> present)
{
    /// <summary>The names, one behind the other; <see cref="NameList.ReadName"/> reads them.</summary>
    public ReadOnlySpan<byte> Names { get; } = names;

    /// <summary>In micros.</summary>
    public ReadOnlySpan<long> Numbers { get; } = numbers;

    /// <summary>A bit for each number that is valid.</summary>
    public ReadOnlySpan<ushort> Present { get; } = present;

    /// <summary>Whether the number of that index is valid.</summary>
    public bool Has(int index) => (Present[index / NamedNumberList.GroupSize] >> (index % NamedNumberList.GroupSize) & 1) != 0;
}
