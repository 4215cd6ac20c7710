using System.Runtime.InteropServices;

namespace FastIngest.Sources;

/// <summary>The Linux system calls that .NET does not wrap.</summary>
internal static partial class Native
{
    internal const int ProtRead = 1;
    internal const int MapShared = 1;
    internal const int AdvicePopulateRead = 22;

    internal const int ProtNone = 0;
    internal const int ProtWrite = 2;
    internal const int MapPrivate = 2;
    internal const int MapAnonymous = 0x20;
    internal const int MapNoReserve = 0x4000;
    internal const int AdviceDontNeed = 4;

    internal const int AdviceWillNeed = 3;
    internal const int NoWait = 8;

    internal const int SetSignal = 10;
    internal const int SetLease = 1024;
    internal const int GetLease = 1025;
    internal const int ReadLease = 0;
    internal const int NoLease = 2;

    /// <summary>EAGAIN: another process has the file open for writing.</summary>
    internal const int TryAgain = 11;

    /// <summary>SIGURG: a process ignores it by default.</summary>
    internal const int IgnoredSignal = 23;

    /// <summary>O_RDONLY | O_NONBLOCK | O_CLOEXEC. A pipe is then opened without waiting for its writer; to a regular file it makes no difference.</summary>
    internal const int ForReading = 0x80800;

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "pread")]
    internal static partial nint Read(SafeHandle file, Span<byte> destination, nuint length, nint offset);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    internal static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    internal static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    internal static partial int AdviseFile(int descriptor, nint offset, nint length, int advice);

    [LibraryImport("libc", EntryPoint = "preadv2")]
    internal static partial nint ReadIfCached(int descriptor, in Buffer buffer, int count, nint offset, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Control(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    internal static partial int Protect(nint address, nuint length, int protection);

    /// <summary>The struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Buffer(nint Address, nuint Length);
}
