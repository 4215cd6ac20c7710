using FastIngest.Json.Shapes;

namespace FastIngest.Json.Structural;

/// <summary>Reads parts of a value with any kind of cursor. It must move the cursor over the whole value.</summary>
internal interface IValueReader
{
    void Read<TCursor>(ref TCursor cursor)
        where TCursor : struct, IValueCursor, allows ref struct;
}

/// <summary>Runs a value reader over JSON texts, with the structure cursor for the instruction set in use.</summary>
internal abstract class StructureReader
{
    public static StructureReader Create<TReader>(TReader reader, string instructionSet)
        where TReader : IValueReader => instructionSet switch
        {
            InstructionSet.Avx512 => new LaneStructureReader<Lanes512, TReader>(reader),
            InstructionSet.Avx2 => new LaneStructureReader<Lanes256, TReader>(reader),
            InstructionSet.Vector128 => new LaneStructureReader<Lanes128, TReader>(reader),
            _ => new LaneStructureReader<LanesScalar, TReader>(reader),
        };

    /// <summary>
    /// Reads a text. True when it is one JSON value in valid UTF-8 without lone surrogates; otherwise the value reader may
    /// have seen a part of the text.
    /// </summary>
    public abstract bool TryRead(ReadOnlySpan<byte> text);

    /// <summary>Reads a value that <see cref="GeneralReader"/> accepted, with the <see cref="PlainCursor"/>.</summary>
    public abstract void ReadPlain(ReadOnlySpan<byte> value);
}

internal sealed class LaneStructureReader<TLanes, TReader>(TReader reader) : StructureReader
    where TLanes : struct, ILanes
    where TReader : IValueReader
{
    /// <summary>The size of the buffer for decoded names; no reader looks for longer names.</summary>
    private const int NameBytes = 4096;

    private readonly byte[] _name = new byte[NameBytes];

    // SAFETY: the text is fixed while the cursor lives.
    public override unsafe bool TryRead(ReadOnlySpan<byte> text)
    {
        fixed (byte* bytes = text)
        {
            StructureCursor<TLanes> cursor = new(bytes, text.Length, _name);
            reader.Read(ref cursor);
            return cursor.IsComplete && Utf8Scan.IsValid(text);
        }
    }

    public override void ReadPlain(ReadOnlySpan<byte> value)
    {
        PlainCursor cursor = new(value);
        reader.Read(ref cursor);
    }
}
