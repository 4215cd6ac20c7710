using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>Defines how one file is read: its dialect, its category and its chunks.</summary>
public abstract class FilePlan
{
    /// <summary>The dialect that reads the file.</summary>
    public required Dialect Dialect { get; init; }

    /// <summary>The file.</summary>
    public required SourceFile File { get; init; }

    /// <summary>The category of its records.</summary>
    public required Category Category { get; init; }

    /// <summary>The position at which the records begin.</summary>
    public required FramePosition Head { get; init; }

    /// <summary>The value of <see cref="ChunkBytes"/> for a file that cannot be split.</summary>
    public const long OneChunk = long.MaxValue;

    /// <summary>The length in bytes of each chunk except the last, or <see cref="OneChunk"/>.</summary>
    public required long ChunkBytes { get; init; }

    /// <summary>Returns the offset at which a chunk starts; its first record may start later.</summary>
    public long StartOf(int chunkIndex) => chunkIndex * ChunkBytes;

    /// <summary>Returns the offset at which the next chunk starts or the file ends.</summary>
    public long EndOf(int chunkIndex) => ChunkBytes == OneChunk ? File.Length : Math.Min(StartOf(chunkIndex) + ChunkBytes, File.Length);

    /// <summary>Whether the file has a chunk with that index. For a compressed file this is known only after reading up to there.</summary>
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
