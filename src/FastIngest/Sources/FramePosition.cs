namespace FastIngest.Sources;

/// <summary>The state of the reader with respect to the brackets around the records; docs/reading.md defines the rules.</summary>
public enum FrameState : byte
{
    /// <summary>Outside of any array.</summary>
    Top,

    /// <summary>In the array that holds the records.</summary>
    Array,

    /// <summary>In the array of a wrapper object.</summary>
    Wrapped,

    /// <summary>After a bracket that may close the array of a wrapper object. If another opening bracket follows, it did not.</summary>
    Closed,

    /// <summary>After the array of a wrapper object: the rest of the file is ignored.</summary>
    Done,
}

/// <summary>The position from which reading can continue: a byte offset and the state there.</summary>
public readonly record struct FramePosition(long Offset, FrameState State);
