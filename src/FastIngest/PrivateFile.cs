using Microsoft.Win32.SafeHandles;

namespace FastIngest;

/// <summary>
/// Creates files that only their owner can read and write, mode 0600, because health data is private. A file that replaces an
/// older one takes the mode of that file.
/// </summary>
public static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates a file. It gets the mode of the file that it will replace, or 0600.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="target">The file that it will replace; may be missing.</param>
    /// <param name="mode"><see cref="FileMode.CreateNew"/>, or <see cref="FileMode.Create"/> for a file that takes the place of what has its name, as <see cref="NewFile"/> says.</param>
    /// <param name="share">What other programs may do with it.</param>
    /// <param name="bufferBytes">The size of the stream's buffer in bytes; 0 for none.</param>
    /// <exception cref="IngestException">The path is that of a folder or a device.</exception>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow new files.</exception>
    public static FileStream Open(string path, string target, FileMode mode, FileShare share, int bufferBytes)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = bufferBytes };
        if (OperatingSystem.IsWindows())
        {
            return Open(path, options);
        }

        options.UnixCreateMode = OwnerOnly;
        FileStream stream = Open(path, options);
        try
        {
            SetMode(stream.SafeFileHandle, target);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes a file as a whole. It gets the mode of the file that it will replace, or 0600.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="target">The file that it will replace; may be missing.</param>
    /// <param name="content">The bytes of the file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow new files.</exception>
    public static void Write(string path, string target, ReadOnlySpan<byte> content)
    {
        using FileStream file = Open(path, target, FileMode.Create, FileShare.Read, 0);
        file.Write(content);
    }

    private static FileStream Open(string path, FileStreamOptions options) => options.Mode == FileMode.Create ? NewFile.Create(path, options) : new FileStream(path, options);

    private static void SetMode(SafeFileHandle file, string target)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        UnixFileMode mode = File.Exists(target) ? File.GetUnixFileMode(target) : OwnerOnly;
        try
        {
            File.SetUnixFileMode(file, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Some file systems have no modes, and a file of another user keeps its own.
        }
    }
}
