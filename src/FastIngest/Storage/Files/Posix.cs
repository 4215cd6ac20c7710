using System.Runtime.InteropServices;

namespace FastIngest.Storage.Files;

/// <summary>The system calls that atomic file creation needs and .NET does not offer.</summary>
internal static partial class Posix
{
    public const int TryAgain = 11, Exists = 17, BrokenPipe = 32;

    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint NoReplace = 1; // RENAME_NOREPLACE
    private const uint SyncRangeWrite = 2; // SYNC_FILE_RANGE_WRITE

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

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int RenameAt2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeHandle file, long offset, long bytes, uint flags);
}
