namespace FastIngest;

/// <summary>
/// Creates files under names that anyone can foresee, such as <c>FILE.partial</c>. What an earlier run or another program left at
/// the name is removed and never written: neither the file that a symbolic link leads to, nor that of another hard link.
/// </summary>
public static class NewFile
{
    private const int Exists = 17, WindowsExists = unchecked((int)0x80070050); // EEXIST, ERROR_FILE_EXISTS
    private const int MaxAttempts = 10;

    /// <summary>Creates a file in the place of what has its name.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="options">How the file is opened; its mode is set to <see cref="FileMode.CreateNew"/>. With <see cref="FileShare.None"/> a file that another process holds is not removed.</param>
    /// <exception cref="IngestException">The path is that of a folder or a device.</exception>
    /// <exception cref="IOException">The file cannot be created, or another process holds it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow new files.</exception>
    public static FileStream Create(string path, FileStreamOptions options)
    {
        options.Mode = FileMode.CreateNew;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException e) when (e.HResult is Exists or WindowsExists && attempt < MaxAttempts)
            {
                RemoveLeftover(path, options.Share == FileShare.None);
            }
        }
    }

    /// <summary>Fails if another process holds a file.</summary>
    /// <exception cref="IOException">Another process holds the file.</exception>
    internal static void RejectHeld(string path)
    {
        if (FileStatus.OfEntry(path) is { Kind: FileKind.Regular })
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0);
        }
    }

    /// <summary>Removes a name, but nothing that it leads to.</summary>
    /// <param name="path">The name. There may be nothing at it.</param>
    /// <param name="isLockable">Whether a file stays that another process holds.</param>
    /// <exception cref="IngestException">There is a folder or a device.</exception>
    /// <exception cref="IOException">Another process holds the file, or the folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    internal static void RemoveLeftover(string path, bool isLockable)
    {
        FileKind? kind = FileStatus.OfEntry(path)?.Kind ?? (Directory.Exists(path) ? FileKind.Folder : File.Exists(path) ? FileKind.Regular : null);
        switch (kind)
        {
            case null:
                return;
            case FileKind.Folder or FileKind.Other:
                throw new IngestException(
                    $"{path} is a {(kind == FileKind.Folder ? "folder" : "device or a socket")}, but a file of that name has to be written.", "Rename or remove it, then run again.");
            case FileKind.Regular when isLockable:
                try
                {
                    using FileStream leftover = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

                    // Between the look and the lock, another run may have renamed this file to its final name.
                    if (FileStatus.IsAt(leftover.SafeFileHandle, path))
                    {
                        File.Delete(path);
                    }
                }
                catch (FileNotFoundException)
                {
                    // Another run has renamed it.
                }

                return;
            default:
                File.Delete(path);
                return;
        }
    }
}
