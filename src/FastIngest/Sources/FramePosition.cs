namespace FastIngest.Sources;

/// <summary>The state of the reader with respect to the brackets around the records; docs/reading.md defines the rules.</summary>
public enum FrameState : byte
{
    /// <summary>Outside of any array.</summary>
    Top,

    /// <summary>In the array that holds the records.</summary>
    Array,

    /// <summary>In an array of a wrapper object.</summary>
    Wrapped,

    /// <summary>
    /// After a bracket that may close the array of a wrapper object. If another opening bracket follows, it did not. The number
    /// of braces after it, up to 15, is added to this value.
    /// </summary>
    Closed = 16,

    /// <summary>
    /// After the array of a wrapper object and its closing brackets, before other bytes, which are no records of that array. The
    /// number of closing braces, up to 15, is added to this value.
    /// </summary>
    Done = 32,

    /// <summary>Before a record that stands in a wrapper object without an array. The state after it is <see cref="Done"/>.</summary>
    Single = 64,
}

/// <summary>The parts of a <see cref="FrameState"/>.</summary>
public static class FrameStates
{
    private const int MaxBraces = 15;

    public static bool IsClosed(this FrameState state) => state is >= FrameState.Closed and < FrameState.Done;

    public static bool IsDone(this FrameState state) => state is >= FrameState.Done and < FrameState.Single;

    /// <summary>The number of closing braces after the array of a wrapper object, up to 15.</summary>
    public static int Braces(this FrameState state) => state >= FrameState.Closed ? (int)state & MaxBraces : 0;

    /// <summary>The state that follows a closed state when the array has certainly ended.</summary>
    internal static FrameState Done(FrameState closed) => (FrameState)((int)FrameState.Done + closed.Braces());

    /// <summary>The state after one more closing brace.</summary>
    internal static FrameState AddBrace(FrameState state) => state.Braces() < MaxBraces ? state + 1 : state;
}

/// <summary>The position from which reading can continue: a byte offset and the state there.</summary>
public readonly record struct FramePosition(long Offset, FrameState State);
