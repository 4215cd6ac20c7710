namespace FastIngest.Json.Structural;

/// <summary>
/// Walks over one JSON value, taking what is wanted and skipping the rest. It stands at a value, or, once an object or
/// array is entered, before its next member or item. After an error it finds nothing more.
/// </summary>
internal interface IValueCursor
{
    /// <summary>The byte that the value begins with; 0 where there is none.</summary>
    byte First { get; }

    /// <summary>Goes into the object or array at which the cursor stands.</summary>
    void Enter();

    /// <summary>Moves to the next member's value; false behind the last, where the cursor has left the object.</summary>
    /// <param name="name">Decoded, valid until the next call.</param>
    bool NextMember(out ReadOnlySpan<byte> name);

    /// <summary>Moves to the next item; false behind the last, where the cursor has left the array.</summary>
    bool NextItem();

    /// <summary>Takes the string at which the cursor stands.</summary>
    Field TakeString();

    /// <summary>Goes over the value, whatever it is.</summary>
    void Skip();
}
