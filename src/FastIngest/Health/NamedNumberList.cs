using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>Gathers the named numbers of one record; reused from record to record.</summary>
public sealed class NamedNumberList
{
    internal const int GroupSize = Segment.GroupSize;

    private readonly NameList _names = new();
    private long[] _numbers = new long[GroupSize];
    private ushort[] _present = new ushort[1];
    private int _count;

    /// <summary>What was gathered since <see cref="Clear"/>; valid until the next change.</summary>
    public NamedNumbers Numbers => new(_names.Bytes, _numbers.AsSpan(0, _count), _present);

    /// <summary>Makes room for that many names, and forgets those of the record before.</summary>
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

    /// <summary>Adds a field that may be a measurement; keys (<c>id</c> and what ends in <c>_id</c>) are none and are left out.</summary>
    /// <param name="name">Its decoded name.</param>
    /// <param name="micros">Its number; null where the field has no valid one.</param>
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

    private static bool IsKey(ReadOnlySpan<byte> name) =>
        name.Length >= 2 && name[^1] == 'd' && name[^2] == 'i' && (name.Length == 2 || name[^3] == '_');
}
