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
/// An open input file of a fixed length: its size at opening. Where it can be, it is mapped under a read lease
/// (fcntl(2), F_SETLEASE): the kernel then holds back whoever wants to truncate or write the file until the mapping
/// is given up, so that a mapped page can not vanish under a worker (which would be SIGBUS). When someone asks, the
/// file changes over to reading. Thread-safe.
/// </summary>
public sealed class SourceFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SafeFileHandle _handle;
    private readonly bool _leased;
    private nint _map;
    private bool _mapWanted;
    private int _mapUsers;

    private SourceFile(string path, SafeFileHandle handle, long length, IoMode mode)
    {
        Path = path;
        _handle = handle;
        Length = length;
        if (mode == IoMode.Pread || length == 0 || !OperatingSystem.IsLinux())
        {
            return;
        }

        int descriptor = (int)handle.DangerousGetHandle();
        _ = Native.Control(descriptor, Native.SetSignal, Native.IgnoredSignal);
        _leased = Native.Control(descriptor, Native.SetLease, Native.ReadLease) == 0;
        if (_leased || mode == IoMode.Mmap)
        {
            nint address = Native.Map(0, (nuint)length, Native.ProtRead, Native.MapShared, descriptor, 0);
            _map = address == -1 ? 0 : address;
            _mapWanted = _map != 0;
        }
    }

    public string Path { get; }

    /// <summary>Size in bytes at opening.</summary>
    public long Length { get; }

    /// <summary>Whether the file is mapped at present.</summary>
    public bool IsMapped => _mapWanted;

    /// <exception cref="IngestException">The file is missing, not a file, or not readable.</exception>
    public static SourceFile Open(string path, IoMode mode)
    {
        // Before it is opened: opening a pipe waits for its other end.
        if (Native.IsPipeOrDevice(path))
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
    /// The address of the mapped file, or 0 when it is to be read. Every address handed out must be given back with
    /// <see cref="EndMappedUse"/>; until then the mapping stands.
    /// </summary>
    internal nint BeginMappedUse()
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

            _mapUsers++;
            return _map;
        }
    }

    internal void EndMappedUse()
    {
        lock (_gate)
        {
            // Whoever waits for the file since this use began must not wait for the next one, which may never come.
            _mapUsers--;
            StopMappingWhenAsked();
            UnmapWhenUnused();
        }
    }

    /// <exception cref="IngestException">The file became shorter, or the medium failed.</exception>
    internal void Read(Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int count;
            try
            {
                count = RandomAccess.Read(_handle, destination, offset);
            }
            catch (IOException e)
            {
                throw new IngestException($"{Path} can not be read at byte {offset}: {e.Message}", "Check the disk and run again.", e);
            }

            if (count == 0)
            {
                throw new IngestException(
                    $"{Path} became shorter while it was read: it ends at byte {offset} of {Length}.",
                    "Wait until it is complete and run again.");
            }

            destination = destination[count..];
            offset += count;
        }
    }

    /// <summary>Gives the mapping and its lease back as soon as no window uses it; reading goes on without.</summary>
    public void StopMapping()
    {
        lock (_gate)
        {
            _mapWanted = false;
            UnmapWhenUnused();
        }
    }

    public void Dispose()
    {
        StopMapping();
        _handle.Dispose();
    }

    private void StopMappingWhenAsked()
    {
        if (_mapWanted && _leased && Native.Control((int)_handle.DangerousGetHandle(), Native.GetLease, 0) != Native.ReadLease)
        {
            _mapWanted = false;
            UnmapWhenUnused();
        }
    }

    private void UnmapWhenUnused()
    {
        if (_mapWanted || _mapUsers > 0 || _map == 0)
        {
            return;
        }

        _ = Native.Unmap(_map, (nuint)Length);
        _map = 0;
        if (_leased)
        {
            _ = Native.Control((int)_handle.DangerousGetHandle(), Native.SetLease, Native.NoLease);
        }
    }
}
