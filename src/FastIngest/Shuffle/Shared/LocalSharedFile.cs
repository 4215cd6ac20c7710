using Microsoft.Win32.SafeHandles;

namespace FastIngest.Shuffle.Shared;

/// <summary>A file in a folder that all machines see.</summary>
internal sealed class LocalSharedFile : ISharedFile
{
    private readonly SafeFileHandle _handle;

    /// <exception cref="IOException">The file is missing, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public LocalSharedFile(string path) => _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    public long Length => RandomAccess.GetLength(_handle);

    public int Read(Span<byte> target, long offset) => RandomAccess.Read(_handle, target, offset);

    public void Dispose() => _handle.Dispose();
}

/// <summary>A file that is written in a folder that all machines see.</summary>
/// <param name="path">Its path; there must be no such file.</param>
internal sealed class LocalSharedOutput(string path) : ISharedOutput
{
    public string Path => path;

    public FileStream Create(int bufferBytes) => PrivateFile.Open(path, path, FileMode.CreateNew, FileShare.Read, bufferBytes);

    public void Publish(FileStream file) => file.Flush(flushToDisk: true);
}
