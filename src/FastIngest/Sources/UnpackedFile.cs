using FastIngest.Sources.Compression;

namespace FastIngest.Sources;

/// <summary>
/// A compressed file, or a member of an archive, as if it were a plain one, unpacked into memory as far as someone reads. Its bytes
/// have an address space of their own, in which a window points at them without a copy; what lies behind the readers is given back.
/// <code>
/// address space    given back ┆ kept for going back ┆ windows of the workers ┆ not unpacked yet
/// </code>
/// Its length is known when its end is reached; until then it is longer than any offset. Thread-safe: whoever needs bytes that are not
/// unpacked yet unpacks them, while the others read on.
/// </summary>
public sealed unsafe class UnpackedFile : SourceFile
{
    /// <summary>Room in the address space, not in memory: more than this is not unpacked.</summary>
    private static readonly nuint ReservedBytes = unchecked((nuint)(1UL << 40));

    /// <summary>Exports shrink about to a tenth of their size.</summary>
    public const int TypicalExpansion = 10;

    /// <summary>Bytes unpacked at once, and made usable at once.</summary>
    private const int PieceBytes = 256 * 1024, UsableBytes = 4 << 20;

    private const long KeptBytes = 1 << 20, ForgottenBytes = 4 << 20;

    private readonly Lock _unpacking = new();
    private readonly Lock _forgetting = new();
    private readonly Func<Stream> _open;
    private readonly Action _close;
    private readonly Func<long> _packedBytesRead;
    private readonly string _test;
    private readonly List<Mark> _marks = [];
    private readonly ExpansionLimit _limit;
    private Stream? _stream;
    private byte* _start;
    private long _usable, _written, _forgotten, _feeds;
    private volatile bool _isEnded;

    /// <param name="path">The file as shown to the user.</param>
    /// <param name="packedLength">Its compressed bytes.</param>
    /// <param name="open">Opens the stream of unpacked bytes; called when the first are read.</param>
    /// <param name="packedBytesRead">How many compressed bytes that stream has read.</param>
    /// <param name="close">Gives back what the stream reads from.</param>
    /// <param name="test">What the user can test the file with.</param>
    /// <param name="limit">How much it may grow.</param>
    internal UnpackedFile(string path, long packedLength, Func<Stream> open, Func<long> packedBytesRead, Action close, string test, ExpansionLimit limit)
        : base(path)
    {
        PackedLength = packedLength;
        _open = open;
        _packedBytesRead = packedBytesRead;
        _close = close;
        _test = test;
        _limit = limit;
    }

    public override long Length => _isEnded ? Volatile.Read(ref _written) : long.MaxValue;

    public override long PackedLength { get; }

    public override bool IsPacked => true;

    /// <summary>Opens a compressed file; the file is closed with it.</summary>
    internal static UnpackedFile Open(SourceFile packed, Compression.Compression compression, ExpansionLimit limit)
    {
        SourceStream stream = new(packed);
        return new UnpackedFile(packed.Path, packed.Length, Unpack, () => stream.Position, packed.Dispose, compression.TestCommand, limit);

        Stream Unpack()
        {
            stream.Position = 0;
            return compression.Open(stream);
        }
    }

    public override long PackedBytesTo(long offset)
    {
        lock (_unpacking)
        {
            return offset >= _written ? _packedBytesRead() : MarkBefore(offset).PackedBytes;
        }
    }

    public override void Dispose()
    {
        Rewind();
        lock (_unpacking)
        {
            _isEnded = true;
            _close();
        }

        base.Dispose();
    }

    internal override void Rewind()
    {
        lock (_unpacking)
        {
            Release();
            _written = _forgotten = _feeds = 0;
            _marks.Clear();
            _isEnded = false;
        }
    }

    internal override void Finish()
    {
        lock (_unpacking)
        {
            Release();
        }
    }

    /// <exception cref="IngestException">The file is damaged, or grows beyond the limit.</exception>
    internal override void Reach(long end)
    {
        if (_isEnded || Volatile.Read(ref _written) >= end)
        {
            return;
        }

        lock (_unpacking)
        {
            while (!_isEnded && _written < end)
            {
                Unpack();
            }
        }
    }

    internal override void ReadToEnd()
    {
        while (!_isEnded)
        {
            Reach(Volatile.Read(ref _written) + 1);
            Forget(Volatile.Read(ref _written));
        }
    }

