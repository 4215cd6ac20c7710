using System.Text.Json;

namespace FastIngest.Sources;

/// <summary>
/// Walks over the outline of a large JSON file: the caller enters the objects and arrays that it knows and skips all other
/// values, which are found by brackets and quotes only. Needs a window of constant size; a decompressed file is released behind it.
/// </summary>
internal sealed class JsonSkim(SourceFile file) : IDisposable
{
    private const int WindowBytes = 1 << 20;
    private const int MaxTextBytes = 1024;

    private readonly FileWindow _window = new();
    private readonly NestedScan _nested = NestedScan.Create();
    private bool _isAttached;

    /// <summary>The offset of the next byte.</summary>
    public long Position { get; set; }

    /// <summary>The number of objects and arrays directly in the value that was skipped last.</summary>
    public long Elements => _nested.Elements;

    /// <summary>Whether the value that was skipped last has a vertical bar.</summary>
    public bool HasBar => _nested.HasBar;

    /// <summary>Skips blanks and returns the next byte; -1 at the end of the file.</summary>
    public int Peek()
    {
        int b = Current();
        while (b is ' ' or '\t' or '\r' or '\n')
        {
            Position++;
            b = Current();
        }

        return b;
    }

    /// <summary>Passes an expected byte after blanks; false, without moving past other bytes, when another byte follows.</summary>
    public bool TryPass(char expected)
    {
        bool isThere = Peek() == expected;
        Position += isThere ? 1 : 0;
        return isThere;
    }

    /// <summary>Reads a string; null, without moving, when none is there or it is longer than 1024 bytes.</summary>
    public string? ReadText()
    {
        if (Peek() != '"')
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = _window.Bytes[(int)(Position - _window.Offset)..];
        if (bytes.Length < MaxTextBytes && !_window.ReachesEnd)
        {
            MoveWindow();
            bytes = _window.Bytes;
        }

        Utf8JsonReader json = new(bytes[..Math.Min(bytes.Length, MaxTextBytes)], isFinalBlock: false, default);
        try
        {
            if (!json.Read())
            {
                return null;
            }
        }
        catch (JsonException)
        {
            return null;
        }

        string text = FileHead.NameOf(ref json);
        Position += json.BytesConsumed;
        return text;
    }

    /// <summary>Reads the name of a member and the colon after it; null at the end of the object, and when none is there.</summary>
    public string? ReadName()
    {
        TryPass(',');
        long before = Position;
        if (ReadText() is { } name && TryPass(':'))
        {
            return name;
        }

        Position = before;
        return null;
    }

    /// <summary>Skips a value of any kind; false when the file ends in it.</summary>
    /// <param name="marks">Receives the starts of the objects and arrays in it.</param>
    public bool Skip(ElementMarks? marks = null)
    {
        _nested.Begin();
        switch (Peek())
        {
            case '{' or '[':
                return SkipNested(marks);
            case '"':
                return SkipString();
            default:
                int b = Current();
                while (b is >= 0 and not (',' or '}' or ']' or ' ' or '\t' or '\r' or '\n' or '{' or '[' or '"' or ':'))
                {
                    Position++;
                    b = Current();
                }

                return b >= 0;
        }
    }

    /// <summary>Whether the file ends here, or in or behind a text that begins here. The position does not change.</summary>
    public bool IsAtEnd()
    {
        long start = Position;
        bool isEnd = Peek() < 0 || (Peek() == '"' && (!Skip() || Peek() < 0));
        Position = start;
        return isEnd;
    }

    public void Dispose() => _window.Dispose();

    private bool SkipNested(ElementMarks? marks)
    {
        while (true)
        {
            if (Current() < 0)
            {
                return false;
            }

            ReadOnlySpan<byte> bytes = _window.Bytes[(int)(Position - _window.Offset)..];
            if (!_window.ReachesEnd)
            {
                bytes = bytes[..^(bytes.Length % 64)];
                if (bytes.IsEmpty)
                {
                    MoveWindow();
                    continue;
                }
            }

            if (_nested.Read(bytes, Position, marks, out long end))
            {
                Position = end;
                return true;
            }

            Position += bytes.Length;
        }
    }

    private bool SkipString()
    {
        Position++;
        for (int b = Current(); b >= 0; b = Current())
        {
            Position += b == '\\' ? 2 : 1;
            if (b == '"')
            {
                return true;
            }
        }

        return false;
    }

    private int Current()
    {
        if (!_isAttached || Position < _window.Offset || Position >= _window.Offset + _window.Length)
        {
            MoveWindow();
            if (Position >= _window.FileLength)
            {
                return -1;
            }
        }

        return _window.Bytes[(int)(Position - _window.Offset)];
    }

    private void MoveWindow()
    {
        if (!_isAttached)
        {
            _window.Attach(file);
            _isAttached = true;
        }

        _window.MoveTo(Position, WindowBytes);
        file.ReleaseBefore(Position);
    }
}
