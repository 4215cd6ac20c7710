using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Sources;

/// <summary>
/// A movable view of a part of a file, for one worker: a mapping of only that part, populated in advance, or a buffer. Only
/// the part in the window is mapped, because the kernel maps whole folios of up to 2 MiB around a touched page, and all
/// mapped pages count as memory of the process. Not thread-safe.
/// </summary>
public sealed unsafe class FileWindow : IDisposable
{
    private const int PageBytes = 4096;

    /// <summary>A buffer above this size, needed for one large record, is released when it is much too large.</summary>
    private const int LargeBytes = 32 << 20;

    private SourceFile? _file;
    private byte[] _buffer = [];
    private nint _map;
    private int _mapBytes;
    private byte* _start;
    private int _length;
    private long _movedAt;

    /// <summary>A buffer that no window of this thread uses; readers of several categories take turns.</summary>
    [ThreadStatic]
    private static byte[]? t_spare;

    /// <summary>The offset in the file, in bytes, where the window starts.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether the window ends at the end of the file.</summary>
    public bool ReachesEnd => Offset + _length == _file!.Length;

    public long FileLength => _file!.Length;

    /// <summary>The length of the window in bytes.</summary>
    public int Length => _length;

    // SAFETY: _start points to Offset in a mapping that exists until Release and ends with the window, inside the file's
    // length; or to the pinned _buffer, which is at least _length long.
    public ReadOnlySpan<byte> Bytes => new(_start, _length);

    /// <summary>The address of the first byte of the window; valid until the window moves.</summary>
    internal byte* Start => _start;

    public void Attach(SourceFile file)
    {
        Release();
        _file = file;
    }

    /// <summary>
    /// Moves the window to <paramref name="length"/> bytes at <paramref name="offset"/>; it is shorter at the end of the file and
    /// empty after it. Spans taken before the call become invalid.
    /// </summary>
    public void MoveTo(long offset, long length)
    {
        SourceFile file = _file!;
        Leave();
        file.Reach(offset + length);
        offset = Math.Min(offset, file.Length);
        int before = (int)(offset % PageBytes);
        length = Math.Min(Math.Min(length, file.Length - offset), Array.MaxLength - before);
        _movedAt = Stopwatch.GetTimestamp();
        if (length >= SourceFile.MinMapBytes)
        {
            file.LoadFrom(offset + length);
        }

        if (length > 0 && file.PrefersMap((int)length) && (_map = file.Map(offset - before, before + (int)length)) != 0)
        {
            _mapBytes = before + (int)length;
            _start = (byte*)_map + before;

            // SAFETY: the range is the whole mapping. The call only reads ahead; an old kernel that does not support it returns an error.
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
        if (t_spare is { } spare && spare.Length >= length)
        {
            (_buffer, t_spare) = (spare, null);
            return;
        }

        long wanted = _buffer.Length < length ? Math.Max(length, _buffer.Length * 2L) : length;
        if (Math.Max(wanted, _buffer.Length) > LargeBytes)
        {
            // The old buffer may be as large as all other memory; without this the collector would free it late.
            _buffer = [];
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }

        _buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(wanted, Array.MaxLength), pinned: true);
    }

    /// <summary>Unmaps the window, which is then empty, and lends its buffer to the other windows of this thread.</summary>
    public void Release()
    {
        Leave();
        if (_buffer.Length <= LargeBytes && _buffer.Length > (t_spare?.Length ?? 0))
        {
            (t_spare, _buffer) = (_buffer, t_spare ?? []);
        }
    }

    public void Dispose() => Release();

    private void Leave()
    {
        bool isMapped = _map != 0;
        if (isMapped)
        {
            _file!.Unmap(_map, _mapBytes);
            _map = 0;
        }

        if (_length > 0)
        {
            _file!.AddTime(isMapped, _length, Stopwatch.GetTimestamp() - _movedAt);
        }

        _start = null;
        _length = 0;
    }
}
