namespace FastIngest.Sources;

/// <summary>Where reading stands among the brackets around the records; docs/reading.md gives the rule.</summary>
public enum FrameState : byte
{
    /// <summary>Outside of any array.</summary>
    Top,

    /// <summary>In the array that holds the records.</summary>
    Array,

    /// <summary>In the array of a wrapper object.</summary>
    Wrapped,

    /// <summary>Behind a bracket that may close the array of a wrapper object: a bracket that follows shows that it did not.</summary>
    Closed,

    /// <summary>Behind the array of a wrapper object: the rest is ignored.</summary>
    Done,
}

/// <summary>All that reading needs to know to go on from an offset.</summary>
public readonly record struct FramePosition(long Offset, FrameState State);
