using System.Runtime.InteropServices;

namespace FastIngest;

/// <summary>Detects special files (devices, pipes, sockets), which are written in place and cannot be replaced as a whole.</summary>
public static partial class SpecialFile
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint WantType = 1; // STATX_TYPE
    private const int StatusBytes = 256, ModeOffset = 28; // struct statx has the same layout on every architecture
    private const int TypeMask = 0xF000, FolderType = 0x4000, RegularType = 0x8000; // S_IFMT, S_IFDIR, S_IFREG

    /// <summary>Whether the path exists and is neither a regular file nor a folder. Symbolic links are followed.</summary>
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
