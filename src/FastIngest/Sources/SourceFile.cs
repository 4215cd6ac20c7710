using System.Runtime.InteropServices;
using FastIngest.Sources.Compression;
using Microsoft.Win32.SafeHandles;

namespace FastIngest.Sources;

/// <summary>How the bytes of a file are read into memory.</summary>
public enum IoMode
{
    /// <summary>
    /// The faster way, by measurement. Windows are mapped only if a lease protects the mapping against truncation, and never
    /// when they are small.
    /// </summary>
    Auto,

    /// <summary>Memory-mapped windows; without a lease where there are none, but never while another process has the file open for writing.</summary>
    Mmap,

    /// <summary>Positioned reads into a buffer.</summary>
    Pread,
}

/// <summary>
/// An open input file. Its length is fixed when it is opened. If possible, parts of the file are mapped under a read lease
/// (fcntl(2), F_SETLEASE). The kernel then delays any process that wants to truncate or write the file until the lease is
/// returned, so that a mapped page cannot vanish during an access (SIGBUS). When another process asks for the file, this
/// file returns the lease and changes to positioned reads. A file of a run with many files is closed while nobody reads it.
/// Thread-safe.
/// </summary>
public class SourceFile : IDisposable, IPackedBytes
{
    /// <summary>A smaller part is read: to map, populate and unmap it costs more than a copy.</summary>
    internal const int MinMapBytes = 128 * 1024;

    /// <summary>The time in milliseconds between two questions whether another process waits for the lease, while parts are mapped.</summary>
    private const int LeaseCheckMs = 10;

    private readonly Lock _gate = new();
    private readonly ReadAhead _ahead = new();
    private readonly long _length;
    private readonly FileVersion? _version;
    private readonly IoMode _mode;

    // Where the file can be opened once more; null for a file that has no name.
    private readonly string? _openPath;
    private SafeFileHandle? _handle;
    private bool _leased, _mapWanted, _leaseReturned;
    private bool _mayClose;
    private int _mapUsers;
    private long _leaseCheckedAt;
    private IoTrial? _trial;

    // The beginning of the file, or the whole of a small one, in memory that several files share; empty if no byte is held.
    private ReadOnlyMemory<byte> _held;

    /// <summary>Creates a file for a subclass that provides the bytes.</summary>
    protected SourceFile(string path) => Path = path;

    private SourceFile(string path, string? openPath, SafeFileHandle handle, long length, IoMode mode, FileVersion? version = null)
    {
        Path = path;
        _openPath = openPath;
        _handle = handle;
        _length = length;
        _version = version;
        _mode = mode;
        Lease();
    }

    public string Path { get; }

    /// <summary>The size in bytes when the file was opened.</summary>
    public virtual long Length => _length;

    /// <summary>Whether parts of the file are currently mapped rather than read.</summary>
    public bool IsMapped => _mapWanted;

    /// <exception cref="IngestException">The file does not exist, is not a regular file, or cannot be read.</exception>
    public static SourceFile Open(string path, IoMode mode) => Open(path, mode, path);

    /// <param name="path">The path of the file.</param>
    /// <param name="mode">How the bytes are read.</param>
    /// <param name="displayName">The name shown to the user.</param>
    /// <exception cref="IngestException">The file does not exist, is not a regular file, or cannot be read.</exception>
    internal static SourceFile Open(string path, IoMode mode, string displayName)
    {
        // Check before opening: opening a pipe would wait for its writer.
        return SpecialFile.Is(path) ? throw Special(path) : OpenRegular(path, mode, displayName);
    }

    /// <summary>Opens what was a regular file a moment ago, with few system calls: a run may have many small files.</summary>
    /// <exception cref="IngestException">The file does not exist any more, is none, or cannot be read.</exception>
    internal static SourceFile OpenRegular(string path, IoMode mode, string displayName)
    {
        int descriptor = OperatingSystem.IsLinux() ? Native.Open(path, Native.ForReading) : -1;
        if (descriptor >= 0)
        {
            SafeFileHandle opened = new(descriptor, ownsHandle: true);
            if (FileStatus.VersionOf(opened) is { } version)
            {
                return new SourceFile(displayName, path, opened, version.Length, mode, version);
            }

            opened.Dispose();
        }

        return SpecialFile.Is(path) ? throw Special(path) : OpenSlowly(path, mode, displayName);
    }

