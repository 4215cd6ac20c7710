using FastIngest.Dialects.Contract;
using FastIngest.Sources;

namespace FastIngest.Dialects.CategoryJson;

/// <summary>A JSON file's chunks, and what was learned from its head for guessing where they start.</summary>
internal sealed class JsonFilePlan : FilePlan
{
    /// <summary>The state that chunks in the middle are guessed to start in.</summary>
    public required FrameState GuessedState { get; init; }

    /// <summary>What stands between its records.</summary>
    public required Separator Separator { get; init; }
}
