namespace FastIngest.Sinks.Entries;

/// <summary>
/// A set of 128-bit digests that uses about 20 to 27 bytes per digest. It consists of many small tables that grow one at
/// a time, so that growing needs almost no additional memory.
/// </summary>
internal sealed class DigestSet
{
    private const int TableBits = 10;
    private const int FirstSlots = 16;

    private readonly UInt128[][] _tables = new UInt128[1 << TableBits][];
    private readonly int[] _counts = new int[1 << TableBits];
    private bool _hasZero;
    private UInt128 _expected;

    public long Count { get; private set; }

    /// <summary>Adds a digest; false when the set already contains it.</summary>
    public bool Add(UInt128 digest)
    {
        bool isNew;
        if (digest == UInt128.Zero)
        {
            // Zero marks an empty slot, so that a flag represents the digest zero.
            isNew = !_hasZero;
            _hasZero = true;
        }
        else
        {
            isNew = AddTo(Place(digest), digest);
        }

        Count += isNew ? 1 : 0;
        return isNew;
    }

    /// <summary>
    /// Prefetches the slot of a digest into the processor's cache. Prefetching several digests in a row overlaps their memory
    /// accesses; otherwise each <see cref="Add"/> would wait for its own.
    /// </summary>
    public void Expect(UInt128 digest)
    {
        if (_tables[Place(digest)] is { } table)
        {
            // Storing the value keeps the compiler from removing the read.
            _expected ^= table[Slot(table, digest)];
        }
    }

    private static int Place(UInt128 digest) => (int)(digest >> (128 - TableBits));

    /// <summary>The slot of a digest. Multiplying the low half by the table size spreads digests over tables of any size.</summary>
    private static ulong Slot(UInt128[] table, UInt128 digest) => Math.BigMul((ulong)digest, (ulong)table.Length, out _);

    private static bool Insert(UInt128[] table, UInt128 digest)
    {
        ulong at = Slot(table, digest);
        while (table[at] != UInt128.Zero)
        {
            if (table[at] == digest)
            {
                return false;
            }

            at = at + 1 == (ulong)table.Length ? 0 : at + 1;
        }

        table[at] = digest;
        return true;
    }

    private bool AddTo(int place, UInt128 digest)
    {
        UInt128[] table = _tables[place] ??= new UInt128[FirstSlots];
        if (_counts[place] + 1 > table.Length * 4L / 5)
        {
            // Growth depends on the table's index, so that the tables do not all grow at the same time.
            UInt128[] larger = new UInt128[table.Length + (table.Length / 3) + (place & 7)];
            foreach (UInt128 present in table)
            {
                if (present != UInt128.Zero)
                {
                    Insert(larger, present);
                }
            }

            table = _tables[place] = larger;
        }

        bool isNew = Insert(table, digest);
        _counts[place] += isNew ? 1 : 0;
        return isNew;
    }
}
