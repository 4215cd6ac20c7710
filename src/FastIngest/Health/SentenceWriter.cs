using FastIngest.Json;

namespace FastIngest.Health;

/// <summary>
/// Writes the pieces of one sentence of a summary to a span that is known to be long enough:
/// <see cref="MaxBytes"/> for its texts.
/// </summary>
internal ref struct SentenceWriter(Span<byte> target)
{
    private const int MaxNumberBytes = 32;
    private const int MaxLiteralBytes = 256;
    private readonly Span<byte> _target = target;
    private bool _hasPiece;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The most bytes that a sentence with so many numbers and bytes of text takes.</summary>
    public static int MaxBytes(int numbers, int textBytes) => checked(MaxLiteralBytes + (numbers * MaxNumberBytes) + textBytes);

    public void Literal(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_target[Length..]);
        Length += text.Length;
    }

    public void Number(long millionths) => Length += DecimalText.Write(_target[Length..], millionths);

    /// <summary>A piece that stands first, without a comma before it.</summary>
    public void First(ReadOnlySpan<byte> text)
    {
        Literal(text);
        _hasPiece = true;
    }

    /// <summary>The number that an event has next, between two literals; nothing when there is none.</summary>
    public void Piece(ReadOnlySpan<byte> before, bool present, long millionths, ReadOnlySpan<byte> after)
    {
        if (present)
        {
            Comma();
            Literal(before);
            Number(millionths);
            Literal(after);
        }
    }

    public void Piece(ReadOnlySpan<byte> before, bool present, ReadOnlySpan<byte> text, ReadOnlySpan<byte> after)
    {
        if (present)
        {
            Comma();
            Literal(before);
            Literal(text);
            Literal(after);
        }
    }

    /// <summary>Ends the sentence; <paramref name="without"/> stands for a sentence without a piece.</summary>
    public void End(ReadOnlySpan<byte> without = default)
    {
        if (!_hasPiece)
        {
            Literal(without);
        }

        Literal("."u8);
    }

    private void Comma()
    {
        if (_hasPiece)
        {
            Literal(", "u8);
        }

        _hasPiece = true;
    }
}
