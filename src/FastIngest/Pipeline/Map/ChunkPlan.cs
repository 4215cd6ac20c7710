using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>How a file is cut into chunks, and what was learned from its head for guessing where they start.</summary>
/// <param name="Category">Of the file.</param>
/// <param name="FileBytes">Its length.</param>
/// <param name="ChunkBytes">Length of each chunk but the last.</param>
/// <param name="Head">Where its records begin.</param>
/// <param name="GuessedState">The state that chunks in the middle are guessed to start in.</param>
/// <param name="Separator">What stands between its records.</param>
internal sealed record ChunkPlan(
    Category Category, long FileBytes, int ChunkBytes, FramePosition Head, FrameState GuessedState, Separator Separator)
{
    public int ChunkCount => (int)((FileBytes + ChunkBytes - 1) / ChunkBytes);

    public long StartOf(int chunkIndex) => (long)chunkIndex * ChunkBytes;

    public long EndOf(int chunkIndex) => Math.Min(StartOf(chunkIndex) + ChunkBytes, FileBytes);

    /// <summary>Reads the head of a file.</summary>
    public static ChunkPlan Make(SourceFile file, Category category, int chunkBytes, int maxRecordBytes)
    {
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, Separator.SampleBytes);
        FramePosition head = FileHead.Find(window.Bytes);
        Separator separator = Separator.Learn(window, head, maxRecordBytes, out FrameState state);
        return new ChunkPlan(category, file.Length, chunkBytes, head, state, separator);
    }
}
