using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>Collects the named numbers of one record; reused for every record.</summary>
public sealed class NamedNumberList
{
    internal const int GroupSize = Segment.GroupSize;

    private readonly NameList _names = new();
    private long[] _numbers = new long[GroupSize];
    private ushort[] _present = new ushort[1];
    private int _count;

    /// <summary>The numbers added since <see cref="Clear"/>; valid until the next change.</summary>
    public NamedNumbers Numbers => new(_names.Bytes, _numbers.AsSpan(0, _count), _present);

    /// <summary>Removes the numbers of the previous record and reserves space for <paramref name="capacity"/> numbers.</summary>
    public void Clear(int capacity)
    {
        if (_numbers.Length < capacity)
        {
            _numbers = new long[capacity * 2];
            _present = new ushort[(_numbers.Length / GroupSize) + 1];
        }

        _names.Clear();
        _count = 0;
    }

    /// <summary>Adds a field that may be a measurement. Keys (<c>id</c> and names that end in <c>_id</c>) are ignored.</summary>
    /// <param name="name">The decoded name of the field, in UTF-8.</param>
    /// <param name="micros">The value in micros; null when the field has no valid number.</param>
    public void Add(ReadOnlySpan<byte> name, long? micros)
    {
        if (IsKey(name))
        {
            return;
        }

        _names.Add(name);
        ref ushort present = ref _present[_count / GroupSize];
        int bit = _count % GroupSize;
        present = (ushort)((bit == 0 ? 0 : present) | ((micros is null ? 0 : 1) << bit));
        _numbers[_count] = micros.GetValueOrDefault();
        _count++;
    }

    /// <summary>Whether a field is a key, not a measurement.</summary>
    public static bool IsKey(ReadOnlySpan<byte> name) =>
        name.Length >= 2 && name[^1] == 'd' && name[^2] == 'i' && (name.Length == 2 || name[^3] == '_');
}
