namespace FastIngest.Json.Structural;

/// <summary>
/// Walks over one JSON value: returns some parts and skips the others. The cursor is positioned at a value or, after
/// <see cref="Enter"/>, before the first member or item. After an error it finds nothing more.
/// </summary>
internal interface IValueCursor
{
    /// <summary>The first byte of the value; 0 when there is none.</summary>
    byte First { get; }

    /// <summary>Enters the object or array at the cursor.</summary>
    void Enter();

    /// <summary>Moves to the value of the next member; false after the last one, when the cursor has left the object.</summary>
    /// <param name="name">The decoded name; valid until the next call.</param>
    bool NextMember(out ReadOnlySpan<byte> name);

    /// <summary>Moves to the next item; false after the last one, when the cursor has left the array.</summary>
    bool NextItem();

    /// <summary>Returns the string at the cursor and moves past it.</summary>
    Field TakeString();

    /// <summary>Moves past the value at the cursor, of any kind.</summary>
    void Skip();
}
