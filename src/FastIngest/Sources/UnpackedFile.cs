using System.Buffers;
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
/// further bytes decompresses them while the other workers continue to read. Where the headers of a file give the lengths of its
/// blocks, several workers decompress at the same time, each into its own place (or into a copy, if only the greatest length is known):
/// <code>
/// worker 1   block 0 ──────► block 3 ──────►      bytes become readable in order: 0, then 1, 2, …
/// worker 2   block 1 ──► block 2 ─────► …         a block that is not what its headers say, and all after it, are read in sequence
/// </code>
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

    private readonly object _unpacking = new();
    private readonly Lock _releasing = new();
    private readonly Func<long, Stream> _open;
    private readonly Compression.Compression? _compression;
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

    // Only while blocks are decompressed: the blocks, the number of threads at work, how far callers asked, and how far blocks are readable.
    private BlockQueue? _blocks;
    private int _unpackers;
    private long _wanted, _packedWritten;
    private bool _isBegun;
    private volatile bool _isEnded;
    private bool _isDisposed;

    /// <param name="path">The path shown to the user.</param>
    /// <param name="packedLength">The compressed size in bytes.</param>
    /// <param name="open">Opens the stream of decompressed bytes from an offset in the compressed file on, which is not 0 only after blocks; called at the first read.</param>
    /// <param name="packedBytesRead">Returns the number of compressed bytes that the stream has read.</param>
    /// <param name="close">Closes the source of the stream.</param>
    /// <param name="test">A command with which the user can test the file.</param>
    /// <param name="limit">How much the file may grow.</param>
    /// <param name="packed">The compressed file; null for a member of an archive.</param>
    /// <param name="dispose">Called once, when the file is disposed; null for nothing.</param>
    /// <param name="compression">The compression of the file, if its blocks may be decompressed at the same time.</param>
    internal UnpackedFile(
        string path, long packedLength, Func<long, Stream> open, Func<long> packedBytesRead, Action close, string test, ExpansionLimit limit, SourceFile? packed = null, Action? dispose = null,
        Compression.Compression? compression = null)
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
        _compression = compression;
    }

    public override long Length => _isEnded ? Volatile.Read(ref _written) : long.MaxValue;

    public override long PackedLength { get; }

    public override bool IsPacked => true;

    /// <summary>Opens a compressed file. The returned file owns <paramref name="packed"/> and closes it.</summary>
    internal static UnpackedFile Open(SourceFile packed, Compression.Compression compression, ExpansionLimit limit)
    {
        SourceStream stream = new(packed);
        return new UnpackedFile(packed.Path, packed.Length, Unpack, () => stream.Position, packed.Dispose, compression.TestCommand, limit, packed, compression: compression);

        Stream Unpack(long start)
        {
            stream.Position = start;
            Stream content = compression.Open(stream);
            return start == 0 ? WideText.ToUtf8(content) : content;
        }
    }

    /// <summary>Presents a plain file in UTF-16 or UTF-32 as UTF-8. The returned file owns <paramref name="wide"/> and closes it.</summary>
    internal static UnpackedFile Decode(SourceFile wide, ExpansionLimit limit)
    {
        SourceStream stream = new(wide);
        return new UnpackedFile(wide.Path, wide.Length, Open, () => stream.Position, wide.Dispose, "iconv", limit, wide);

        Stream Open(long start)
        {
            stream.Position = start;
            return WideText.ToUtf8(stream);
        }
    }

    public override long PackedBytesTo(long offset)
    {
        lock (_unpacking)
        {
            return offset >= _written ? PackedBytesRead() : MarkBefore(offset).PackedBytes;
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
            _written = _released = _feeds = _wanted = _packedWritten = 0;
            _marks.Clear();
            _isBegun = _isEnded = false;
        }
    }

    internal override void Finish()
    {
        lock (_unpacking)
        {
            Release();
            _packed?.Finish();
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
            _wanted = Math.Max(_wanted, end);
            while (!_isEnded && _written < end)
            {
                if (!_isBegun)
                {
                    Begin();
                }
                else if (_blocks is null)
                {
                    Unpack();
                }
                else if (_blocks.Next() is not null)
                {
                    UnpackNext(_blocks);
                }
                else if (_unpackers > 0)
                {
                    // Other threads decompress the last blocks.
                    Monitor.Wait(_unpacking);
                }
                else
                {
                    Publish(_blocks);
                }
            }
        }
    }

    internal override bool UnpackAhead(long aheadBytes)
    {
        lock (_unpacking)
        {
            if (_blocks?.Next() is not { } group || _written + _blocks.TakenBytes + group.Length - aheadBytes > _wanted)
            {
                return false;
            }

            UnpackNext(_blocks);
            return true;
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

    private long PackedBytesRead() => _packedWritten > 0 && _stream is null ? _packedWritten : _packedBytesRead();

    /// <summary>Finds out whether blocks can be decompressed at the same time. It takes several of them, and text in UTF-8.</summary>
    private void Begin()
    {
        _isBegun = true;
        if (_compression is null)
        {
            return;
        }

        BlockQueue blocks = new(_packed!, _compression);
        if (blocks.Next() is not { } first || first.PackedLength == PackedLength || first.Length < WideText.HeadBytes)
        {
            return;
        }

        MakeAccessible(first.Length);
        blocks.Take();

        // SAFETY: as below.
        Span<byte> bytes = new(_start, first.Length);
        first.Unpack(_packed!, _compression, bytes, PieceBytes);
        if (first.UnpackedLength >= WideText.HeadBytes && WideText.Recognise(bytes[..WideText.HeadBytes]) is null)
        {
            _blocks = blocks;
            Publish(blocks);
        }
    }

    /// <summary>Decompresses the next group of blocks; without the lock, so that other threads decompress at the same time.</summary>
    private void UnpackNext(BlockQueue blocks)
    {
        BlockGroup group = blocks.Next()!;
        long offset = _written + blocks.TakenBytes;
        bool isPlaced = blocks.IsExact && group.IsExact;
        if (isPlaced)
        {
            MakeAccessible(offset + group.Length);
        }

        blocks.Take();
        _unpackers++;
        Monitor.Exit(_unpacking);
        try
        {
            // SAFETY: the range is accessible and belongs to this group; its memory is released only when no thread is at work.
            group.Unpack(_packed!, _compression!, isPlaced ? new Span<byte>(_start + offset, group.Length) : [], PieceBytes);
        }
        catch (Exception e) when (e is IngestException or OutOfMemoryException)
        {
            // Whoever reads in sequence gets the same error, in its turn.
        }
        finally
        {
            Monitor.Enter(_unpacking);
            _unpackers--;
            Monitor.PulseAll(_unpacking);
        }

        if (_blocks == blocks)
        {
            Publish(blocks);
        }
    }

    /// <summary>Makes the blocks readable that are decompressed, in their order, and changes to decompression in sequence where that is needed.</summary>
    private void Publish(BlockQueue blocks)
    {
        long packedLength = _packedWritten;
        while (blocks.First is { IsDone: true } group)
        {
            if (group.Copy is { } copy)
            {
                int copied = group.UnpackedLength;
                MakeAccessible(_written + copied);

                // SAFETY: the range is accessible, and nobody reads it yet.
                copy.AsSpan(0, copied).CopyTo(new Span<byte>(_start + _written, copied));
                ArrayPool<byte>.Shared.Return(copy);
            }

            foreach ((int length, int feeds) in group.Pieces)
            {
                _marks.Add(new Mark(_written, group.PackedOffset, _feeds));
                _feeds += feeds;
                Volatile.Write(ref _written, _written + length);
            }

            blocks.RemoveFirst();
            if (group.IsGood)
            {
                _packedWritten = group.PackedOffset + group.PackedLength;
            }
            else
            {
                blocks.Stop();
            }
        }

        if (blocks.First is null && blocks.Next() is null && _unpackers == 0)
        {
            _blocks = null;
            _isEnded = _packedWritten == PackedLength;
        }

        if (_packedWritten > packedLength)
        {
            _limit.Check(Path, _written, _packedWritten);
        }
    }

    /// <summary>Makes memory accessible up to an offset.</summary>
    private void MakeAccessible(long end)
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

        while (_accessible < end)
        {
            if (_accessible + AccessBytes > (long)ReservedBytes
                || Native.Protect((nint)(_start + _accessible), AccessBytes, Native.ProtRead | Native.ProtWrite) != 0)
            {
                throw new IngestException($"{Path} cannot be decompressed beyond byte {_written}: there is not enough memory, or the file is too large.", "Decompress the file first.");
            }

            _accessible += AccessBytes;
        }
    }

    /// <summary>Decompresses the next piece in sequence.</summary>
    private void Unpack()
    {
        MakeAccessible(_written + PieceBytes);
        _marks.Add(new Mark(_written, PackedBytesRead(), _feeds));

        // SAFETY: the range is accessible, and nobody reads it yet.
        Span<byte> piece = new(_start + _written, PieceBytes);
        int read;
        try
        {
            _stream ??= _open(_packedWritten);
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

    /// <summary>Releases all memory. No thread may read during the call; threads that decompress ahead finish first.</summary>
    private void Release()
    {
        _blocks?.Stop();
        _blocks = null;
        while (_unpackers > 0)
        {
            Monitor.Wait(_unpacking);
        }

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

    /// <summary>The last mark at or before an offset.</summary>
    private Mark MarkBefore(long offset)
    {
        int from = 0, to = _marks.Count;
        while (from < to)
        {
            int middle = (from + to) / 2;
            (from, to) = _marks[middle].Offset <= offset ? (middle + 1, to) : (from, middle);
        }

        return from > 0 ? _marks[from - 1] : default;
    }

    /// <summary>The counters at the start of a piece.</summary>
    private readonly record struct Mark(long Offset, long PackedBytes, long LineFeeds);
}
