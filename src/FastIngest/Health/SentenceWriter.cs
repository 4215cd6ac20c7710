using System.Runtime.CompilerServices;
using FastIngest.Json;

namespace FastIngest.Health;

/// <summary>
/// Writes the pieces of one sentence of a summary to a span that is known to be long enough:
/// <see cref="MaxBytes"/> for its texts. All is inlined where it is used, so that a literal becomes a store or two.
/// </summary>
internal ref struct SentenceWriter(Span<byte> target)
{
    private const int MaxNumberBytes = 32;
    private const int MaxLiteralBytes = 256;
    private readonly Span<byte> _target = target;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The most bytes that a sentence with so many numbers and bytes of text takes.</summary>
    public static int MaxBytes(int numbers, int textBytes) => checked(MaxLiteralBytes + (numbers * MaxNumberBytes) + textBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Literal(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_target[Length..]);
        Length += text.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Number(long micros) => Length += DecimalText.Write(_target[Length..], micros);

    /// <summary>A number of an event between two literals, the first of which has the comma; nothing when there is none.</summary>
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

    /// <summary>A text of an event between two literals, the first of which has the comma; nothing when it is empty.</summary>
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
