using System.Runtime.CompilerServices;
using System.Text;

namespace FastIngest.Json;

/// <summary>
/// The field names that a reader looks for, found by a perfect hash of length, first byte and last byte. The index of a
/// name in the list is its field index.
/// </summary>
public sealed class FieldNames
{
    /// <summary>The maximum number of names. Readers store the set of seen fields in 64 bits and need one bit more than there are names.</summary>
    public const int MaxCount = 63;

    private const int TableSize = 128;

    private readonly byte[][] _names;
    private readonly sbyte[] _table = new sbyte[TableSize];
    private readonly int _multiplier;

    /// <param name="takesOthers">Whether readers also return fields with other names.</param>
    /// <param name="names">ASCII names, distinct, at most <see cref="MaxCount"/>.</param>
    public FieldNames(bool takesOthers, params string[] names)
    {
        if (names.Length > MaxCount)
        {
            throw new ArgumentException($"There are {names.Length} names; at most {MaxCount} are supported.", nameof(names));
        }

        TakesOthers = takesOthers;
        HasPaths = names.Any(n => n.Contains('.', StringComparison.Ordinal));
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        for (_multiplier = 1; !TryFill(); _multiplier++)
        {
            if (_multiplier > 16_383)
            {
                throw new ArgumentException("There is no perfect hash for these names; rename one of them.", nameof(names));
            }
        }
    }

    public int Count => _names.Length;

    /// <summary>
    /// The number of leading names that form a key which often repeats from record to record; 0 when there is no such key.
    /// </summary>
    public int KeyCount { get; init; }

    public bool TakesOthers { get; }

    /// <summary>
    /// Whether the names include values in nested objects, as paths: <c>value.bpm</c> is the member <c>bpm</c> of the member <c>value</c>. Arrays
    /// do not appear in a path: of several elements the last one counts.
    /// </summary>
    public bool HasPaths { get; }

    public string NameAt(int index) => Encoding.UTF8.GetString(_names[index]);

    /// <summary>Whether a name is the beginning of a path, so that values inside it are read.</summary>
    public bool IsPathStart(ReadOnlySpan<byte> name)
    {
        foreach (byte[] path in HasPaths ? _names : [])
        {
            if (path.Length > name.Length && path[name.Length] == '.' && path.AsSpan().StartsWith(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns the field index of a name, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return -1;
        }

        int index = _table[Hash(name)];
        return index >= 0 && name.SequenceEqual(_names[index]) ? index : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
