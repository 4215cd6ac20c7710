using System.Buffers.Binary;
using System.Text;
using FastIngest.Sources.Compression;

namespace FastIngest.Sources.Text;

/// <summary>
/// Text in UTF-16 or UTF-32, as PowerShell and spreadsheets write it. It is read as UTF-8 without its byte order mark. A code
/// unit that is no character becomes bytes that are invalid in UTF-8, so that its record is rejected and not silently changed.
/// </summary>
/// <param name="UnitBytes">The number of bytes of a code unit: 2 or 4.</param>
/// <param name="IsBigEndian">Whether the most significant byte comes first.</param>
/// <param name="MarkBytes">The length of the byte order mark; 0 without one.</param>
internal readonly record struct WideText(int UnitBytes, bool IsBigEndian, int MarkBytes)
{
    /// <summary>The number of leading bytes needed to recognise an encoding.</summary>
    public const int HeadBytes = 8;

    /// <summary>Recognises an encoding by a byte order mark, or by the zeros around two ASCII characters; null for UTF-8.</summary>
    public static WideText? Recognise(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xFE, 0, 0, ..] when head.Length >= 8 || head.Length == 4 => new WideText(4, false, 4),
        [0, 0, 0xFE, 0xFF, ..] => new WideText(4, true, 4),
        [0xFF, 0xFE, ..] => new WideText(2, false, 2),
        [0xFE, 0xFF, ..] => new WideText(2, true, 2),
        [> 0 and < 0x80, 0, 0, 0, > 0 and < 0x80, 0, 0, 0, ..] => new WideText(4, false, 0),
        [0, 0, 0, > 0 and < 0x80, 0, 0, 0, > 0 and < 0x80, ..] => new WideText(4, true, 0),
        [> 0 and < 0x80, 0, > 0 and < 0x80, 0, ..] => new WideText(2, false, 0),
        [0, > 0 and < 0x80, 0, > 0 and < 0x80, ..] => new WideText(2, true, 0),
        _ => null,
    };

    /// <summary>Returns the bytes of a stream in UTF-8, whatever its encoding.</summary>
    public static Stream ToUtf8(Stream stream)
    {
        PrefixedStream whole = PrefixedStream.Peek(stream, HeadBytes);
        return Recognise(whole.Prefix) is { } wide ? new Utf8Stream(whole, wide) : whole;
    }

    /// <summary>Reads the character at the start of some bytes.</summary>
    /// <param name="bytes">At least one code unit; two if more follow.</param>
    /// <param name="value">The code point, or a value that is no character.</param>
    /// <returns>The number of bytes of the character.</returns>
    private int Read(ReadOnlySpan<byte> bytes, out uint value)
    {
        if (UnitBytes == 4)
        {
            value = IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            return 4;
        }

        value = Unit(bytes);
        if (value is < 0xD800 or > 0xDBFF || bytes.Length < 4 || Unit(bytes[2..]) is not (>= 0xDC00 and <= 0xDFFF) and uint low)
        {
            return 2;
        }

        value = 0x10000 + ((value - 0xD800) << 10) + (Unit(bytes[2..]) - 0xDC00);
        return 4;
    }

    private uint Unit(ReadOnlySpan<byte> bytes) => IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    /// <summary>Converts a stream to UTF-8.</summary>
    private sealed class Utf8Stream(Stream wide, WideText encoding) : ReadOnlyStream
    {
        private const int BufferBytes = 64 * 1024;

        /// <summary>The most bytes that one character needs in UTF-8.</summary>
        private const int MaxCharacterBytes = 4;

        private readonly byte[] _input = new byte[BufferBytes];
        private readonly byte[] _output = new byte[2 * BufferBytes];
        private int _inputLength, _outputStart, _outputEnd;
        private int _markBytes = encoding.MarkBytes;
        private bool _isEnded;

        public override int Read(Span<byte> buffer)
        {
            while (_outputStart == _outputEnd && !_isEnded)
            {
                Convert();
            }

            int count = Math.Min(buffer.Length, _outputEnd - _outputStart);
            _output.AsSpan(_outputStart, count).CopyTo(buffer);
            _outputStart += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                wide.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Convert()
        {
            int wanted = _input.Length - _inputLength;
            int read = wide.ReadAtLeast(_input.AsSpan(_inputLength), wanted, throwOnEndOfStream: false);
            _inputLength += read;
            _isEnded = read < wanted;
            _outputStart = _outputEnd = 0;
            int at = Math.Min(_markBytes, _inputLength);
            _markBytes = 0;

            // Before the end, two code units stay for the next call: they may be the first part of a character.
            int keep = _isEnded ? 0 : 4;
            while (_inputLength - at >= Math.Max(encoding.UnitBytes, keep + 1))
            {
                at += encoding.Read(_input.AsSpan(at, _inputLength - at), out uint value);
                Append(value);
            }

            if (_isEnded && at < _inputLength)
            {
                // The last code unit is cut off.
                Append(uint.MaxValue);
                at = _inputLength;
            }

            _input.AsSpan(at, _inputLength - at).CopyTo(_input);
            _inputLength -= at;
        }

        private void Append(uint value)
        {
            Span<byte> target = _output.AsSpan(_outputEnd, MaxCharacterBytes);
            if (Rune.TryCreate(value, out Rune rune))
            {
                _outputEnd += rune.EncodeToUtf8(target);
            }
            else
            {
                target[0] = 0xFF;
                _outputEnd++;
            }
        }
    }
}
