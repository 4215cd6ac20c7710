using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>How one file is read: by which dialect, as what, and cut into which chunks.</summary>
public abstract class FilePlan
{
    /// <summary>What reads the file.</summary>
    public required Dialect Dialect { get; init; }

    /// <summary>The file.</summary>
    public required SourceFile File { get; init; }

    /// <summary>What its records are.</summary>
    public required Category Category { get; init; }

    /// <summary>Where its records begin.</summary>
    public required FramePosition Head { get; init; }

    /// <summary>The value of <see cref="ChunkBytes"/> of a file that cannot be split.</summary>
    public const long OneChunk = long.MaxValue;

    /// <summary>Length of each chunk but the last, in bytes, or <see cref="OneChunk"/>.</summary>
    public required long ChunkBytes { get; init; }

    /// <summary>Where a chunk starts; its first record may start later.</summary>
    public long StartOf(int chunkIndex) => chunkIndex * ChunkBytes;

    /// <summary>Where the next chunk starts, or the file ends.</summary>
    public long EndOf(int chunkIndex) => ChunkBytes == OneChunk ? File.Length : Math.Min(StartOf(chunkIndex) + ChunkBytes, File.Length);

    /// <summary>Whether the file has a chunk of that index. Of a compressed file this is known only when it is read up to there.</summary>
    public bool HasChunk(int chunkIndex)
    {
        if (chunkIndex > 0 && ChunkBytes == OneChunk)
        {
            return false;
        }

        long start = StartOf(chunkIndex);
        File.Reach(start + 1);
        return start < File.Length;
    }
}
