using System.Runtime.InteropServices;

namespace FastIngest.Sources;

/// <summary>The few system calls of Linux that .NET does not wrap.</summary>
internal static partial class Native
{
    internal const int ProtRead = 1;
    internal const int MapShared = 1;
    internal const int AdviceDontNeed = 4;
    internal const int AdvicePopulateRead = 22;

    internal const int SetSignal = 10;
    internal const int SetLease = 1024;
    internal const int GetLease = 1025;
    internal const int ReadLease = 0;
    internal const int NoLease = 2;

    /// <summary>SIGURG: ignored unless someone asks for it.</summary>
    internal const int IgnoredSignal = 23;

    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint WantType = 1; // STATX_TYPE
    private const int StatusBytes = 256, ModeOffset = 28; // struct statx is laid out alike on every architecture
    private const int TypeMask = 0xF000, FolderType = 0x4000, RegularType = 0x8000; // S_IFMT, S_IFDIR, S_IFREG

    /// <summary>Whether the path, links followed, is there and neither a regular file nor a folder.</summary>
    internal static bool IsPipeOrDevice(string path)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        return OperatingSystem.IsLinux()
            && StatX(CurrentFolder, path, 0, WantType, status) == 0
            && (BitConverter.ToUInt16(status[ModeOffset..]) & TypeMask) is not (FolderType or RegularType);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    internal static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    internal static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    internal static partial int Control(int descriptor, int command, nint argument);
}
