using System.Text.Unicode;

namespace FastIngest.Json.Shapes;

/// <summary>
/// Finds the end of a string with escapes or non-ASCII text. It proceeds byte by byte, except over bytes that the caller
/// skips. It is the slow part of the fast path.
/// </summary>
/// <param name="text">The bytes after the opening quote.</param>
/// <param name="plain">The number of leading bytes that are known to be plain.</param>
internal ref struct StringScan(ReadOnlySpan<byte> text, int plain)
{
    private const int Invalid = -1;

    private readonly ReadOnlySpan<byte> _text = text;
    private bool _isEscaped, _isOther, _mayBeSurrogate;

    /// <summary>The index of the first byte that was not examined.</summary>
    public int Position { get; private set; } = plain;

    /// <summary>
    /// Once the string has ended: twice its length, plus one if it has backslashes. Negative when the string is unterminated
    /// or not certainly valid.
    /// </summary>
    public int Result { get; private set; } = Invalid;

    /// <summary>Skips bytes that are neither quotes, backslashes nor below 0x20.</summary>
    /// <param name="bytes">The number of bytes to skip.</param>
    /// <param name="hasHigh">Whether some of the bytes are 0x80 or above.</param>
    public void Skip(int bytes, bool hasHigh)
    {
        Position += bytes;
        _isOther |= hasHigh;
    }

    /// <summary>Examines the next byte, or the escape that starts there; false when the string has ended or is invalid.</summary>
    public bool TryStep()
    {
        if (Position >= _text.Length)
        {
            return true;
        }

        byte b = _text[Position];
        if (b == '"')
        {
            ReadOnlySpan<byte> inside = _text[..Position];
            bool isValid = (!_isOther || Utf8.IsValid(inside)) && !(_mayBeSurrogate && JsonString.HasLoneSurrogate(inside));
            Result = isValid ? (Position << 1) | (_isEscaped ? 1 : 0) : Invalid;
            return false;
        }

        if (b < 0x20)
        {
            return false;
        }

        int length = 1;
        if (b == '\\')
        {
            _isEscaped = true;
            length = EscapeLength(_text[Position..]);
            if (length == 0)
            {
                return false;
            }

            // The surrogates are \uD800 to \uDFFF.
            _mayBeSurrogate |= length == 6 && (_text[Position + 2] | 0x20) == 'd';
        }

        _isOther |= b >= 0x80;
        Position += length;
        return true;
    }

    /// <summary>Continues to the end of the string or of the text, and returns <see cref="Result"/>.</summary>
    public int Finish()
    {
        while (Position < _text.Length)
        {
            if (!TryStep())
            {
                return Result;
            }
        }

        return Invalid;
    }

    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 6)
        {
            return 0;
        }

        return text[1] switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' => 2,
            (byte)'u' when char.IsAsciiHexDigit((char)text[2]) && char.IsAsciiHexDigit((char)text[3])
                && char.IsAsciiHexDigit((char)text[4]) && char.IsAsciiHexDigit((char)text[5]) => 6,
            _ => 0,
        };
    }
}
