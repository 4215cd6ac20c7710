namespace FastIngest.Embedding;

/// <summary>Vectors of some summaries, in key order.</summary>
/// <param name="dimensions">The count of numbers of a vector.</param>
internal sealed class VectorPage(int dimensions)
{
    private readonly List<(byte[] UserId, int Day)> _keys = [];
    private float[] _numbers = [];

    /// <summary>The user, in UTF-8, and the day of each vector. Neighbours with the same user share the array.</summary>
    public IReadOnlyList<(byte[] UserId, int Day)> Keys => _keys;

    /// <summary>The numbers of all vectors, one vector after the other.</summary>
    public ReadOnlySpan<float> Numbers => _numbers.AsSpan(0, _keys.Count * dimensions);

    public ReadOnlySpan<float> Vector(int index) => _numbers.AsSpan(index * dimensions, dimensions);

    public void Clear() => _keys.Clear();

    /// <summary>Adds a vector and returns the place of its numbers, which the caller fills.</summary>
    public Span<float> Add(ReadOnlySpan<byte> userId, int day)
    {
        byte[] user = _keys.Count > 0 && _keys[^1].UserId.AsSpan().SequenceEqual(userId) ? _keys[^1].UserId : userId.ToArray();
        _keys.Add((user, day));
        int end = _keys.Count * dimensions;
        if (_numbers.Length < end)
        {
            Array.Resize(ref _numbers, Math.Max(end, 2 * _numbers.Length));
        }

        return _numbers.AsSpan(end - dimensions, dimensions);
    }
}
