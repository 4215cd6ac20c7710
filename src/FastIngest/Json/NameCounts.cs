namespace FastIngest.Json;

/// <summary>How often a name occurred, and the first occurrence.</summary>
/// <param name="Name">The name in UTF-8.</param>
public sealed record NameCount(byte[] Name)
{
    public long Count { get; set; }

    /// <summary>The index of the file of the first occurrence.</summary>
    public int File { get; set; }

    /// <summary>The offset in bytes of the first occurrence in its file.</summary>
    public long Offset { get; set; }

    /// <summary>The value of the first occurrence as UTF-8 text; empty when none was given.</summary>
    public byte[] Example { get; set; } = [];
}

/// <summary>
/// Counts names. Memory is bounded for any input: of many names only the first <see cref="MaxNames"/> in the order of their
/// bytes are kept, with exact counts. The result therefore does not depend on the order in which counts arrive or are merged.
/// </summary>
public sealed class NameCounts
{
    /// <summary>The number of names that are kept.</summary>
    public const int MaxNames = 1000;

    private readonly Dictionary<byte[], NameCount> _names = new(NameComparer.Instance);
    private readonly Dictionary<byte[], NameCount>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;

    // Names after this one cannot be among the names that are kept; null while all names are.
    private byte[]? _last;

    public NameCounts() => _bySpan = _names.GetAlternateLookup<ReadOnlySpan<byte>>();

    public bool IsEmpty => _names.Count == 0 && Others == 0;

    /// <summary>The sum of the counts of all names that are not kept.</summary>
    public long Others { get; private set; }

    /// <summary>Adds occurrences without a place.</summary>
    public void Add(ReadOnlySpan<byte> name, long count) => Add(name, count, 0, long.MaxValue, []);

    /// <summary>Adds one occurrence with its place and value. The text of the value is cut if it is long.</summary>
    /// <param name="name">The name.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="value">The value in UTF-8.</param>
    /// <param name="isText">Whether the value is a string, which is then shown in quotes.</param>
    public void Add(ReadOnlySpan<byte> name, long offset, ReadOnlySpan<byte> value, bool isText) =>
        Add(name, 1, 0, offset, _bySpan.TryGetValue(name, out NameCount? known) && known.Offset <= offset ? [] : ShortText.Example(value, isText));

    /// <summary>Adds the counts of a part of a file.</summary>
    public void Add(NameCounts other, int file)
    {
        Others += other.Others;
        foreach (NameCount name in other._names.Values)
        {
            Add(name.Name, name.Count, file, name.Offset, name.Example);
        }
    }

    /// <summary>Adds a count with its place and the file of it, as <see cref="Sorted"/> returns it.</summary>
    public void Add(NameCount count) => Add(count.Name, count.Count, count.File, count.Offset, count.Example);

    /// <summary>Adds to the counts of the names that are not kept.</summary>
    public void AddOthers(long count) => Others += count;

    /// <summary>Returns the names that are kept, in the order of their bytes.</summary>
    public IReadOnlyList<NameCount> Sorted()
    {
        Trim();
        return [.. _names.Values.OrderBy(n => n.Name, NameComparer.Instance)];
    }

    public void Clear()
    {
        _names.Clear();
        _last = null;
        Others = 0;
    }

    private void Add(ReadOnlySpan<byte> name, long count, int file, long offset, byte[] example)
    {
        if (!_bySpan.TryGetValue(name, out NameCount? known))
        {
            if (_last is not null && name.SequenceCompareTo(_last) > 0)
            {
                Others += count;
                return;
            }

            known = new NameCount(name.ToArray()) { File = file, Offset = offset, Example = example };
            _names.Add(known.Name, known);
        }
        else if ((file, offset).CompareTo((known.File, known.Offset)) < 0)
        {
            (known.File, known.Offset, known.Example) = (file, offset, example);
        }

        known.Count += count;
        if (_names.Count >= 2 * MaxNames)
        {
            Trim();
        }
    }

    private void Trim()
    {
        if (_names.Count <= MaxNames)
        {
            return;
        }

        byte[][] names = [.. _names.Keys.Order(NameComparer.Instance)];
        _last = names[MaxNames - 1];
        foreach (byte[] name in names[MaxNames..])
        {
            Others += _names[name].Count;
            _names.Remove(name);
        }
    }

    /// <summary>Compares names by their bytes.</summary>
    private sealed class NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>, IComparer<byte[]>
    {
        public static readonly NameComparer Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
