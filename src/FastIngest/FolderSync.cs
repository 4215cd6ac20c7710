using System.Runtime.InteropServices;

namespace FastIngest;

/// <summary>Waits until the names in a folder are on the disk, so that a rename or a link in it survives a power failure.</summary>
internal static partial class FolderSync
{
    /// <summary>Syncs a folder. Some file systems cannot do that, which is ignored.</summary>
    public static void Do(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(path, 0);
        if (descriptor >= 0)
        {
            _ = FSync(descriptor);
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
