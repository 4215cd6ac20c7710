using FastIngest.Sources.Compression;
using FastIngest.Sources.Text;

namespace FastIngest.Sources;

/// <summary>
/// A compressed file or an archive member that can be read like a plain file. Its bytes are decompressed into memory as far
/// as workers read. They have an address range of their own, so that windows point to them without a copy; memory that all
/// workers have passed is released.
/// <code>
/// address range    released ┆ retained for looking back ┆ windows of the workers ┆ not decompressed yet
/// </code>
/// The length is known when the end is reached; until then it is <see cref="long.MaxValue"/>. Thread-safe: a worker that needs
/// further bytes decompresses them while the other workers continue to read.
/// </summary>
public sealed unsafe class UnpackedFile : SourceFile
{
    /// <summary>The size of the reserved address range, not of memory: the maximum decompressed size.</summary>
    private static readonly nuint ReservedBytes = unchecked((nuint)(1UL << 40));

    /// <summary>The typical ratio of decompressed to compressed size of exports.</summary>
    public const int TypicalExpansion = 10;

    /// <summary>The number of bytes decompressed at once, and the number of bytes made accessible at once.</summary>
    private const int PieceBytes = 256 * 1024, AccessBytes = 4 << 20;

    private const long RetainedBytes = 1 << 20, MinReleaseBytes = 4 << 20;

    private readonly Lock _unpacking = new();
    private readonly Lock _releasing = new();
    private readonly Func<Stream> _open;
    private readonly Action _close;
    private readonly Action? _dispose;
    private readonly SourceFile? _packed;
    private readonly Func<long> _packedBytesRead;
    private readonly string _test;
    private readonly List<Mark> _marks = [];
    private readonly ExpansionLimit _limit;
    private Stream? _stream;
    private byte* _start;
    private long _accessible, _written, _released, _feeds;
    private volatile bool _isEnded;
    private bool _isDisposed;

    /// <param name="path">The path shown to the user.</param>
    /// <param name="packedLength">The compressed size in bytes.</param>
    /// <param name="open">Opens the stream of decompressed bytes; called at the first read.</param>
    /// <param name="packedBytesRead">Returns the number of compressed bytes that the stream has read.</param>
    /// <param name="close">Closes the source of the stream.</param>
    /// <param name="test">A command with which the user can test the file.</param>
    /// <param name="limit">How much the file may grow.</param>
    /// <param name="packed">The compressed file; null for a member of an archive.</param>
    /// <param name="dispose">Called once, when the file is disposed; null for nothing.</param>
    internal UnpackedFile(
        string path, long packedLength, Func<Stream> open, Func<long> packedBytesRead, Action close, string test, ExpansionLimit limit, SourceFile? packed = null, Action? dispose = null)
        : base(path)
    {
        _packed = packed;
        PackedLength = packedLength;
        _open = open;
        _packedBytesRead = packedBytesRead;
        _close = close;
        _dispose = dispose;
        _test = test;
        _limit = limit;
    }

    public override long Length => _isEnded ? Volatile.Read(ref _written) : long.MaxValue;

    public override long PackedLength { get; }

    public override bool IsPacked => true;

    /// <summary>Opens a compressed file. The returned file owns <paramref name="packed"/> and closes it.</summary>
    internal static UnpackedFile Open(SourceFile packed, Compression.Compression compression, ExpansionLimit limit)
    {
        SourceStream stream = new(packed);
        return new UnpackedFile(packed.Path, packed.Length, Unpack, () => stream.Position, packed.Dispose, compression.TestCommand, limit, packed);

        Stream Unpack()
        {
            stream.Position = 0;
            return WideText.ToUtf8(compression.Open(stream));
        }
    }

    /// <summary>Presents a plain file in UTF-16 or UTF-32 as UTF-8. The returned file owns <paramref name="wide"/> and closes it.</summary>
    internal static UnpackedFile Decode(SourceFile wide, ExpansionLimit limit)
    {
        SourceStream stream = new(wide);
        return new UnpackedFile(wide.Path, wide.Length, Open, () => stream.Position, wide.Dispose, "iconv", limit, wide);

        Stream Open()
        {
            stream.Position = 0;
            return WideText.ToUtf8(stream);
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
            if (!_isDisposed)
            {
                _isDisposed = true;
                _dispose?.Invoke();
            }
        }

        base.Dispose();
    }

