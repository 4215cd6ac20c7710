using System.Runtime.CompilerServices;
using FastIngest.Json;

namespace FastIngest.Health;

/// <summary>
/// Writes the pieces of one sentence of a summary into a span. The caller provides <see cref="MaxBytes"/> bytes. All methods
/// are inlined, so that a literal compiles to one or two stores.
/// </summary>
internal ref struct SentenceWriter(Span<byte> target)
{
    private const int MaxNumberBytes = 32;
    private const int MaxLiteralBytes = 256;
    private readonly Span<byte> _target = target;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The maximum size in bytes of a sentence with the given count of numbers and bytes of text.</summary>
    public static int MaxBytes(int numbers, int textBytes) => checked(MaxLiteralBytes + (numbers * MaxNumberBytes) + textBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Literal(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_target[Length..]);
        Length += text.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Number(long micros) => Length += DecimalText.Write(_target[Length..], micros);

    /// <summary>Writes a number between two literals, of which the first contains the comma; writes nothing when the number is missing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Piece(ReadOnlySpan<byte> before, bool present, long micros, ReadOnlySpan<byte> after)
    {
        if (present)
        {
            Literal(before);
            Number(micros);
            Literal(after);
        }
    }

    /// <summary>Writes a text between two literals, of which the first contains the comma; writes nothing when the text is empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Piece(ReadOnlySpan<byte> before, ReadOnlySpan<byte> text, ReadOnlySpan<byte> after)
    {
        if (!text.IsEmpty)
        {
            Literal(before);
            Literal(text);
            Literal(after);
        }
    }
}
