using System.Runtime.InteropServices;

namespace FastIngest;

/// <summary>Gives a complete file its name with link(2), so that of several writers exactly one succeeds, on NFS too.</summary>
internal static partial class FileLink
{
    private const int Exists = 17; // EEXIST

    /// <summary>Gives a file a second name; false if that name is taken by another file.</summary>
    /// <exception cref="IOException">The file system has no links, or the folder cannot be written.</exception>
    public static bool TryCreate(string path, string name)
    {
        if (Link(path, name) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();

        // If the reply of an NFS server was lost, the repeated request fails although the first one succeeded.
        if (FileStatus.OfEntry(name) is { } status && status == FileStatus.OfEntry(path))
        {
            return true;
        }

        return error == Exists ? false : throw new IOException($"{name} cannot be created as a link: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string path, string name);
}
