using Microsoft.Win32.SafeHandles;

namespace FastIngest;

/// <summary>Creates temporary files without a name. The system frees such a file when the process ends, even after a crash.</summary>
internal static class UnnamedFile
{
    /// <summary>Creates an empty file, open for reading and writing.</summary>
    /// <param name="directory">The folder whose file system stores the file.</param>
    /// <param name="ending">The extension of the name that the file has before the name is removed.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow new files.</exception>
    public static SafeFileHandle Create(string directory, string ending)
    {
        string path = Path.Combine(directory, $"fastingest-{Environment.ProcessId}-{Guid.NewGuid():N}.{ending}");
        SafeFileHandle handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        File.Delete(path);
        return handle;
    }
}
