using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>What all readers of JSON elements share: where a chunk probably starts, and why an element is no record.</summary>
internal static class JsonElements
{
    /// <summary>Guesses where the first element in a range starts, first by the bytes between elements; the guess is verified later.</summary>
    /// <param name="elements">The reader of the elements.</param>
    /// <param name="window">The window, which shows the range.</param>
    /// <param name="separator">The bytes between two elements.</param>
    /// <param name="state">The state that is assumed there.</param>
    /// <param name="from">The start of the range in the file.</param>
    /// <param name="endExcl">The end of the range in the file.</param>
    public static FramePosition? GuessStart(ElementReader elements, FileWindow window, Separator separator, FrameState state, long from, long endExcl)
    {
        long guess = separator.Find(window, from, endExcl);
        if (guess < 0)
        {
            elements.Start(new FramePosition(from, state), endExcl);
            guess = elements.GuessStart(from, endExcl);
        }

        return guess < 0 ? null : new FramePosition(guess, state);
    }

    /// <summary>Returns why an element is no record; null for an object.</summary>
    public static RejectReason? ReasonOf(ReadStatus status) => status switch
    {
        ReadStatus.Object => null,
        ReadStatus.OtherValue => RejectReason.NotAnObject,
        ReadStatus.InvalidText => RejectReason.InvalidText,
        ReadStatus.TooLarge => RejectReason.TooLarge,
        _ => RejectReason.InvalidJson,
    };
}