    internal override void AllowClosing() => _packed?.AllowClosing();

    internal override void Rewind()
    {
        lock (_unpacking)
        {
            Release();
            _written = _released = _feeds = 0;
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

    /// <exception cref="IngestException">The file is damaged, or it grows beyond the limit.</exception>
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
            ReleaseBefore(Volatile.Read(ref _written));
        }
    }

    internal override bool PrefersMap(int length) => true;

    internal override void LoadFrom(long offset)
    {
    }

    // SAFETY: bytes below _written are accessible, and remain readable (as zeros) after their release. Callers call Reach first.
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
    /// Releases memory. A reader that looks back over blanks into released memory gets the same result as before: the last byte
    /// that is not a blank, or a line feed after it, is stored at the end of the released range.
    /// </summary>
    internal override void ReleaseBefore(long before)
    {
        lock (_releasing)
        {
            before = (before - RetainedBytes) / PieceBytes * PieceBytes;
            if (before - _released < MinReleaseBytes)
            {
                return;
            }

            // SAFETY: the range is below _written, and nobody reads it any more except to look back.
            byte mark = SummaryOf(new ReadOnlySpan<byte>(_start + Math.Max(0, _released - 1), (int)Math.Min(before - Math.Max(0, _released - 1), int.MaxValue)));
            _ = Native.Advise((nint)(_start + _released), (nuint)(before - _released), Native.AdviceDontNeed);
            _start[before - 1] = mark;
            _released = before;
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
                throw new IngestException($"{Path} cannot be decompressed: there is not enough address space (ulimit -v).", "Raise the limit, or decompress the file first.");
            }
        }

        if (_accessible < _written + PieceBytes)
        {
            if (_accessible + AccessBytes > (long)ReservedBytes
                || Native.Protect((nint)(_start + _accessible), AccessBytes, Native.ProtRead | Native.ProtWrite) != 0)
            {
                throw new IngestException($"{Path} cannot be decompressed beyond byte {_written}: there is not enough memory, or the file is too large.", "Decompress the file first.");
            }

            _accessible += AccessBytes;
        }

        _marks.Add(new Mark(_written, _packedBytesRead(), _feeds));

        // SAFETY: the range is accessible, and nobody reads it yet.
        Span<byte> piece = new(_start + _written, PieceBytes);
        int read;
        try
        {
            _stream ??= _open();
            read = _stream.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is not IngestException)
        {
            string where = e.Message.Contains(" byte ", StringComparison.Ordinal) ? "" : $" (at or before byte {_packedBytesRead()} of {PackedLength})";
            throw new IngestException(
                $"{Path} cannot be decompressed: {e.Message.TrimEnd('.')}{where}.", $"Download or copy the file once more, or test it with {_test}.", e);
        }

        _feeds += piece[..read].Count((byte)'\n');
        Volatile.Write(ref _written, _written + read);
        _isEnded = read < piece.Length;
        _limit.Check(Path, _written, _packedBytesRead());
    }

    /// <summary>Releases all memory. No thread may read during the call.</summary>
    private void Release()
    {
        _stream?.Dispose();
        _stream = null;
        if (_packed is not null)
        {
            _packed.Rewind();
        }
        else
        {
            // A member of an archive opens the archive itself, and opens it once more when it is read again.
            _close();
        }

        if (_start != null)
        {
            // SAFETY: the range is the whole reservation.
            _ = Native.Unmap((nint)_start, ReservedBytes);
            _start = null;
            _accessible = 0;
        }
    }

    private Mark MarkBefore(long offset)
    {
        int index = (int)(offset / PieceBytes);
        return index < _marks.Count ? _marks[index] : _marks.Count > 0 ? _marks[^1] : default;
    }

    /// <summary>The counters at the start of a piece.</summary>
    private readonly record struct Mark(long Offset, long PackedBytes, long LineFeeds);
}
