using FastIngest.Dialects.Contract;
using FastIngest.Sources;

namespace FastIngest.Dialects.CategoryJson;

/// <summary>The chunks of a JSON file, and the properties of its head that help to guess where records start.</summary>
internal sealed class JsonFilePlan : FilePlan
{
    /// <summary>The state assumed at the guessed start of every chunk after the first.</summary>
    public required FrameState GuessedState { get; init; }

    /// <summary>The bytes between its records.</summary>
    public required Separator Separator { get; init; }
}
