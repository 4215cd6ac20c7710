namespace FastIngest.Shuffle.Shared;

/// <summary>A complete file that tasks share, open for reading.</summary>
internal interface ISharedFile : IDisposable
{
    /// <summary>The size in bytes.</summary>
    long Length { get; }

    /// <summary>Reads bytes from an offset on; returns their number, which is 0 only at the end.</summary>
    /// <exception cref="IOException">The storage failed.</exception>
    int Read(Span<byte> target, long offset);
}

/// <summary>A file that an attempt writes for others to read.</summary>
internal interface ISharedOutput
{
    /// <summary>The path shown to the user.</summary>
    string Path { get; }

    /// <summary>Creates the file; called at most once. The caller disposes it.</summary>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow new files.</exception>
    FileStream Create(int bufferBytes);

    /// <summary>Called once everything is written: afterwards others can read it, and it survives a power failure.</summary>
    /// <exception cref="IOException">The storage failed.</exception>
    void Publish(FileStream file);
}