    // SAFETY: bytes below _written are usable until they are forgotten, and readable then; callers reach them first.
    internal override nint Map(long offset, int length) => (nint)(_start + offset);

    internal override void Unmap(nint address, int length)
    {
    }

    internal override void Read(Span<byte> destination, long offset)
    {
        Reach(offset + destination.Length);

        // SAFETY: as for Map.
        new ReadOnlySpan<byte>(_start + offset, destination.Length).CopyTo(destination);
    }

    /// <summary>
    /// Gives memory back. Who looks back over blanks beyond what is kept still finds what he would have found: the last byte that is
    /// no blank, or a line feed behind it.
    /// </summary>
    internal override void Forget(long before)
    {
        lock (_forgetting)
        {
            before = (before - KeptBytes) / PieceBytes * PieceBytes;
            if (before - _forgotten < ForgottenBytes)
            {
                return;
            }

            // SAFETY: below _written, where nobody reads any more but he who looks back.
            byte mark = SummaryOf(new ReadOnlySpan<byte>(_start + Math.Max(0, _forgotten - 1), (int)Math.Min(before - Math.Max(0, _forgotten - 1), int.MaxValue)));
            _ = Native.Advise((nint)(_start + _forgotten), (nuint)(before - _forgotten), Native.AdviceDontNeed);
            _start[before - 1] = mark;
            _forgotten = before;
        }
    }

    internal override (long Offset, long LineFeeds) CountedBefore(long offset)
    {
        lock (_unpacking)
        {
            Mark mark = MarkBefore(Math.Min(offset, _written));
            return (mark.Offset, mark.LineFeeds);
        }
    }

    private static byte SummaryOf(ReadOnlySpan<byte> bytes)
    {
        int last = bytes.LastIndexOfAnyExcept(" \t\r\n"u8);
        return bytes[(last + 1)..].Contains((byte)'\n') ? (byte)'\n' : last < 0 ? bytes[0] : bytes[last];
    }

    private void Unpack()
    {
        if (_start == null)
        {
            _start = (byte*)Native.Map(0, ReservedBytes, Native.ProtNone, Native.MapPrivate | Native.MapAnonymous | Native.MapNoReserve, -1, 0);
            if ((nint)_start == -1)
            {
                _start = null;
                throw new IngestException($"{Path} can not be unpacked: there is no address space (ulimit -v).", "Raise the limit, or unpack the file first.");
            }
        }

        if (_usable < _written + PieceBytes)
        {
            if (_usable + UsableBytes > (long)ReservedBytes
                || Native.Protect((nint)(_start + _usable), UsableBytes, Native.ProtRead | Native.ProtWrite) != 0)
            {
                throw new IngestException($"{Path} can not be unpacked further than byte {_written}: no memory, or too large.", "Unpack the file first.");
            }

            _usable += UsableBytes;
        }

        _marks.Add(new Mark(_written, _packedBytesRead(), _feeds));

        // SAFETY: usable, and nobody reads it yet.
        Span<byte> piece = new(_start + _written, PieceBytes);
        int read;
        try
        {
            _stream ??= _open();
            read = _stream.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is not IngestException)
        {
            throw new IngestException(
                $"{Path} can not be unpacked: {e.Message.TrimEnd('.')} (up to byte {_packedBytesRead()} of {PackedLength}).", $"Fetch the file once more, or test it with {_test}.", e);
        }

        _feeds += piece[..read].Count((byte)'\n');
        Volatile.Write(ref _written, _written + read);
        _isEnded = read < piece.Length;
        _limit.Check(Path, _written, _packedBytesRead());
    }

    /// <summary>Gives all memory back; nobody reads.</summary>
    private void Release()
    {
        _stream?.Dispose();
        _stream = null;
        if (_start != null)
        {
            // SAFETY: the whole reservation.
            _ = Native.Unmap((nint)_start, ReservedBytes);
            _start = null;
            _usable = 0;
        }
    }

    private Mark MarkBefore(long offset)
    {
        int index = (int)(offset / PieceBytes);
        return index < _marks.Count ? _marks[index] : _marks.Count > 0 ? _marks[^1] : default;
    }

    /// <summary>What is known of the place where a piece begins.</summary>
    private readonly record struct Mark(long Offset, long PackedBytes, long LineFeeds);
}