    /// <summary>Opens a file with all checks of the runtime, which says in its exception what is wrong.</summary>
    private static SourceFile OpenSlowly(string path, IoMode mode, string displayName)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IngestException($"{path} does not exist.", "Check the path.", e);
        }
        catch (UnauthorizedAccessException e) when (!Directory.Exists(path))
        {
            throw Denied(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IngestException($"{path} cannot be read: {e.Message}", "Check that it is a file and that this user may read it.", e);
        }

        return new SourceFile(displayName, path, handle, RandomAccess.GetLength(handle), mode);
    }

    /// <summary>Presents an open regular file; the returned object owns the handle.</summary>
    internal static SourceFile Open(SafeFileHandle handle, string displayName, IoMode mode) => new(displayName, null, handle, RandomAccess.GetLength(handle), mode);

    private static IngestException Special(string path) =>
        new($"{path} is a pipe or a device, which cannot be read from several places at once.", "Write its content to a regular file first, and pass that file.");

    /// <summary>The error for a file that the user may not read.</summary>
    internal static IngestException Denied(string path, Exception e) =>
        new($"{path} cannot be read: permission denied.", "Give this user the permission to read it (ls -l shows who may), or run as a user who may.", e);

    /// <summary>
    /// Maps a part of the file. Returns its address, or 0 when the part must be read instead. The caller must pass every
    /// returned address to <see cref="Unmap"/>; the lease is held until then.
    /// </summary>
    /// <param name="offset">The start of the part in bytes; a multiple of the page size.</param>
    /// <param name="length">The length in bytes, at least 1; the part must end inside the file.</param>
    internal virtual nint Map(long offset, int length)
    {
        if (offset + length <= _held.Length)
        {
            return 0;
        }

        Handle();
        if (!_mapWanted)
        {
            return 0;
        }

        lock (_gate)
        {
            if (Environment.TickCount64 - _leaseCheckedAt >= LeaseCheckMs)
            {
                StopMappingIfLeaseBreaks();
                if (!_mapWanted)
                {
                    return 0;
                }
            }

            nint address = Native.Map(
                0, (nuint)length, Native.ProtRead, Native.MapShared, (int)Handle().DangerousGetHandle(), (nint)offset);
            if (address == -1)
            {
                // Some file systems do not support mapping.
                _mapWanted = false;
                ReturnLeaseIfUnused();
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
            // A process that waits for the lease must not wait for a later use of the file, which may never come.
            if (--_mapUsers == 0 || Environment.TickCount64 - _leaseCheckedAt >= LeaseCheckMs)
            {
                StopMappingIfLeaseBreaks();
            }

            ReturnLeaseIfUnused();
        }
    }

    /// <summary>Returns whether a part of that length is to be mapped, if that is possible.</summary>
    internal virtual bool PrefersMap(int length) => _mode == IoMode.Mmap || (_trial is { } trial && length >= MinMapBytes && trial.MapsNext());

    /// <summary>Takes note of how long a part was in use.</summary>
    /// <param name="isMapped">Whether the part was mapped or read.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="ticks">The time from the request until it was no longer used.</param>
    internal void AddTime(bool isMapped, int length, long ticks)
    {
        if (_trial is { IsDecided: false } trial && length >= MinMapBytes && trial.Add(isMapped, length, ticks) && !trial.Maps)
        {
            StopMapping();
        }
    }

    /// <summary>Starts to load bytes that are not in memory, so that the device works while workers read those before them.</summary>
    /// <param name="offset">The end of the part that is read now.</param>
    internal virtual void LoadFrom(long offset) => _ahead.From(Handle(), offset, _length);

    /// <summary>The size in bytes of the file itself when it was opened; for a compressed file, the compressed size.</summary>
    public virtual long PackedLength => _length;

    /// <summary>Whether each read at a new place takes a long time, because the file is on a server.</summary>
    internal virtual bool IsDistant => false;

    /// <summary>Whether the bytes are decompressed while they are read, so that all bytes before an offset must be read first.</summary>
    public virtual bool IsPacked => false;

    /// <summary>The number of bytes read from the file itself when reading has reached an offset.</summary>
    public virtual long PackedBytesTo(long offset) => offset;

    /// <summary>
    /// Returns a known offset at or before <paramref name="offset"/> and the number of line feeds before it, as a start for
    /// counting lines.
    /// </summary>
    internal virtual (long Offset, long LineFeeds) CountedBefore(long offset) => (0, 0);

    /// <summary>Makes sure that the bytes before an offset can be read, up to the end of the file.</summary>
    internal virtual void Reach(long end)
    {
    }

    /// <summary>Decompresses some bytes that will be wanted soon, if that is possible beside the threads that <see cref="Reach"/> them.</summary>
    /// <param name="aheadBytes">How many bytes may be decompressed that nobody wants yet.</param>
    /// <returns>Whether there was something to do.</returns>
    internal virtual bool UnpackAhead(long aheadBytes) => false;

    /// <summary>Reads the rest of the file, which verifies that the file is complete.</summary>
    internal virtual void ReadToEnd()
    {
    }

    /// <summary>Resets the file, so that it can be read once more from the start.</summary>
    internal virtual void Rewind()
    {
        _ahead.Rewind();
        Suspend();
    }

    /// <summary>Releases memory: nothing will be read before the next <see cref="Rewind"/>.</summary>
    internal virtual void Finish()
    {
        _held = default;
        Suspend();
    }

    /// <summary>Whether what was found out about the file still holds: nobody has written it since, or its bytes are in memory. A closed file is examined when it is opened again.</summary>
    internal bool IsAsOpened()
    {
        lock (_gate)
        {
            return !_held.IsEmpty || _version is null || _handle is null || FileStatus.VersionOf(_handle) == _version;
        }
    }

    /// <summary>Whether the bytes are those of a local file as they are.</summary>
    internal bool IsPlain => GetType() == typeof(SourceFile);

    /// <summary>Reads the beginning of the file once. Until <see cref="ReleaseHead"/> it is taken from memory, as often as it is looked at.</summary>
    /// <param name="buffer">Receives the beginning; nothing else may write to it until then.</param>
    internal void HoldHead(byte[] buffer)
    {
        int length = (int)Math.Min(_length, buffer.Length);
        Read(buffer.AsSpan(0, length), 0);
        _held = buffer.AsMemory(0, length);
    }

    /// <summary>
    /// Gives back the buffer of <see cref="HoldHead"/>. If the whole file is in it and small enough, a copy stays until <see cref="Finish"/>, and the
    /// file is closed: it will not be opened once more.
    /// </summary>
    /// <param name="held">Keeps the copies.</param>
    internal void ReleaseHead(HeldContents? held)
    {
        bool isWhole = _held.Length == _length && _openPath is not null && _mode != IoMode.Mmap;
        _held = isWhole && held is not null ? held.Keep(_held.Span) : default;
        if (!_held.IsEmpty)
        {
            _mayClose = true;
            Suspend();
        }
    }

    /// <summary>Releases memory: few or no bytes before an offset will be read once more.</summary>
    internal virtual void ReleaseBefore(long before)
    {
    }

    void IPackedBytes.Read(Span<byte> destination, long offset) => Read(destination, offset);

    /// <exception cref="IngestException">The file was truncated, or the disk failed.</exception>
    internal virtual void Read(Span<byte> destination, long offset)
    {
        ReadOnlyMemory<byte> held = _held;
        if (offset + destination.Length <= held.Length)
        {
            held.Span.Slice((int)offset, destination.Length).CopyTo(destination);
            return;
        }

        while (!destination.IsEmpty)
        {
            int count;
            try
            {
                // After an error the runtime reads, and says in its exception what is wrong.
                SafeFileHandle handle = Handle();
                count = OperatingSystem.IsLinux() ? (int)Native.Read(handle, destination, (nuint)destination.Length, (nint)offset) : -1;
                count = count < 0 ? RandomAccess.Read(handle, destination, offset) : count;
            }
            catch (IOException e)
            {
                throw new IngestException($"{Path} cannot be read at byte {offset}: {e.Message}", "Check the disk and retry.", e);
            }

            if (count == 0)
            {
                throw new IngestException(
                    $"{Path} became shorter while it was read: it ends at byte {RandomAccess.GetLength(Handle())} of {Length}.",
                    "Wait until the file is complete and retry.");
            }

            destination = destination[count..];
            offset += count;
        }
    }

    /// <summary>
    /// Lets the file be closed whenever it is rewound or finished, and opened once more when it is read. For runs with more files than a process
    /// may have open.
    /// </summary>
    internal virtual void AllowClosing() => _mayClose = true;

    private void Suspend()
    {
        lock (_gate)
        {
            if (!_mayClose || _openPath is null || _mapUsers > 0 || _handle is null)
            {
                return;
            }

            _mapWanted = false;
            ReturnLeaseIfUnused();
            _handle.Dispose();
            _handle = null;
        }
    }

    private SafeFileHandle Handle()
    {
        SafeFileHandle? handle = _handle;
        if (handle is not null)
        {
            return handle;
        }

        lock (_gate)
        {
            if (_handle is null)
            {
                using SourceFile opened = OpenRegular(_openPath!, IoMode.Pread, Path);
                if (opened._length != _length)
                {
                    throw new IngestException(
                        $"{Path} changed while the run was under way: it had {_length} bytes and has {opened._length}.", "Wait until the file is complete and retry.");
                }

                if (opened._version != _version && opened._version is not null && _version is not null)
                {
                    throw new IngestException($"{Path} was replaced or written while the run was under way.", "Wait until the file is complete and retry.");
                }

                (_handle, opened._handle) = (opened._handle, null);
                Lease();
            }

            return _handle!;
        }
    }

    private void Lease()
    {
        _leaseReturned = false;
        bool mayMap = _mode == IoMode.Mmap || (_mode == IoMode.Auto && _length >= MinMapBytes);
        if (!mayMap || _length == 0 || !OperatingSystem.IsLinux())
        {
            return;
        }

        int descriptor = (int)_handle!.DangerousGetHandle();
        _ = Native.Control(descriptor, Native.SetSignal, Native.IgnoredSignal);
        _leased = Native.Control(descriptor, Native.SetLease, Native.ReadLease) == 0;
        bool isWritten = !_leased && Marshal.GetLastPInvokeError() == Native.TryAgain;

        // Before the lease, a writer may already have shortened the file.
        _mapWanted = (_leased || (_mode == IoMode.Mmap && !isWritten)) && RandomAccess.GetLength(_handle) == _length;
        _trial = _leased && _mapWanted && _mode == IoMode.Auto ? _trial ?? new IoTrial() : null;
        ReturnLeaseIfUnused();
    }

    /// <summary>Returns the lease as soon as no window is mapped. Reading continues without mappings.</summary>
    public void StopMapping()
    {
        lock (_gate)
        {
            _mapWanted = false;
            ReturnLeaseIfUnused();
        }
    }

    public virtual void Dispose()
    {
        StopMapping();
        _handle?.Dispose();
        GC.SuppressFinalize(this);
    }

    private void StopMappingIfLeaseBreaks()
    {
        _leaseCheckedAt = Environment.TickCount64;
        if (_mapWanted && _leased && _handle is not null && Native.Control((int)_handle.DangerousGetHandle(), Native.GetLease, 0) != Native.ReadLease)
        {
            _mapWanted = false;
            ReturnLeaseIfUnused();
        }
    }

    private void ReturnLeaseIfUnused()
    {
        if (!_mapWanted && _mapUsers == 0 && _leased && !_leaseReturned && _handle is not null)
        {
            _leaseReturned = true;
            _ = Native.Control((int)_handle.DangerousGetHandle(), Native.SetLease, Native.NoLease);
        }
    }
}
