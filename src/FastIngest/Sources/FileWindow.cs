using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Sources;

/// <summary>
/// A movable view of a part of a file, for one worker: a mapping of just that part, faulted in ahead, or a buffer.
/// Only what a window shows is ever mapped, since the kernel maps whole folios, of up to 2 MiB, around a page that is
/// touched, and all that is mapped counts as the process's memory. Not thread-safe.
/// </summary>
public sealed unsafe class FileWindow : IDisposable
{
    private const int PageBytes = 4096;

    /// <summary>A buffer of more, which one large record wanted, is given back when it is much too large.</summary>
    private const int LargeBytes = 32 << 20;

    private SourceFile? _file;
    private byte[] _buffer = [];
    private nint _map;
    private int _mapBytes;
    private byte* _start;
    private int _length;

    /// <summary>Where in the file the window starts.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether the window ends where the file ends.</summary>
    public bool ReachesEnd => Offset + _length == _file!.Length;

    public long FileLength => _file!.Length;

    /// <summary>Bytes in the window.</summary>
    public int Length => _length;

    // SAFETY: _start points at Offset within a mapping that stands until Leave and ends with the window, which never
    // exceeds the file's length; or at the pinned _buffer, which is at least _length long.
    public ReadOnlySpan<byte> Bytes => new(_start, _length);

    /// <summary>The first byte of the window, until it moves.</summary>
    internal byte* Start => _start;

    public void Attach(SourceFile file)
    {
        Leave();
        _file = file;
    }

    /// <summary>
    /// Shows <paramref name="length"/> bytes from <paramref name="offset"/>, less at the end of the file, none beyond it.
    /// Spans taken before are invalid.
    /// </summary>
    public void MoveTo(long offset, long length)
    {
        SourceFile file = _file!;
        Leave();
        file.Reach(offset + length);
        offset = Math.Min(offset, file.Length);
        int before = (int)(offset % PageBytes);
        length = Math.Min(Math.Min(length, file.Length - offset), Array.MaxLength - before);
        if (length > 0 && (_map = file.Map(offset - before, before + (int)length)) != 0)
        {
            _mapBytes = before + (int)length;
            _start = (byte*)_map + before;

            // SAFETY: the whole mapping; the call only reads ahead, and an old kernel that lacks it refuses.
            _ = Native.Advise(_map, (nuint)_mapBytes, Native.AdvicePopulateRead);
        }
        else
        {
            if (_buffer.Length < length || (_buffer.Length > LargeBytes && length < _buffer.Length / 4))
            {
                Allocate(length);
            }

            _start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_buffer));
            file.Read(_buffer.AsSpan(0, (int)length), offset);
        }

        Offset = offset;
        _length = (int)length;
    }

    private void Allocate(long length)
    {
        long wanted = _buffer.Length < length ? Math.Max(length, _buffer.Length * 2L) : length;
        if (Math.Max(wanted, _buffer.Length) > LargeBytes)
        {
            // It may be as large as all else together, and would wait long for the collector.
            _buffer = [];
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }

        _buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(wanted, Array.MaxLength), pinned: true);
    }

    /// <summary>Gives the bytes back.</summary>
    public void Leave()
    {
        if (_map != 0)
        {
            _file!.Unmap(_map, _mapBytes);
            _map = 0;
        }

        _start = null;
        _length = 0;
    }

    public void Dispose() => Leave();
}
