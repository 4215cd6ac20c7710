using System.Runtime.InteropServices;

namespace FastIngest.Storage.Files;

/// <summary>The system calls that atomic file creation needs and .NET does not offer.</summary>
internal static partial class Posix
{
    public const int TryAgain = 11, Exists = 17, BrokenPipe = 32;

    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint NoReplace = 1; // RENAME_NOREPLACE
    private const uint SyncRangeWrite = 2; // SYNC_FILE_RANGE_WRITE
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const uint WantInode = 0x100; // STATX_INO

    // struct statx has the same layout on every architecture.
    private const int StatusBytes = 256, InodeOffset = 32, DeviceOffset = 136;

    /// <summary>Whether the path currently refers to the open file.</summary>
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

    /// <summary>Renames a file atomically; fails when the target exists.</summary>
    /// <exception cref="IOException">The target exists, or the rename failed.</exception>
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
                // An older C library has no renameat2.
            }
        }

        // The file system does not support the flag, or this is not Linux: .NET links and unlinks.
        File.Move(from, to, overwrite: false);
    }

    /// <summary>Starts to write a file's dirty pages to the disk, without waiting for the end.</summary>
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
                // Writeback is only an optimization.
            }
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
}
