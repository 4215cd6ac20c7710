using System.Runtime.CompilerServices;
using FastIngest.Json;
using FastIngest.Json.Shapes;

namespace FastIngest.Sources;

/// <summary>
/// Reads the elements of a file one after another, between two positions, by the rules of docs/reading.md for separators,
/// for values, and for resuming after an invalid value.
/// </summary>
public sealed unsafe class ElementReader(FileWindow window, RecordFields fields, int maxRecordBytes)
{
    /// <summary>The number of bytes to read in addition to those that are certainly needed.</summary>
    private const int ReadAheadBytes = 64 * 1024;

    private const int MaxTries = 16;

    /// <summary>After an invalid value, this many values are searched for an error before they are read.</summary>
    private const int DamagedValues = 256;

    /// <summary>The end of a too large value is searched for up to this many times the maximum record size.</summary>
    private const int ScanFactor = 4;

    private readonly ShapeReader _shapes = ShapeReader.Create(fields);
    private long _position;
    private FrameState _state;
    private long _endExcl;
    private int _runBytes;
    private int _damagedValues;

    /// <summary>Whether an object after a closed wrapper that looks like another wrapper ends the elements.</summary>
    public bool EndsAtNextWrapper { get; init; }

    /// <summary>The result of reading the last element.</summary>
    public ReadStatus Status { get; private set; }

    /// <summary>The offset in the file, in bytes, where the element starts.</summary>
    public long ElementOffset { get; private set; }

    /// <summary>The length of the element in bytes; for a rejected element, up to the offset where reading resumes.</summary>
    public long ElementLength { get; private set; }

    /// <summary>The bytes of the element, if <see cref="Status"/> is Object. Valid until the next call.</summary>
    // SAFETY: after Next, the window contains the element.
    public ReadOnlySpan<byte> Element => new(window.Start + (ElementOffset - window.Offset), (int)ElementLength);

    /// <summary>Whether each field of the element is certainly there at most once; false if it is not known.</summary>
    public bool HasFieldsOnce => fields.HaveShape && !_shapes.HasFieldTwice;

    /// <summary>The reading position. After <see cref="Next"/> has returned false, it is the position of the first element after the range.</summary>
    public FramePosition Position => new(_position, _state);

    /// <summary>
    /// Prepares to read the elements that start in the half-open range from <paramref name="position"/> to
    /// <paramref name="endExcl"/>.
    /// </summary>
    public void Start(FramePosition position, long endExcl)
    {
        _position = position.Offset;
        _state = position.State;
        _endExcl = endExcl;
    }

    /// <summary>Reads the next element; false when no element starts before the end of the range.</summary>
    public bool Next() => ReadKnownShape() || ReadAny();

    /// <summary>
    /// Reads the following records as long as they differ from the last one only in their time and one number. Returns the
    /// count of records and stores their numbers in micros. <see cref="Element"/> and the fields remain those of the record before.
    /// </summary>
    public int ReadRun(in RunKey key, int numberField, Span<long> numbers)
    {
        long offset = _position - window.Offset;
        if (Status != ReadStatus.Object || _state >= FrameState.Closed || (ulong)offset >= (ulong)window.Length
            || maxRecordBytes < ShapeReader.RunRecordBytes)
        {
            return 0;
        }

        // SAFETY: the offset lies in the window, and the window does not move during the call.
        byte* from = window.Start + offset;
        int count = _shapes.ReadRun(
            from, window.Start + window.Length, window.Start + Math.Min(_endExcl - window.Offset, window.Length), key, numberField, numbers, out _runBytes);
        _position += _runBytes;
        return count;
    }

    /// <summary>Moves back to the start of the run that <see cref="ReadRun"/> has just read.</summary>
    public void UndoRun() => _position -= _runBytes;

    /// <summary>Notes that the element that was just read, and the run after it, were accepted as records.</summary>
    /// <param name="records">The number of records.</param>
    /// <param name="unknown">Counts its fields that are not read, now or when <see cref="TakeUnknown"/> is called.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accept(int records, NameCounts unknown)
    {
        if (fields.HaveShape)
        {
            _shapes.Accept(records);
        }
        else
        {
            CountUnknown(unknown);
        }
    }

    /// <summary>Adds how many accepted records had each field that is not read, as far as <see cref="Accept"/> has not added it.</summary>
    public void TakeUnknown(NameCounts unknown) => _shapes.TakeCounts(unknown);

    /// <summary>Forgets which records were accepted.</summary>
    public void DiscardUnknown() => _shapes.DiscardCounts();

    private void CountUnknown(NameCounts unknown) => UnknownFields.Count(Element, fields.Unknown, unknown);

