namespace FastIngest.Proto;

/// <summary>The constants of <c>docs/fastingest.proto</c>, which the reader and the writer share.</summary>
internal static class ProtoFormat
{
    public const string Name = "FastIngest records";

    public const uint Version = 1;

    /// <summary>The maximum number of records in a batch.</summary>
    public const int MaxRecords = 65_536;

    /// <summary>The maximum number of named values in a batch.</summary>
    public const int MaxNamedValues = 1 << 20;

    /// <summary>
    /// A text of more bytes than this may have uses with together at most <see cref="SharedUses"/> times the bytes of its batch, so that a
    /// small batch does not stand for much text.
    /// </summary>
    public const int SharedTextBytes = 64, SharedUses = 8;

    /// <summary>The number of millionths in one unit, the largest scale of a column.</summary>
    public const long MaxScale = 1_000_000;

    /// <summary>The first bytes of a form that is the whole time.</summary>
    public const byte VerbatimMark = (byte)'!';

    /// <summary>The field <c>sync</c> with its tag, which marks where a frame begins.</summary>
    public static ReadOnlySpan<byte> Sync => [0x09, 0x89, 0x46, 0x49, 0x52, 0x0D, 0x0A, 0x1A, 0x96];
}

/// <summary>The numbers of the fields of a frame.</summary>
internal static class FrameField
{
    public const int Sync = 1, File = 2, Header = 3, Batch = 4, End = 5;
}

/// <summary>The numbers of the fields of the header.</summary>
internal static class HeaderField
{
    public const int Format = 1, Version = 2, Program = 3, Repeats = 4, Identified = 5;
}

/// <summary>The numbers of the fields of the end.</summary>
internal static class EndField
{
    public const int Records = 1, Batches = 2;
}

/// <summary>The numbers of the fields of a batch.</summary>
internal static class BatchField
{
    public const int Category = 1, Records = 2, Texts = 3, User = 4, TimeUnit = 5, Time = 6, TimeForm = 7, DayOffset = 8, Id = 9,
        Text1 = 10, Text2 = 11, Text3 = 12, Numbers = 13, Duration = 14, EndForm = 15, Smallest = 16, Largest = 17,
        NameCount = 18, Name = 19, Named = 20;
}

/// <summary>The numbers of the fields of a column of numbers.</summary>
internal static class NumbersField
{
    public const int Scale = 1, Present = 2, Values = 3;
}

/// <summary>The wire types of Protocol Buffers: how the bytes after a tag are delimited.</summary>
internal static class WireType
{
    public const int Varint = 0, Fixed64 = 1, Length = 2, StartGroup = 3, EndGroup = 4, Fixed32 = 5;
}
