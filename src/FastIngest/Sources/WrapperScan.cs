using System.Text;
using System.Text.Json;
using FastIngest.Json;

namespace FastIngest.Sources;

/// <summary>What follows an array in its wrapper object.</summary>
/// <param name="Array">The position of the first element of the next array with a wanted name, or of a record with a wanted name; null without one.</param>
/// <param name="Wrapper">The name of that array or record, and the number of objects around it.</param>
/// <param name="Unread">The values before it that are not read.</param>
/// <param name="IsClosed">Whether the wrapper object is closed, or may still be closed after the next array.</param>
internal sealed record WrapperRest(FramePosition? Array, Wrapper? Wrapper, IReadOnlyList<UnreadFile> Unread, bool IsClosed);

/// <summary>
/// Reads a wrapper object after one of its arrays, up to the next array with a wanted name. Values are skipped by matching
/// brackets and quotes. Other arrays, objects that look like records, and bytes that cannot be read, are listed as unread with
/// their offset and size.
/// </summary>
internal sealed class WrapperScan(SourceFile file) : IDisposable
{
    private const int WindowBytes = 256 * 1024;
    private const int MaxNameBytes = 1024;

    /// <summary>Objects nested deeper than this are skipped as one value.</summary>
    private const int MaxDepth = 8;

    /// <summary>More unread values than this are only counted, so that a hostile file cannot fill the memory.</summary>
    private const int MaxListed = 100;

    private readonly FileWindow _window = new();
    private readonly List<UnreadFile> _unread = [];
    private long _position, _more;

    // The offset of the array or record that is read first, while the values before it are listed.
    private long _stopAt = long.MaxValue;

    // The outermost object with a wanted name that was entered: what it is, the depth outside of it, and what was listed before.
    private (string What, int Depth, long Listed)? _entered;
    private long _enteredAt;
    private bool _hasMembers;

    // Whether the file ends in a property name.
    private bool _isCutOff;

    /// <summary>Whether objects that look like records count, and another wrapper may follow the first.</summary>
    public bool ReadsObjects { get; init; }

    /// <summary>Whether arrays are listed that do not have a wanted name.</summary>
    public bool ListsArrays { get; init; } = true;

    /// <summary>Whether the scan has entered another wrapper object after the end of the first.</summary>
    public bool IsInNextWrapper { get; private set; }

    /// <summary>Lists the arrays with elements, and the records, of a wrapper that come before the array or record that is read first.</summary>
    /// <param name="from">The offset after the opening bracket of the wrapper object.</param>
    /// <param name="array">The array or record that is read first.</param>
    /// <param name="isWanted">Whether the name is that of records.</param>
    public IReadOnlyList<UnreadFile> ListBefore(long from, Wrapper array, Func<string, bool> isWanted)
    {
        _stopAt = array.Bracket;
        return array.Depth > MaxDepth ? [] : Scan(from, 1, isWanted).Unread;
    }

    /// <summary>Reads on after an array.</summary>
    /// <param name="from">The offset after the array and the closing brackets that follow it.</param>
    /// <param name="depth">The number of objects that are open there; 0 or less after the end of the wrapper object.</param>
    /// <param name="isWanted">Whether an array with a name is to be read.</param>
    public WrapperRest Scan(long from, int depth, Func<string, bool> isWanted)
    {
        _window.Attach(file);
        _position = from;
        while (true)
        {
            switch (SkipBlanks())
            {
                case -1:
                    return End(null, null, depth <= 0);
                case '}' when depth > 0:
                    depth--;
                    _position++;
                    Leave(depth);
                    break;
                case '{' when depth <= 0 && ReadsObjects && LoneRecord.IsWrapperAt(Head()):
                    IsInNextWrapper = true;
                    depth = 1;
                    _position++;
                    break;
                case ',' or ']' or '}':
                    _position++;
                    break;
                case '"' when depth > 0 && ReadName() is { } name:
                    if (ReadValue(name, ref depth, isWanted) is { } array)
                    {
                        return End(array, new Wrapper(name, depth, array.Offset - (array.State == FrameState.Single ? 0 : 1)), true);
                    }

                    break;
                case '"' when depth > 0 && _isCutOff:
                    return End(null, null, false);
                default:
                    Add(new UnreadFile(file.Path, $"the {Bytes(Length() - _position)} from byte {_position} on follow the records and are no JSON of a wrapper", IsExpected: true));
                    return End(null, null, true);
            }
        }
    }

    public void Dispose() => _window.Dispose();