    private bool ReadAny()
    {
        long before = _position;
        FrameState stateBefore = _state;
        if (!SkipSeparators() || _position >= _endExcl)
        {
            return false;
        }

        if (_state == stateBefore && before >= window.Offset)
        {
            _shapes.LearnGap(window.Bytes[(int)(before - window.Offset)..(int)(_position - window.Offset)]);
        }

        ElementOffset = _position;
        ReadStatus status = ReadValue(_position, out long length);
        if (status == ReadStatus.Object)
        {
            _shapes.Learn(window.Bytes.Slice((int)(_position - window.Offset), (int)length));
        }

        if (status == ReadStatus.Invalid && _state != FrameState.Single)
        {
            _position = Resume(_position, _position + length);
        }
        else if (status is ReadStatus.Invalid or ReadStatus.TooLarge)
        {
            long end = BracketScan.EndOfValue(window, _position, _position + ((long)ScanFactor * maxRecordBytes));
            _position = end >= 0 ? end : Resume(_position, _position + (status == ReadStatus.Invalid ? length : maxRecordBytes));
        }
        else
        {
            bool isArray = window.Bytes[(int)(_position - window.Offset)] == '[';
            _position = isArray ? EndOfArray(_position, _position + length) : _position + length;
        }

        _state = _state == FrameState.Single ? FrameState.Done : _state;
        Status = status;
        ElementLength = _position - ElementOffset;
        return true;
    }

    /// <summary>Reads a record with a known gap before it and a known shape; false otherwise.</summary>
    private bool ReadKnownShape()
    {
        long offset = _position - window.Offset;
        if (_state >= FrameState.Closed || (ulong)offset >= (ulong)window.Length)
        {
            return false;
        }

        // SAFETY: the offset lies in the window, and the window does not move during the call.
        int length = _shapes.ReadNext(window.Start + offset, window.Start + window.Length, out int gap);
        long start = _position + gap;
        if (length == 0 || start >= _endExcl || length > maxRecordBytes)
        {
            return false;
        }

        ElementOffset = start;
        ElementLength = length;
        _position = start + length;
        Status = ReadStatus.Object;
        return true;
    }

    /// <summary>
    /// Guesses where an element starts at or after an offset: the first place where a whole object can be read; -1 if there is
    /// none. The caller must verify the guess.
    /// </summary>
    public long GuessStart(long from, long endExcl)
    {
        long place = NextPlace(from, endExcl);
        while (place >= 0)
        {
            if (ReadValue(place, out _) is ReadStatus.Object or ReadStatus.InvalidText)
            {
                return place;
            }

            place = NextPlace(place + 1, endExcl);
        }

        return -1;
    }

    /// <summary>Moves to the first byte of the next element; false when there are no more elements.</summary>
    private bool SkipSeparators()
    {
        while (!_state.IsDone() && Ensure(_position, 1))
        {
            ReadOnlySpan<byte> bytes = window.Bytes[(int)(_position - window.Offset)..];
            int i = 0;
            for (; i < bytes.Length; i++)
            {
                byte b = bytes[i];
                if (b == ',' || FileHead.IsWhiteSpace(b))
                {
                    continue;
                }

                if (b == '[' && _state == FrameState.Top)
                {
                    _state = FrameState.Array;
                }
                else if (b == ']' && _state == FrameState.Array)
                {
                    _state = FrameState.Top;
                }
                else if (b == ']' && _state == FrameState.Wrapped)
                {
                    _state = FrameState.Closed;
                }
                else if (b is (byte)']' or (byte)'}' && _state.IsClosed())
                {
                    _state = b == '}' ? FrameStates.AddBrace(_state) : _state;
                }
                else if (_state.IsClosed() && b is not ((byte)'{' or (byte)'['))
                {
                    _state = FrameStates.Done(_state);
                    _position += i;
                    return false;
                }
                else
                {
                    _position += i;
                    if (_state.IsClosed() && b == '{' && IsNextWrapper())
                    {
                        _state = FrameStates.Done(_state);
                        return false;
                    }

                    _state = _state.IsClosed() ? FrameState.Wrapped : _state;
                    return true;
                }
            }

            _position += i;
        }

        return false;
    }

    /// <summary>Whether the object at the position follows the closing brace of a wrapper with nothing but white space between, and looks like another one.</summary>
    private bool IsNextWrapper()
    {
        if (!EndsAtNextWrapper || _state.Braces() == 0)
        {
            return false;
        }

        long before = _position - 1;
        while (before > 0 && FileHead.IsWhiteSpace(ByteAt(before)))
        {
            before--;
        }

        return ByteAt(before) == '}' && Ensure(_position, LoneRecord.HeadBytes)
            && LoneRecord.IsWrapperAt(window.Bytes[(int)(_position - window.Offset)..]);
    }

