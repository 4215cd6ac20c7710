using System.Runtime.InteropServices;

namespace FastIngest.Storage.Files;

/// <summary>The few system calls that whole-or-not-at-all files need and .NET does not have.</summary>
internal static partial class Posix
{
    public const int TryAgain = 11, Exists = 17, BrokenPipe = 32;

    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint NoReplace = 1; // RENAME_NOREPLACE
    private const uint SyncRangeWrite = 2; // SYNC_FILE_RANGE_WRITE
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const uint WantInode = 0x100; // STATX_INO

    // struct statx is laid out alike on every architecture.
    private const int StatusBytes = 256, InodeOffset = 32, DeviceOffset = 136;

    /// <summary>Whether the open file is the one that the path names now.</summary>
    public static bool IsAt(SafeHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path);
        }

        Span<byte> open = stackalloc byte[StatusBytes];
        Span<byte> named = stackalloc byte[StatusBytes];
        return StatX(file, "", EmptyPath, WantInode, open) == 0
            && StatX(CurrentFolder, path, 0, WantInode, named) == 0
            && open.Slice(InodeOffset, 8).SequenceEqual(named.Slice(InodeOffset, 8))
            && open.Slice(DeviceOffset, 8).SequenceEqual(named.Slice(DeviceOffset, 8));
    }

    /// <summary>Gives a file its final name in one step; fails when that name is taken.</summary>
    /// <exception cref="IOException">The target exists, or the file system refused.</exception>
    public static void RenameWithoutReplacing(string from, string to)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                if (RenameAt2(CurrentFolder, from, CurrentFolder, to, NoReplace) == 0)
                {
                    return;
                }

                if (Marshal.GetLastPInvokeError() == Exists)
                {
                    throw new IOException($"{to} exists.", Exists);
                }
            }
            catch (EntryPointNotFoundException)
            {
                // An older C library.
            }
        }

        // A file system without the flag, or another system: .NET links and unlinks.
        File.Move(from, to, overwrite: false);
    }

    /// <summary>Has the kernel begin to write a file's dirty pages to the disk, without waiting for them.</summary>
    public static void StartWriteback(SafeHandle file)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                _ = SyncFileRange(file, 0, 0, SyncRangeWrite);
            }
            catch (EntryPointNotFoundException)
            {
                // Only a hint.
            }
        }
    }

    /// <summary>Makes renames in a folder survive a power failure, where the system can.</summary>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(path, 0);
        if (descriptor >= 0)
        {
            // Some file systems refuse to sync a folder; the rename is then as durable as they make it.
            _ = FSync(descriptor);
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeHandle file, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int RenameAt2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeHandle file, long offset, long bytes, uint flags);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