    /// <summary>Reads a value, or enters it if it is an object. Returns the position in the array, or of the record, if it is a wanted one.</summary>
    private FramePosition? ReadValue(string name, ref int depth, Func<string, bool> isWanted)
    {
        long start = _position;
        int first = SkipBlanks();
        _hasMembers = true;
        if (_position >= _stopAt)
        {
            return new FramePosition(_position, FrameState.Single);
        }

        bool isBefore = _stopAt < long.MaxValue;
        switch (first)
        {
            case '{' when ReadsObjects && (LoneRecord.IsAt(Head()) || depth == MaxDepth || DateParser.TryParseDay(Encoding.UTF8.GetBytes(name), out _)):
                bool isRecord = LoneRecord.IsAt(Head());
                if (isRecord && !isBefore && isWanted(name))
                {
                    return new FramePosition(_position, FrameState.Single);
                }

                string why = isRecord && isBefore && isWanted(name) ? "stands before the array that is read"
                    : isRecord ? "looks like a record, and does not have the name of a category"
                    : "may hold records, and does not have the form of a wrapper";
                start = _position;
                if (SkipNested() > 0)
                {
                    Add(new UnreadFile(file.Path, $"the object \"{name}\" at byte {start} ({Bytes(_position - start)}) {why}", IsExpected: true));
                }

                return null;
            case '{' when depth < MaxDepth:
                if (_entered is null && ReadsObjects && isWanted(name))
                {
                    _entered = ($"the object \"{name}\" at byte {_position}", depth, _unread.Count + _more);
                    (_enteredAt, _hasMembers) = (_position, false);
                }

                depth++;
                _position++;
                return null;
            case '[' when !isBefore && isWanted(name):
                _position++;
                return new FramePosition(_position, FrameState.Wrapped);
            case '[':
                start = _position;
                long items = SkipNested();
                if (items > 0 && ListsArrays)
                {
                    Add(new UnreadFile(
                        file.Path, $"the array \"{name}\" at byte {start} ({items} {(items == 1 ? "element" : "elements")}, {Bytes(_position - start)}) does not have the name of a category", IsExpected: true));
                }

                return null;
            case '{':
                SkipNested();
                return null;
            default:
                SkipScalar();
                return null;
        }
    }

    /// <summary>Lists an object with a wanted name that is left, if it has members, and nothing in it was read or listed.</summary>
    /// <param name="depth">The number of objects that are open after it.</param>
    private void Leave(int depth)
    {
        if (_entered is not { } entered || entered.Depth != depth)
        {
            return;
        }

        _entered = null;
        if (_hasMembers && entered.Listed == _unread.Count + _more)
        {
            Add(new UnreadFile(file.Path, $"{entered.What} ({Bytes(_position - _enteredAt)}) has neither the user nor the day of a record", IsExpected: true));
        }
    }

    /// <summary>The bytes from the position on that show what an object is.</summary>
    private ReadOnlySpan<byte> Head()
    {
        if (_position < _window.Offset || _position + LoneRecord.HeadBytes > _window.Offset + _window.Length)
        {
            _window.MoveTo(_position, WindowBytes);
        }

        return _window.Bytes[(int)(_position - _window.Offset)..];
    }

    /// <summary>Reads a property name and the colon after it; null when there is none, and then the position does not change.</summary>
    private string? ReadName()
    {
        _window.MoveTo(_position, MaxNameBytes);
        Utf8JsonReader json = new(_window.Bytes, isFinalBlock: false, default);
        try
        {
            if (!json.Read())
            {
                _isCutOff = _window.ReachesEnd;
                return null;
            }

            if (json.TokenType != JsonTokenType.String)
            {
                return null;
            }
        }
        catch (JsonException)
        {
            return null;
        }

        string name = FileHead.NameOf(ref json);
        long before = _position;
        _position += json.BytesConsumed;
        if (SkipBlanks() == ':')
        {
            _position++;
            return name;
        }

        _isCutOff = Current() < 0;
        _position = before;
        return null;
    }

    /// <summary>Skips an object or an array; returns the number of its elements. A value that is not closed ends with the file.</summary>
    private long SkipNested()
    {
        int depth = 0;
        long commas = 0;
        bool hasContent = false;
        for (int b = Current(); b >= 0; b = Current())
        {
            if (b == '"')
            {
                hasContent = true;
                SkipString();
                continue;
            }

            _position++;
            depth += b is '{' or '[' ? 1 : b is '}' or ']' ? -1 : 0;
            commas += depth == 1 && b == ',' ? 1 : 0;
            hasContent |= depth > 1 || (depth == 1 && b is not ('[' or '{' or ',' or ' ' or '\t' or '\r' or '\n'));
            if (depth == 0)
            {
                break;
            }
        }

        return hasContent ? commas + 1 : 0;
    }

    private void SkipScalar()
    {
        for (int b = Current(); b is >= 0 and not (',' or '}' or ']'); b = Current())
        {
            if (b == '"')
            {
                SkipString();
            }
            else
            {
                _position++;
            }
        }
    }

    private void SkipString()
    {
        _position++;
        for (int b = Current(); b >= 0; b = Current())
        {
            _position += b == '\\' ? 2 : 1;
            if (b == '"')
            {
                return;
            }
        }
    }

    private int SkipBlanks()
    {
        int b = Current();
        while (b is ' ' or '\t' or '\r' or '\n')
        {
            _position++;
            b = Current();
        }

        return b;
    }

    /// <summary>The byte at the position; -1 at the end of the file.</summary>
    private int Current()
    {
        if (_position < _window.Offset || _position >= _window.Offset + _window.Length)
        {
            _window.MoveTo(_position, WindowBytes);
            file.ReleaseBefore(_position);
            if (_position >= _window.FileLength)
            {
                return -1;
            }
        }

        return _window.Bytes[(int)(_position - _window.Offset)];
    }

    private WrapperRest End(FramePosition? array, Wrapper? wrapper, bool isClosed)
    {
        if (_more > 0)
        {
            _unread.Add(new UnreadFile(file.Path, $"{_more} more arrays and objects do not have the name of a category", IsExpected: true));
        }

        return new WrapperRest(array, wrapper, _unread, isClosed);
    }

    private void Add(UnreadFile unread)
    {
        if (_unread.Count < MaxListed)
        {
            _unread.Add(unread);
        }
        else
        {
            _more++;
        }
    }

    private long Length()
    {
        file.ReadToEnd();
        return file.Length;
    }

    private static string Bytes(long count) => count == 1 ? "byte" : $"{count} bytes";
}
