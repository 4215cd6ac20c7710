using Microsoft.Win32.SafeHandles;

namespace FastIngest.Sources;

/// <summary>How a file's bytes are brought into memory.</summary>
public enum IoMode
{
    /// <summary>Mapped where a lease guards the mapping against truncation, read otherwise.</summary>
    Auto,

    /// <summary>Memory-mapped windows, lease or not.</summary>
    Mmap,

    /// <summary>Positioned reads into a buffer.</summary>
    Pread,
}

/// <summary>
/// An open input file of a fixed length: its size at opening. Where it can be, its parts are mapped under a read lease
/// (fcntl(2), F_SETLEASE): the kernel then holds back whoever wants to truncate or write the file until the mappings
/// are given up, so that a mapped page can not vanish under a worker (which would be SIGBUS). When someone asks, the
/// file changes over to reading. Thread-safe.
/// </summary>
public class SourceFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SafeFileHandle? _handle;
    private readonly long _length;
    private readonly bool _leased;
    private bool _mapWanted, _leaseReturned;
    private int _mapUsers;

    /// <summary>A file that reads its bytes in its own way.</summary>
    protected SourceFile(string path) => Path = path;

    private SourceFile(string path, SafeFileHandle handle, long length, IoMode mode)
    {
        Path = path;
        _handle = handle;
        _length = length;
        if (mode == IoMode.Pread || _length == 0 || !OperatingSystem.IsLinux())
        {
            return;
        }

        int descriptor = (int)handle.DangerousGetHandle();
        _ = Native.Control(descriptor, Native.SetSignal, Native.IgnoredSignal);
        _leased = Native.Control(descriptor, Native.SetLease, Native.ReadLease) == 0;
        _mapWanted = _leased || mode == IoMode.Mmap;
    }

    public string Path { get; }

    /// <summary>Size in bytes at opening.</summary>
    public virtual long Length => _length;

    /// <summary>Whether the file's parts are mapped at present, and not read.</summary>
    public bool IsMapped => _mapWanted;

    /// <exception cref="IngestException">The file is missing, not a file, or not readable.</exception>
    public static SourceFile Open(string path, IoMode mode)
    {
        // Before it is opened: opening a pipe waits for its other end.
        if (SpecialFile.Is(path))
        {
            throw new IngestException(
                $"{path} is a pipe or a device, which cannot be read from several places at once.", "Write its content to a file first.");
        }

        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IngestException($"{path} does not exist.", "Check the path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IngestException($"{path} can not be read: {e.Message}", "Check that it is a file and that this user may read it.", e);
        }

        return new SourceFile(path, handle, RandomAccess.GetLength(handle), mode);
    }

    /// <summary>
    /// Maps a part of the file and gives its address, or 0 when it is to be read. Every address handed out must be given
    /// back with <see cref="Unmap"/>; until then the lease stands.
    /// </summary>
    /// <param name="offset">Where the part starts, on a page's boundary.</param>
    /// <param name="length">Its bytes, at least one, none behind the end of the file.</param>
    internal virtual nint Map(long offset, int length)
    {
        if (!_mapWanted)
        {
            return 0;
        }

        lock (_gate)
        {
            StopMappingWhenAsked();
            if (!_mapWanted)
            {
                return 0;
            }

            nint address = Native.Map(
                0, (nuint)length, Native.ProtRead, Native.MapShared, (int)_handle!.DangerousGetHandle(), (nint)offset);
            if (address == -1)
            {
                // Some file systems can not map.
                _mapWanted = false;
                ReturnLeaseWhenUnused();
                return 0;
            }

            _mapUsers++;
            return address;
        }
    }

    internal virtual void Unmap(nint address, int length)
    {
        _ = Native.Unmap(address, (nuint)length);
        lock (_gate)
        {
            // Whoever waits for the file since this use began must not wait for the next one, which may never come.
            _mapUsers--;
            StopMappingWhenAsked();
            ReturnLeaseWhenUnused();
        }
    }

    /// <summary>Size in bytes of the file itself at opening; of a compressed one, before it is unpacked.</summary>
    public virtual long PackedLength => _length;

    /// <summary>Whether the bytes are unpacked as they are read, so that reading anywhere means reading all before.</summary>
    public virtual bool IsPacked => false;

    /// <summary>How many bytes of the file itself are read where reading stands at an offset.</summary>
    public virtual long PackedBytesTo(long offset) => offset;

    /// <summary>An offset at or before another one, and the line feeds before it: where who counts lines may begin.</summary>
    internal virtual (long Offset, long LineFeeds) CountedBefore(long offset) => (0, 0);

    /// <summary>Makes sure that what lies before an offset can be read, as far as the file goes.</summary>
    internal virtual void Reach(long end)
    {
    }

    /// <summary>Goes over all that is left, which tells whether the file is whole.</summary>
    internal virtual void ReadToEnd()
    {
    }

    /// <summary>Begins anew: what was read may be read once more.</summary>
    internal virtual void Rewind()
    {
    }

    /// <summary>Nothing will be read any more, unless after <see cref="Rewind"/>.</summary>
    internal virtual void Finish()
    {
    }

    /// <summary>Nothing, or little, before an offset will be read again.</summary>
    internal virtual void Forget(long before)
    {
    }

    /// <exception cref="IngestException">The file became shorter, or the medium failed.</exception>
    internal virtual void Read(Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int count;
            try
            {
                count = RandomAccess.Read(_handle!, destination, offset);
            }
            catch (IOException e)
            {
                throw new IngestException($"{Path} can not be read at byte {offset}: {e.Message}", "Check the disk and run again.", e);
            }

            if (count == 0)
            {
                throw new IngestException(
                    $"{Path} became shorter while it was read: it ends at byte {RandomAccess.GetLength(_handle!)} of {Length}.",
                    "Wait until it is complete and run again.");
            }

            destination = destination[count..];
            offset += count;
        }
    }

    /// <summary>Gives the lease back as soon as no window is mapped; reading goes on without.</summary>
    public void StopMapping()
    {
        lock (_gate)
        {
            _mapWanted = false;
            ReturnLeaseWhenUnused();
        }
    }

    public virtual void Dispose()
    {
        StopMapping();
        _handle?.Dispose();
        GC.SuppressFinalize(this);
    }

    private void StopMappingWhenAsked()
    {
        if (_mapWanted && _leased && Native.Control((int)_handle!.DangerousGetHandle(), Native.GetLease, 0) != Native.ReadLease)
        {
            _mapWanted = false;
            ReturnLeaseWhenUnused();
        }
    }

    private void ReturnLeaseWhenUnused()
    {
        if (!_mapWanted && _mapUsers == 0 && _leased && !_leaseReturned)
        {
            _leaseReturned = true;
            _ = Native.Control((int)_handle!.DangerousGetHandle(), Native.SetLease, Native.NoLease);
        }
    }
}
