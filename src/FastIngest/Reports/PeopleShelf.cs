namespace FastIngest.Reports;

/// <summary>
/// Keeps the people with the most days: up to 10,000 for the list of the overview, and of these as many with all their days as fit
/// into the report. People come one after another, so this is one pass in bounded memory.
/// </summary>
/// <param name="maxBlockBytes">The bytes that the days of all people may take in the file; 0 if no person has a page.</param>
internal sealed class PeopleShelf(long maxBlockBytes)
{
    /// <summary>The tags around a block, with an id such as <c>person-9999</c>.</summary>
    private const int ElementBytes = 52;

    private const int MaxListed = 10_000, MaxPages = 2_000;
    private const long MaxIdBytes = 1 << 20;

    private readonly PriorityQueue<PersonEntry, long> _listed = new();
    private readonly PriorityQueue<PersonEntry, long> _pages = new();
    private long _idBytes;
    private uint _order;

    /// <summary>The number of all people.</summary>
    public long People { get; private set; }

    /// <summary>The bytes that the kept days take in the file.</summary>
    public long BlockBytes { get; private set; }

    /// <summary>Returns the most bytes of a block in the file, where it is base64 in an element of its own.</summary>
    public static long InFile(byte[] block) => ((block.Length + 2L) / 3 * 4) + ElementBytes;

    /// <summary>Takes a person who has at least one day.</summary>
    public void Add(PersonData person)
    {
        People++;
        PersonEntry entry = PersonEntry.Of(person, _order++);
        if (_listed.Count < MaxListed || entry.Rank > _listed.Peek().Rank)
        {
            _listed.Enqueue(entry, entry.Rank);
            _idBytes += Size(entry);
            while (_listed.Count > MaxListed || (_idBytes > MaxIdBytes && _listed.Count > 1))
            {
                PersonEntry last = _listed.Dequeue();
                _idBytes -= Size(last);
                if (last.Block is not null)
                {
                    // The pages have the same order, so this is the last of them, too.
                    DropPage();
                }
            }

            OfferPage(entry, person);
        }
    }

    /// <summary>Removes the last of the pages, so that the others fit.</summary>
    /// <returns>False if there was none.</returns>
    public bool DropPage()
    {
        if (!_pages.TryDequeue(out PersonEntry? last, out _))
        {
            return false;
        }

        BlockBytes -= InFile(last.Block!);
        last.Block = null;
        return true;
    }

    /// <summary>Returns the listed people in the order of their ids.</summary>
    public PersonEntry[] ToList()
    {
        PersonEntry[] people = new PersonEntry[_listed.Count];
        int count = 0;
        foreach ((PersonEntry person, _) in _listed.UnorderedItems)
        {
            people[count++] = person;
        }

        Array.Sort(people, (a, b) => ((uint)b.Rank).CompareTo((uint)a.Rank));
        return people;
    }

    private static long Size(PersonEntry entry) => entry.UserId.Length + (entry.Name?.Length ?? 0);

    private void OfferPage(PersonEntry entry, PersonData person)
    {
        bool isFull = _pages.Count >= MaxPages || BlockBytes >= maxBlockBytes;
        if (maxBlockBytes == 0 || (isFull && (_pages.Count == 0 || entry.Rank < _pages.Peek().Rank)))
        {
            return;
        }

        entry.Block = person.ToBlock();
        BlockBytes += InFile(entry.Block);
        _pages.Enqueue(entry, entry.Rank);
        while ((BlockBytes > maxBlockBytes || _pages.Count > MaxPages) && DropPage())
        {
        }
    }
}
