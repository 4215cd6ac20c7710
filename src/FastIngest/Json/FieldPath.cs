namespace FastIngest.Json;

/// <summary>
/// The path of a member while a reader goes through nested values: the names of the members around it, joined by points. Arrays
/// do not appear in it.
/// </summary>
/// <param name="bytes">A buffer of <see cref="MaxBytes"/> bytes.</param>
/// <param name="prefixes">A buffer of <see cref="MaxDepth"/> numbers.</param>
internal ref struct FieldPath(Span<byte> bytes, Span<int> prefixes)
{
    /// <summary>Longer paths are not found.</summary>
    public const int MaxBytes = 256;

    /// <summary>The deepest level of a JSON reader, and one more.</summary>
    public const int MaxDepth = 66;

    private readonly Span<byte> _bytes = bytes;

    // The length of the path around each level, or -1 for a path that is too long.
    private readonly Span<int> _prefixes = prefixes;
    private int _length;

    /// <summary>The path of the last member.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _bytes[..Math.Max(_length, 0)];

    /// <summary>Moves to a member; false when its path is too long.</summary>
    /// <param name="depth">The depth of the reader at the name, from 1.</param>
    /// <param name="name">The name without escapes.</param>
    public bool Name(int depth, scoped ReadOnlySpan<byte> name)
    {
        int prefix = depth <= 1 ? 0 : _prefixes[depth];
        int start = prefix > 0 ? prefix + 1 : 0;
        if (prefix < 0 || start + name.Length > MaxBytes)
        {
            _length = -1;
            return false;
        }

        if (prefix > 0)
        {
            _bytes[prefix] = (byte)'.';
        }

        name.CopyTo(_bytes[start..]);
        _length = start + name.Length;
        return true;
    }

    /// <summary>Enters an object or an array.</summary>
    /// <param name="depth">The depth of the reader at the opening bracket.</param>
    /// <param name="isMember">Whether it is the value of the last member; otherwise it is an element of an array.</param>
    public readonly void Enter(int depth, bool isMember) => _prefixes[depth + 1] = isMember ? _length : depth == 0 ? 0 : _prefixes[depth];
}
