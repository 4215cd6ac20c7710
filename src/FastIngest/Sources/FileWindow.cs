namespace FastIngest.Sources;

/// <summary>
/// A movable view of a part of a file, for one worker. Of a mapped file it is the mapping itself, faulted in ahead
/// and given back when the window leaves it, so that mapped pages do not add up; otherwise it is a buffer.
/// Not thread-safe.
/// </summary>
public sealed unsafe class FileWindow : IDisposable
{
    private const int PageBytes = 4096;

    /// <summary>The kernel maps pages around a fault too, within blocks of this size: they are given back as well.</summary>
    private const int FaultBytes = 64 * 1024;

    private SourceFile? _file;
    private byte[] _buffer = [];
    private byte* _mapped;
    private int _length;

    /// <summary>Where in the file the window starts.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether the window ends where the file ends.</summary>
    public bool ReachesEnd => Offset + _length == _file!.Length;

    public long FileLength => _file!.Length;

    // SAFETY: _mapped points at Offset within a mapping of the whole file that stands until EndMappedUse, and
    // Offset + _length never exceeds the file's length.
    public ReadOnlySpan<byte> Bytes => _mapped != null ? new ReadOnlySpan<byte>(_mapped, _length) : _buffer.AsSpan(0, _length);

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
        offset = Math.Min(offset, file.Length);
        length = Math.Min(Math.Min(length, file.Length - offset), Array.MaxLength);
        nint map = file.BeginMappedUse();
        if (map != 0)
        {
            _mapped = (byte*)map + offset;
            Populate((int)length);
        }
        else
        {
            if (_buffer.Length < length)
            {
                _buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Max(length, _buffer.Length * 2L), Array.MaxLength));
            }

            file.Read(_buffer.AsSpan(0, (int)length), offset);
        }

        Offset = offset;
        _length = (int)length;
    }

    /// <summary>Gives the bytes back.</summary>
    public void Leave()
    {
        if (_mapped != null)
        {
            // SAFETY: whole pages within the mapping; dropping them only costs a fault when they are read again, also
            // where another window looks at them.
            nint map = (nint)_mapped - (nint)Offset;
            nint start = Math.Max(map, (nint)_mapped & -FaultBytes);
            nint end = (nint)Math.Min(map + (nint)_file!.Length, ((nint)_mapped + _length + FaultBytes) & -FaultBytes);
            _mapped = null;
            _ = Native.Advise(start, (nuint)(end - start), Native.AdviceDontNeed);
            _file.EndMappedUse();
        }

        _length = 0;
    }

    public void Dispose() => Leave();

    private void Populate(int length)
    {
        // SAFETY: the pages lie in the mapping; the call only reads ahead, and an old kernel that lacks it refuses.
        nint start = (nint)_mapped & -PageBytes;
        _ = Native.Advise(start, (nuint)((nint)_mapped + length - start), Native.AdvicePopulateRead);
    }
}
