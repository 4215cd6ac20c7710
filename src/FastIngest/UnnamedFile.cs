using Microsoft.Win32.SafeHandles;

namespace FastIngest;

/// <summary>A temporary file without a name: it is gone when the process is, however that ends.</summary>
internal static class UnnamedFile
{
    /// <summary>Makes an empty file, to be written and read.</summary>
    /// <param name="directory">Where it takes its room.</param>
    /// <param name="ending">Of the name that it has for a moment.</param>
    /// <exception cref="IOException">It can not be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It can not be made there.</exception>
    public static SafeFileHandle Create(string directory, string ending)
    {
        string path = Path.Combine(directory, $"fastingest-{Environment.ProcessId}-{Guid.NewGuid():N}.{ending}");
        SafeFileHandle handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        File.Delete(path);
        return handle;
    }
}
