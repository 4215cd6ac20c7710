namespace FastIngest;

/// <summary>Detects special files (devices, pipes, sockets), which are written in place and cannot be replaced as a whole.</summary>
public static class SpecialFile
{
    /// <summary>Whether the path exists and is neither a regular file nor a folder. Symbolic links are followed.</summary>
    public static bool Is(string path) => FileStatus.Of(path) is { Kind: FileKind.Pipe or FileKind.Other };
}
