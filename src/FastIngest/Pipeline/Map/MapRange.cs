using FastIngest.Dialects.Contract;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>Consecutive chunks of a file that one map stage reads.</summary>
/// <param name="Plan">The plan of the file.</param>
/// <param name="FirstChunk">The index of the first chunk.</param>
/// <param name="EndChunk">The index after the last chunk; <see cref="ToEnd"/> for all chunks up to the end of the file.</param>
/// <param name="Start">The position of the first record; null to guess it, which only a later step can verify.</param>
internal sealed record MapRange(FilePlan Plan, int FirstChunk, int EndChunk, FramePosition? Start)
{
    /// <summary>The value of <see cref="EndChunk"/> for the end of the file.</summary>
    public const int ToEnd = int.MaxValue;

    /// <summary>Whether the range is the whole file, with all parts that follow the first one.</summary>
    public bool IsWhole => FirstChunk == 0 && EndChunk == ToEnd;

    /// <summary>The range of a whole file.</summary>
    public static MapRange Whole(FilePlan plan) => new(plan, 0, ToEnd, plan.Head);
}

/// <summary>Where the records of a range that is a part of a file start and end.</summary>
/// <param name="FileIndex">The index of the file.</param>
/// <param name="FirstChunk">The index of the first chunk.</param>
/// <param name="Start">The position of the first record; null if none could be guessed.</param>
/// <param name="End">The position after the last record; null without a start.</param>
internal sealed record RangeOutcome(int FileIndex, int FirstChunk, FramePosition? Start, FramePosition? End);