    private ReadStatus ReadValue(long offset, out long length)
    {
        Ensure(offset, 1);
        while (true)
        {
            ReadOnlySpan<byte> bytes = window.Bytes[(int)(offset - window.Offset)..];
            bool isFinal = window.ReachesEnd;
            if (bytes.Length > maxRecordBytes)
            {
                bytes = bytes[..maxRecordBytes];
                isFinal = false;
            }

            ReadStatus status = GeneralReader.Read(bytes, isFinal, fields, out int read, isDamaged: _damagedValues > 0);
            _damagedValues = status == ReadStatus.Invalid ? DamagedValues : Math.Max(0, _damagedValues - 1);
            length = read;
            if (status != ReadStatus.Incomplete)
            {
                return status;
            }

            if (bytes.Length >= maxRecordBytes)
            {
                return ReadStatus.TooLarge;
            }

            window.MoveTo(offset, Math.Max(bytes.Length * 2L, ReadAheadBytes));
        }
    }

    /// <summary>Returns the offset where reading resumes after an invalid element.</summary>
    private long Resume(long elementOffset, long failedAt)
    {
        long from = elementOffset + 1;
        long furthest = failedAt;
        while (true)
        {
            for (int tries = 0; tries < MaxTries; tries++)
            {
                long place = NextPlace(from, furthest);
                if (place < 0)
                {
                    break;
                }

                if (IsGood(place, out long failed))
                {
                    return place;
                }

                furthest = Math.Max(furthest, failed);
                from = place + 1;
            }

            long beyond = NextPlace(Math.Max(from, furthest), window.FileLength);
            if (beyond < 0)
            {
                return window.FileLength;
            }

            if (IsGood(beyond, out furthest))
            {
                return beyond;
            }

            from = beyond + 1;
        }
    }

    /// <summary>
    /// Returns the end of an array among the records: the offset of the first object in it, because the array may be a torn
    /// <c>[</c> that makes its neighbours look like items; otherwise the offset after the array.
    /// </summary>
    private long EndOfArray(long offset, long endExcl)
    {
        long place = offset;
        for (int tries = 0; tries < MaxTries; tries++)
        {
            place = NextPlace(place + 1, endExcl);
            if (place < 0)
            {
                break;
            }

            if (IsGood(place, out _))
            {
                return place;
            }
        }

        return endExcl;
    }

    private bool IsGood(long place, out long failedAt)
    {
        ReadStatus status = ReadValue(place, out long length);
        failedAt = place + (status == ReadStatus.TooLarge ? maxRecordBytes : length);
        return status is ReadStatus.Object or ReadStatus.InvalidText;
    }

    /// <summary>
    /// The first <c>{</c> in a range that follows <c>,</c>, <c>}</c>, <c>[</c> or a line feed, ignoring other white space; or -1.
    /// </summary>
    private long NextPlace(long from, long endExcl)
    {
        while (from < endExcl && Ensure(from, 1))
        {
            int start = (int)(from - window.Offset);
            ReadOnlySpan<byte> bytes = window.Bytes;
            bytes = bytes[..(int)Math.Min(bytes.Length, endExcl - window.Offset)];
            int found = bytes[start..].IndexOf((byte)'{');
            if (found < 0)
            {
                from = window.Offset + bytes.Length;
                continue;
            }

            from += found;
            if (FollowsSeparator(from))
            {
                return from;
            }

            from++;
        }

        return -1;
    }

    private bool FollowsSeparator(long offset)
    {
        // There are usually few blanks. A run that is longer than the window is examined in pieces before the window.
        for (long before = offset - 1; before >= 0; before--)
        {
            byte b = ByteAt(before);
            if (b is (byte)'\n' or (byte)',' or (byte)'}' or (byte)'[')
            {
                return true;
            }

            if (!FileHead.IsWhiteSpace(b))
            {
                return false;
            }
        }

        return false;
    }

    private byte ByteAt(long offset)
    {
        if (offset < window.Offset)
        {
            // Read a piece of fixed length, independent of the length of the run of blanks.
            window.MoveTo(Math.Max(0, offset - ReadAheadBytes), 2 * ReadAheadBytes);
        }

        return window.Bytes[(int)(offset - window.Offset)];
    }

    /// <summary>Makes sure that the window contains <paramref name="count"/> bytes at an offset; false at the end of the file.</summary>
    private bool Ensure(long offset, int count)
    {
        if (offset >= window.FileLength)
        {
            return false;
        }

        if (offset < window.Offset || offset + count > window.Offset + window.Bytes.Length)
        {
            window.MoveTo(offset, Math.Max(ReadAheadBytes, Math.Min(_endExcl - offset, int.MaxValue) + ReadAheadBytes));
        }

        // The length of a compressed file may become known only by reading.
        return offset < window.FileLength;
    }
}
