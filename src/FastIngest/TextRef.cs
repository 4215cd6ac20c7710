namespace FastIngest;

/// <summary>The position and length in bytes of a text in its batch's buffer. A <see cref="Length"/> of -1 means null.</summary>
public readonly record struct TextRef(int Start, int Length)
{
    public static TextRef Null => new(0, -1);

    public bool IsNull => Length < 0;
}
