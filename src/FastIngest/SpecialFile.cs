using System.Runtime.InteropServices;

namespace FastIngest;

/// <summary>Tells files that are written as they come (devices, pipes, sockets) from those that can be replaced as a whole.</summary>
public static partial class SpecialFile
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint WantType = 1; // STATX_TYPE
    private const int StatusBytes = 256, ModeOffset = 28; // struct statx is laid out alike on every architecture
    private const int TypeMask = 0xF000, FolderType = 0x4000, RegularType = 0x8000; // S_IFMT, S_IFDIR, S_IFREG

    /// <summary>Whether the path, links followed, is there and neither a regular file nor a folder.</summary>
    public static bool Is(string path)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        return OperatingSystem.IsLinux()
            && StatX(CurrentFolder, path, 0, WantType, status) == 0
            && (BitConverter.ToUInt16(status[ModeOffset..]) & TypeMask) is not (FolderType or RegularType);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> status);
}
