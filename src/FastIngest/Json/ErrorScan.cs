using System.Buffers;

namespace FastIngest.Json;

/// <summary>
/// Finds the error in damaged JSON without an exception, which costs thousands of times more than a small record. It finds most
/// errors of <see cref="System.Text.Json.Utf8JsonReader"/> at exactly the same byte; of the others it says that it does not know.
/// </summary>
internal ref struct ErrorScan
{
    /// <summary>What <see cref="Find"/> returns when it knows of no error.</summary>
    public const int None = -1;

    private const int MaxDepth = 64;

    /// <summary>The bytes that end a string or are no part of one, and the backslash.</summary>
    private static readonly SearchValues<byte> s_stops = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>The bytes that a backslash may stand before, besides the <c>u</c>.</summary>
    private static ReadOnlySpan<byte> Escapes => "\"\\/bfnrt"u8;

    private readonly ReadOnlySpan<byte> _data;
    private int _at;

    private ErrorScan(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>
    /// Returns the offset of the first error of the value that starts at the first byte; <see cref="None"/> when the value is
    /// complete, when the bytes end in it, or when the error is of a rare kind.
    /// </summary>
    public static int Find(ReadOnlySpan<byte> data)
    {
        ErrorScan scan = new(data);
        return scan.ReadValue() || scan._at >= data.Length ? None : scan._at;
    }

    /// <summary>Reads a value. False at an error, whose byte is the current one; behind the last byte when the scan does not know.</summary>
    private bool ReadValue()
    {
        // The kinds of the open values, the innermost in the lowest bit: 1 for an object.
        ulong kinds = 0;
        int depth = 0;
        while (true)
        {
            // Before a value.
            int b = SkipBlanks();
            if (b is '{' or '[')
            {
                if (++depth > MaxDepth)
                {
                    return Unknown();
                }

                kinds = (kinds << 1) | (b == '{' ? 1u : 0u);
                _at++;
                int first = SkipBlanks();
                if (first != (b == '{' ? '}' : ']'))
                {
                    if (b == '{' && !ReadName())
                    {
                        return false;
                    }

                    continue;
                }
            }
            else if (!ReadScalar(b))
            {
                return false;
            }

            // After a value, or before the end of an empty one.
            while (true)
            {
                if (depth == 0)
                {
                    return true;
                }

                bool isObject = (kinds & 1) != 0;
                b = SkipBlanks();
                if (b == (isObject ? '}' : ']'))
                {
                    kinds >>= 1;
                    depth--;
                    _at++;
                    continue;
                }

                if (b != ',')
                {
                    return false;
                }

                _at++;
                if (isObject && !ReadName())
                {
                    return false;
                }

                break;
            }
        }
    }

    /// <summary>Reads a property name and the colon after it.</summary>
    private bool ReadName()
    {
        if (SkipBlanks() != '"' || !ReadString())
        {
            return false;
        }

        bool hasColon = SkipBlanks() == ':';
        _at += hasColon ? 1 : 0;
        return hasColon;
    }

    private bool ReadScalar(int first) => first switch
    {
        '"' => ReadString(),
        't' => ReadWord("true"u8),
        'f' => ReadWord("false"u8),
        'n' => ReadWord("null"u8),
        '-' or (>= '0' and <= '9') => ReadNumber(),
        _ => false,
    };

    private bool ReadString()
    {
        for (_at++; _at < _data.Length; _at++)
        {
            int stop = _data[_at..].IndexOfAny(s_stops);
            if (stop < 0)
            {
                return Unknown();
            }

            _at += stop;
            if (_data[_at] == '"')
            {
                _at++;
                return true;
            }

            if (_data[_at] != '\\')
            {
                return false;
            }

            _at++;
            if (Current() == 'u')
            {
                for (int digit = 0; digit < 4; digit++)
                {
                    _at++;
                    if (!char.IsAsciiHexDigit((char)Math.Max(Current(), 0)))
                    {
                        return false;
                    }
                }
            }
            else if (!Escapes.Contains((byte)Math.Max(Current(), 0)))
            {
                return false;
            }
        }

        return false;
    }

    private bool ReadWord(ReadOnlySpan<byte> word)
    {
        foreach (byte letter in word)
        {
            if (_at >= _data.Length || _data[_at] != letter)
            {
                return false;
            }

            _at++;
        }

        return true;
    }

    private bool ReadNumber()
    {
        _at += _data[_at] == '-' ? 1 : 0;
        if (Current() == '0')
        {
            _at++;
        }
        else if (!SkipDigits())
        {
            return false;
        }

        if (Current() == '.')
        {
            _at++;
            if (!SkipDigits())
            {
                return false;
            }
        }

        if (Current() is 'e' or 'E')
        {
            _at++;
            _at += Current() is '+' or '-' ? 1 : 0;
            if (!SkipDigits())
            {
                return false;
            }
        }

        // Another byte than these is an error of the number, which is at the same place as that of what follows it.
        return Current() is ',' or '}' or ']' or ' ' or '\n' or '\r' or '\t' or '/';
    }

    /// <summary>Skips one or more digits; false when there is none.</summary>
    private bool SkipDigits()
    {
        int from = _at;
        while (Current() is >= '0' and <= '9')
        {
            _at++;
        }

        return _at > from;
    }

    private int SkipBlanks()
    {
        while (Current() is ' ' or '\t' or '\r' or '\n')
        {
            _at++;
        }

        return Current();
    }

    /// <summary>The current byte; -1 behind the last one.</summary>
    private readonly int Current() => _at < _data.Length ? _data[_at] : -1;

    private bool Unknown()
    {
        _at = _data.Length;
        return false;
    }
}
