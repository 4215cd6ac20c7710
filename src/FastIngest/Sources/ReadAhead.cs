using Microsoft.Win32.SafeHandles;

namespace FastIngest.Sources;

/// <summary>
/// Has the kernel load the bytes after those that workers read, so that a device with several queues is always busy. The
/// kernel's own readahead ends when several workers take turns in a file. Bytes that are in memory cost two short calls for
/// each step. Thread-safe.
/// </summary>
internal sealed unsafe class ReadAhead
{
    /// <summary>The distance in bytes, and the number of bytes that are requested at once.</summary>
    private const long Distance = 32 << 20, Step = 8 << 20;

    private long _requested;

    /// <summary>Requests the bytes from an offset on that were not requested before.</summary>
    public void From(SafeFileHandle file, long offset, long length)
    {
        long end = Math.Min(offset + Distance, length);
        long requested = Volatile.Read(ref _requested);
        if (end - requested < (end == length ? 1 : Step) || Interlocked.CompareExchange(ref _requested, end, requested) != requested)
        {
            return;
        }

        long start = Math.Max(offset, requested);
        int descriptor = (int)file.DangerousGetHandle();
        if (start < end && !(IsCached(descriptor, start) && IsCached(descriptor, end - 1)))
        {
            _ = Native.AdviseFile(descriptor, (nint)start, (nint)(end - start), Native.AdviceWillNeed);
        }
    }

    /// <summary>Forgets what was requested.</summary>
    public void Rewind() => Volatile.Write(ref _requested, 0);

    /// <summary>Whether a byte is in memory. A file system that cannot tell returns an error, as if it were not.</summary>
    private static bool IsCached(int descriptor, long offset)
    {
        byte read;

        // SAFETY: the buffer is the one byte on the stack.
        return Native.ReadIfCached(descriptor, new Native.Buffer((nint)(&read), 1), 1, (nint)offset, Native.NoWait) == 1;
    }
}
