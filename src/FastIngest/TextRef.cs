namespace FastIngest;

/// <summary>Where a text lies in its batch's buffer, in bytes. A <see cref="Length"/> of -1 is null.</summary>
public readonly record struct TextRef(int Start, int Length)
{
    public static TextRef Null => new(0, -1);

    public bool IsNull => Length < 0;
}
