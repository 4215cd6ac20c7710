using System.Text.Json;
using FastIngest.Health;

namespace FastIngest.Pipeline.Original;

/// <summary>Bytes that count as one record: a JSON value, or a reject with its reason and no document.</summary>
internal sealed record OriginalElement(long Offset, long Length, RejectReason? Reason, JsonDocument? Document);

/// <summary>Cuts one file, held in memory, into elements: docs/reading.md in code, section by section.</summary>
internal sealed class OriginalReader
{
    private enum State { Top, Array, Wrapped, Done }

    // More than an array can hold: each block begins at a multiple of _blockBytes and holds a largest record more.
    private readonly List<byte[]> _blocks = [];
    private readonly int _blockBytes, _maxRecordBytes;
    private State _state;
    private long _position, _countedTo, _lineNumber = 1;

    public OriginalReader(string path, int maxRecordBytes, int blockBytes = 1 << 30)
    {
        using FileStream file = File.OpenRead(path);
        (Length, _maxRecordBytes, _blockBytes) = (file.Length, maxRecordBytes, blockBytes);
        for (long at = 0; at < Length; at += blockBytes)
        {
            byte[] block = new byte[Math.Min(Length - at, (long)blockBytes + Math.Max(maxRecordBytes, 4096))];
            file.Position = at;
            file.ReadExactly(block);
            _blocks.Add(block);
        }

        _position = Bytes(0, 3).SequenceEqual("\uFEFF"u8) ? 3 : 0;
        while (_position < Length && IsWhiteSpace(At(_position)))
        {
            _position++;
        }

        if (FindWrapped(_position) is long first)
        {
            (_position, _state) = (first, State.Wrapped);
        }
    }

    public long Length { get; }

    /// <summary>So many bytes from the offset, at most a largest record, and fewer at the end of the file.</summary>
    public ReadOnlySpan<byte> Bytes(long offset, long length) => offset == Length ? []
        : _blocks[(int)(offset / _blockBytes)].AsSpan((int)(offset % _blockBytes), (int)Math.Min(length, Length - offset));

    /// <summary>The 1-based line of an offset; offsets must not go back.</summary>
    public long LineNumber(long offset)
    {
        for (; _countedTo < offset; _countedTo++)
        {
            _lineNumber += At(_countedTo) == '\n' ? 1 : 0;
        }

        return _lineNumber;
    }

