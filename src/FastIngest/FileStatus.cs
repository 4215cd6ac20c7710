using System.Runtime.InteropServices;

namespace FastIngest;

/// <summary>The kind of a file system entry.</summary>
public enum FileKind
{
    Regular,
    Folder,
    Pipe,

    /// <summary>A symbolic link that was not followed.</summary>
    Link,

    /// <summary>A device or a socket.</summary>
    Other,
}

/// <summary>The status of an existing file system entry, as statx(2) reports it.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Device">The device that holds the entry.</param>
/// <param name="Number">The number of the entry on its device (inode). Two names of one file share device and number.</param>
public readonly partial record struct FileStatus(FileKind Kind, ulong Device, ulong Number)
{
    private const int CurrentFolder = -100, NoFollow = 0x100, EmptyPath = 0x1000; // AT_FDCWD, AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH
    private const uint Wanted = 0x101, WantedVersion = 0x240; // STATX_TYPE | STATX_INO, STATX_SIZE | STATX_MTIME
    private const int StatusBytes = 256, ModeOffset = 28, NumberOffset = 32, SizeOffset = 40, ModifiedOffset = 112, DeviceOffset = 136; // struct statx has the same layout on every architecture
    private const int TypeMask = 0xF000; // S_IFMT

    /// <summary>Returns the status of the entry at a path; symbolic links are followed. Null when there is none, or it cannot be examined.</summary>
    public static FileStatus? Of(string path) => Of(path, 0);

    /// <summary>Returns the status of the entry at a path itself, which may be a symbolic link; null when there is none, or it cannot be examined.</summary>
    public static FileStatus? OfEntry(string path) => Of(path, NoFollow);

    /// <summary>Whether the name at a path is one of an open file. A symbolic link to the file is not.</summary>
    internal static bool IsAt(SafeHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path);
        }

        Span<byte> status = stackalloc byte[StatusBytes];
        return StatX(file, "", EmptyPath, Wanted, status) == 0 && OfEntry(path) is { } named && named == Read(status);
    }

    /// <summary>Returns the version of an open file; null for anything but a regular file, and when it cannot be examined.</summary>
    internal static FileVersion? VersionOf(SafeHandle file)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        return StatX(file, "", EmptyPath, Wanted | WantedVersion, status) == 0 && Read(status).Kind == FileKind.Regular
            ? new FileVersion(BitConverter.ToInt64(status[SizeOffset..]), BitConverter.ToInt64(status[ModifiedOffset..]), BitConverter.ToUInt32(status[(ModifiedOffset + 8)..]))
            : null;
    }

    private static FileStatus? Of(string path, int flags)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        return OperatingSystem.IsLinux() && StatX(CurrentFolder, path, flags, Wanted, status) == 0 ? Read(status) : null;
    }

    private static FileStatus Read(ReadOnlySpan<byte> status)
    {
        FileKind kind = (BitConverter.ToUInt16(status[ModeOffset..]) & TypeMask) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Folder,
            0x1000 => FileKind.Pipe,
            0xA000 => FileKind.Link,
            _ => FileKind.Other,
        };
        return new FileStatus(kind, BitConverter.ToUInt64(status[DeviceOffset..]), BitConverter.ToUInt64(status[NumberOffset..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeHandle file, string path, int flags, uint mask, Span<byte> status);
}

/// <summary>
/// What tells the content of a file from another one. The number of the file is not part of it: file systems over the network may give
/// the same file another number when it is opened again.
/// </summary>
/// <param name="Length">The length in bytes.</param>
/// <param name="ModifiedSeconds">When the content was last written, in seconds since 1970.</param>
/// <param name="ModifiedNanoseconds">The fraction of that second.</param>
internal readonly record struct FileVersion(long Length, long ModifiedSeconds, uint ModifiedNanoseconds);
