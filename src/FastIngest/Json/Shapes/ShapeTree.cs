namespace FastIngest.Json.Shapes;

/// <summary>The shapes known so far: a tree of <see cref="ShapeNode"/>s in one array. Bounded; a full tree starts anew.</summary>
internal sealed class ShapeTree
{
    /// <summary>The longest literal of a node.</summary>
    public const int MaxLiteral = 64;

    /// <summary>Enough for a dozen shapes of a dozen fields with options; small enough for the second-level cache.</summary>
    private const int MaxNodes = 1024;

    private ShapeNode[] _nodes = new ShapeNode[64];
    private byte[] _literals = new byte[65 * MaxLiteral];
    private int _root = -1;

    public int Count { get; private set; }

    /// <summary>The first node of all shapes; -1 when nothing was learned.</summary>
    public int Root => _root;

    public ShapeNode[] Nodes => _nodes;

    /// <summary>The literals of all nodes; any node's can be read for 64 bytes.</summary>
    public byte[] Literals => _literals;

    /// <summary>Changes with every change of the tree but the order of siblings.</summary>
    public int Version { get; private set; }

    public bool HasRoomFor(int nodes) => Count + nodes <= MaxNodes;

    public void Clear()
    {
        Count = 0;
        _root = -1;
        Version++;
    }

    /// <summary>The node behind <paramref name="parent"/> (-1 for the root) that is equal to the one given; added first if it is new.</summary>
    public int GetOrAdd(int parent, ReadOnlySpan<byte> literal, in ShapeNode node)
    {
        int first = parent < 0 ? Root : _nodes[parent].Child;
        for (int sibling = first; sibling >= 0; sibling = _nodes[sibling].Sibling)
        {
            ref ShapeNode known = ref _nodes[sibling];
            if (known.Slot == node.Slot && known.Field == node.Field && known.ConstantKind == node.ConstantKind
                && known.ConstantLength == node.ConstantLength
                && known.NameDistance == node.NameDistance && known.NameLength == node.NameLength
                && literal.SequenceEqual(LiteralOf(sibling)))
            {
                return sibling;
            }
        }

        int added = Add(literal, node with { Sibling = first });
        if (parent < 0)
        {
            _root = added;
        }
        else
        {
            _nodes[parent].Child = added;
        }

        return added;
    }

    /// <summary>Notes that a node matched after those before it did not, and lets it rise when it does so more often.</summary>
    public void NoteLateMatch(int parent, int node)
    {
        int hits = ++_nodes[node].Hits;
        ref int link = ref FirstOf(parent);
        while (link != node)
        {
            int before = link;
            if (_nodes[before].Sibling == node)
            {
                if (hits > _nodes[before].Hits)
                {
                    _nodes[before].Hits = Math.Max(0, _nodes[before].Hits - 1);
                    _nodes[before].Sibling = _nodes[node].Sibling;
                    _nodes[node].Sibling = before;
                    link = node;
                }

                return;
            }

            link = ref _nodes[before].Sibling;
        }
    }

    private ref int FirstOf(int parent)
    {
        if (parent >= 0)
        {
            return ref _nodes[parent].Child;
        }

        return ref _root;
    }

    private ReadOnlySpan<byte> LiteralOf(int node) => _literals.AsSpan(node * MaxLiteral, _nodes[node].LiteralLength);

    private int Add(ReadOnlySpan<byte> literal, ShapeNode node)
    {
        if (Count == _nodes.Length)
        {
            Array.Resize(ref _nodes, Count * 2);
            Array.Resize(ref _literals, ((Count * 2) + 1) * MaxLiteral);
        }

        node.LiteralLength = literal.Length;
        node.LiteralMask = literal.Length == MaxLiteral ? ulong.MaxValue : (1ul << literal.Length) - 1;
        node.Child = -1;
        _nodes[Count] = node;
        literal.CopyTo(_literals.AsSpan(Count * MaxLiteral));
        Version++;
        return Count++;
    }
}