    /// <summary>The next element, or null at the end.</summary>
    public OriginalElement? Read()
    {
        for (; _position < Length && _state != State.Done; _position++)
        {
            switch (At(_position))
            {
                case (byte)',' or (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r': break;
                case (byte)'[' when _state == State.Top: _state = State.Array; break;
                case (byte)']' when _state == State.Array: _state = State.Top; break;
                case (byte)']' when _state == State.Wrapped: _state = State.Done; break;
                default: return ReadElement(_position);
            }
        }

        return null;
    }

    private OriginalElement ReadElement(long o)
    {
        RejectReason? reason = Parse(o, out JsonDocument? document, out long end);
        _position = reason switch
        {
            RejectReason.InvalidJson => Resume(o, end),
            RejectReason.TooLarge => EndOfTooLarge(o),
            _ => end,
        };
        return new(o, _position - o, reason, document);
    }

    /// <summary>Reads one value; its end is behind it, at the error, or where the largest record size ends.</summary>
    private RejectReason? Parse(long o, out JsonDocument? document, out long end)
    {
        ReadOnlySpan<byte> slice = Bytes(o, _maxRecordBytes);
        Utf8JsonReader reader = new(slice, isFinalBlock: o + slice.Length == Length, default);
        document = null;
        try
        {
            bool whole = JsonDocument.TryParseValue(ref reader, out document);
            end = o + (whole ? reader.BytesConsumed : slice.Length);
            return whole ? null : RejectReason.TooLarge;
        }
        catch (JsonException e)
        {
            int lineStart = 0;
            for (long line = e.LineNumber!.Value; line > 0; line--)
            {
                lineStart += slice[lineStart..].IndexOf((byte)'\n') + 1;
            }

            end = o + lineStart + e.BytePositionInLine!.Value;
            return RejectReason.InvalidJson;
        }
    }

    private long Resume(long o, long failed)
    {
        (long s, long end) = (o + 1, failed);
        while (true)
        {
            for (int tries = 0; tries < 16 && FindPlace(s, end) is long place; tries++)
            {
                if (IsGood(place, out failed))
                {
                    return place;
                }

                (s, end) = (place + 1, Math.Max(end, failed));
            }

            if (FindPlace(Math.Max(s, end), Length) is not long next)
            {
                return Length;
            }

            if (IsGood(next, out end))
            {
                return next;
            }

            s = next + 1;
        }
    }

    private long? FindPlace(long from, long endExcl)
    {
        for (long i = from; i < endExcl; i++)
        {
            if (At(i) == '{' && IsPlace(i - 1))
            {
                return i;
            }
        }

        return null;
    }

    private bool IsPlace(long before)
    {
        for (; IsWhiteSpace(At(before)); before--)
        {
            if (At(before) == '\n')
            {
                return true;
            }
        }

        return At(before) is (byte)',' or (byte)'}' or (byte)'[';
    }

    private bool IsGood(long place, out long failed)
    {
        RejectReason? reason = Parse(place, out JsonDocument? document, out failed);
        document?.Dispose();
        return reason is null;
    }

    private long EndOfTooLarge(long o)
    {
        (int depth, bool inString, bool isScalar) = (0, false, At(o) is not ((byte)'{' or (byte)'[' or (byte)'"'));
        for (long i = o; i < Length; i++)
        {
            byte b = At(i);
            if (isScalar && (b is (byte)',' or (byte)'{' or (byte)'}' or (byte)'[' or (byte)']' || IsWhiteSpace(b)))
            {
                return i;
            }

            i += inString && b == '\\' ? 1 : 0;
            inString ^= b == '"';
            depth += inString ? 0 : b is (byte)'{' or (byte)'[' ? 1 : b is (byte)'}' or (byte)']' ? -1 : 0;
            if (depth == 0 && !inString && !isScalar)
            {
                return i + 1;
            }
        }

        return Length;
    }

    /// <summary>The first element of the array that holds the records, if the head is a wrapper.</summary>
    private long? FindWrapped(long head)
    {
        ReadOnlySpan<byte> window = Bytes(head, Math.Max(0, 4096 - head));
        Utf8JsonReader reader = new(window, isFinalBlock: false, default);
        (long? first, bool isUser, int arrays, JsonTokenType previous) = (null, false, 0, JsonTokenType.None);
        try
        {
            while (window.StartsWith((byte)'{') && reader.Read())
            {
                JsonTokenType token = reader.TokenType;
                arrays += token == JsonTokenType.StartArray ? 1 : token == JsonTokenType.EndArray ? -1 : 0;
                if (arrays == 1 && previous == JsonTokenType.StartArray && token == JsonTokenType.StartObject)
                {
                    first ??= head + reader.TokenStartIndex;
                }

                isUser |= reader.CurrentDepth == 1 && token == JsonTokenType.PropertyName && IsUserId(ref reader);
                if (isUser && (first is null || (reader.CurrentDepth == 0 && token == JsonTokenType.EndObject)))
                {
                    return null;
                }

                previous = token;
            }
        }
        catch (JsonException)
        {
            // The head ends here.
        }

        return first;
    }

    private static bool IsUserId(ref Utf8JsonReader name)
    {
        try
        {
            return name.ValueTextEquals("user_id"u8);
        }
        catch (InvalidOperationException)
        {
            return false; // a lone surrogate
        }
    }

    private byte At(long offset) => _blocks[(int)(offset / _blockBytes)][(int)(offset % _blockBytes)];

    private static bool IsWhiteSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r';
}
