using System.Text;

namespace FastIngest.Json;

/// <summary>
/// The names that a reader looks for, found by a perfect hash of length, first and last byte. A name's place in the
/// list is its field index.
/// </summary>
public sealed class FieldNames
{
    /// <summary>Readers keep the set of the fields seen in 64 bits, and one more.</summary>
    public const int MaxCount = 63;

    private const int TableSize = 128;

    private readonly byte[][] _names;
    private readonly sbyte[] _table = new sbyte[TableSize];
    private readonly int _multiplier;

    /// <param name="takesOthers">Whether fields with other names are wanted as well.</param>
    /// <param name="names">ASCII names, distinct, at most <see cref="MaxCount"/>.</param>
    public FieldNames(bool takesOthers, params string[] names)
    {
        if (names.Length > MaxCount)
        {
            throw new ArgumentException("More names than a set of 64 bits holds.", nameof(names));
        }

        TakesOthers = takesOthers;
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        for (_multiplier = 1; !TryFill(); _multiplier++)
        {
            if (_multiplier > 16_383)
            {
                throw new ArgumentException("No perfect hash for these names.", nameof(names));
            }
        }
    }

    public int Count => _names.Length;

    /// <summary>
    /// How many of the first names are of a key that tends to repeat from record to record; 0 when none is known to.
    /// </summary>
    public int KeyCount { get; init; }

    public bool TakesOthers { get; }

    public string NameAt(int index) => Encoding.UTF8.GetString(_names[index]);

    /// <summary>The index of a name, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return -1;
        }

        int index = _table[Hash(name)];
        return index >= 0 && name.SequenceEqual(_names[index]) ? index : -1;
    }

    private int Hash(ReadOnlySpan<byte> name) =>
        ((name[0] * (_multiplier & 127)) + (name[^1] * (_multiplier >> 7)) + name.Length) & (TableSize - 1);

    private bool TryFill()
    {
        _table.AsSpan().Fill(-1);
        for (int i = 0; i < _names.Length; i++)
        {
            ref sbyte place = ref _table[Hash(_names[i])];
            if (place >= 0)
            {
                return false;
            }

            place = (sbyte)i;
        }

        return true;
    }
}
