using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace FastIngest.Json;

/// <summary>
/// The field names that a reader looks for, found by a perfect hash of their length and of 8 bytes at the beginning, in the middle and at the end. The index of a
/// name in the list is its field index.
/// </summary>
public sealed class FieldNames
{
    /// <summary>The maximum number of names. Readers store the set of seen fields in 64 bits and need one bit more than there are names.</summary>
    public const int MaxCount = 63;

    /// <summary>Binary logarithms of the size of the table, for few names and for many.</summary>
    private const int SmallTable = 7, LargeTable = 11;

    private const int MaxTries = 16_383, MaxSmall = 32;

    private readonly byte[][] _names;
    private readonly byte[][] _readElsewhere = [];
    private readonly sbyte[] _table;
    private readonly int _shift;
    private readonly ulong _multiplier;

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
        int bits = names.Length <= MaxSmall ? SmallTable : LargeTable;
        _table = new sbyte[1 << bits];
        _shift = 64 - bits;

        // Each try has another odd multiplier: the next power of the golden ratio's.
        _multiplier = 0x9E3779B97F4A7C15;
        for (int tries = 0; !TryFill(); tries++, _multiplier *= 0x9E3779B97F4A7C15)
        {
            if (tries > MaxTries)
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

    /// <summary>
    /// Names and paths that no field is for, because whoever uses the fields reads them from the bytes of the record; values in them too. They do not
    /// count as fields that are not read.
    /// </summary>
    public IReadOnlyList<string> ReadElsewhere
    {
        get => [.. _readElsewhere.Select(n => Encoding.UTF8.GetString(n))];
        init => _readElsewhere = [.. value.Select(Encoding.UTF8.GetBytes)];
    }

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

    /// <summary>Whether a name or path is one of <see cref="ReadElsewhere"/>.</summary>
    internal bool IsReadElsewhere(ReadOnlySpan<byte> name)
    {
        foreach (byte[] read in _readElsewhere)
        {
            if (name.SequenceEqual(read))
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

    private int Hash(ReadOnlySpan<byte> name)
    {
        ulong key = (ulong)name.Length;
        if (name.Length >= sizeof(ulong))
        {
            key ^= BinaryPrimitives.ReadUInt64LittleEndian(name)
                ^ BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(name[((name.Length / 2) - 4)..]), 21)
                ^ BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(name[^sizeof(ulong)..]), 43);
        }
        else
        {
            foreach (byte b in name)
            {
                key = (key << 8) | b;
            }
        }

        return (int)((key * _multiplier) >> _shift);
    }

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
