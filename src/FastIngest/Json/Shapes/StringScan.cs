using System.Text.Unicode;

namespace FastIngest.Json.Shapes;

/// <summary>
/// Finds the end of a string that holds escapes or other than ASCII, byte by byte but for those that the caller knows
/// of: the slow part of the fast path.
/// </summary>
/// <param name="text">From behind the opening quote on.</param>
/// <param name="plain">Bytes known to be plain at its start.</param>
internal ref struct StringScan(ReadOnlySpan<byte> text, int plain)
{
    private const int Invalid = -1;

    private readonly ReadOnlySpan<byte> _text = text;
    private bool _isEscaped, _isOther, _mayBeSurrogate;

    /// <summary>The first byte that was not looked at.</summary>
    public int Position { get; private set; } = plain;

    /// <summary>
    /// At the end, twice the length before the closing quote, and one more if there are backslashes; negative when it is
    /// not certainly a valid string, or does not end.
    /// </summary>
    public int Result { get; private set; } = Invalid;

    /// <summary>Passes over bytes that are neither quotes nor backslashes, and none below 0x20.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="hasHigh">Whether some of them are from 0x80 on.</param>
    public void Skip(int bytes, bool hasHigh)
    {
        Position += bytes;
        _isOther |= hasHigh;
    }

    /// <summary>Looks at the next byte, if there is one, and what belongs to it; false at the end.</summary>
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

    /// <summary>Goes on to the end of the string, or of the text.</summary>
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
