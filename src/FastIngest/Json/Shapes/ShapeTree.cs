using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Json.Shapes;

/// <summary>The learned shapes as a tree of <see cref="ShapeNode"/>s in one array. Its size is bounded; a full tree is cleared.</summary>
internal sealed unsafe class ShapeTree
{
    /// <summary>Enough for a dozen shapes with a dozen fields, some of them optional; small enough for the second-level cache.</summary>
    public const int MaxNodes = 1024;

    // Pinned, because the reader follows pointers into it.
    private ShapeNode[] _nodes = GC.AllocateArray<ShapeNode>(64, pinned: true);
    private int _count;
    private short _root = -1;

    // The names of the unknown fields of the shapes that have any, by the node at the end of the shape.
    private readonly Dictionary<int, IReadOnlyList<byte[]>> _unknown = [];
    private readonly NameCounts _counts = new();

    /// <summary>The first node of all shapes; -1 when no shape is known.</summary>
    public int Root => _root;

    // SAFETY: the array is pinned and lives until Add replaces it by a larger one.
    public ShapeNode* Nodes => (ShapeNode*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_nodes));

    public bool HasRoomFor(int nodes) => _count + nodes <= MaxNodes;

    public void Clear()
    {
        CollectCounts();
        _unknown.Clear();
        _count = 0;
        _root = -1;
    }

    /// <summary>Whether the names of the unknown fields of the shape that ends at a node are known.</summary>
    public bool KnowsUnknown(int end) => _unknown.ContainsKey(end);

    /// <summary>Sets the names of the unknown fields of the shape that ends at a node.</summary>
    public void SetUnknown(int end, IReadOnlyList<byte[]> names) => _unknown[end] = names;

    /// <summary>Adds how many accepted records had each unknown field since the last call.</summary>
    public void TakeCounts(NameCounts counts)
    {
        CollectCounts();
        counts.Add(_counts, 0);
        _counts.Clear();
    }

    /// <summary>Forgets the accepted records.</summary>
    public void DiscardCounts()
    {
        CollectCounts();
        _counts.Clear();
    }

    private void CollectCounts()
    {
        foreach ((int end, IReadOnlyList<byte[]> names) in _unknown)
        {
            ref int records = ref _nodes[end].Accepted;
            for (int i = 0; i < names.Count && records > 0; i++)
            {
                _counts.Add(names[i], records);
            }

            records = 0;
        }
    }

    /// <summary>Returns the index of the child of a node that equals <paramref name="node"/>; adds the child if it is new.</summary>
    /// <param name="parent">The index of the parent; -1 for the root.</param>
    /// <param name="literal">The literal bytes of the node.</param>
    /// <param name="node">The other properties of the node.</param>
    /// <param name="keyCount">The number of leading fields that form the key.</param>
    public int GetOrAdd(int parent, ReadOnlySpan<byte> literal, in ShapeNode node, int keyCount)
    {
        short first = FirstOf(parent);
        for (int sibling = first; sibling >= 0; sibling = _nodes[sibling].Sibling)
        {
            ref ShapeNode known = ref _nodes[sibling];
            if (known.Slot == node.Slot && known.Field == node.Field && known.ConstantKind == node.ConstantKind
                && known.ConstantLength == node.ConstantLength
                && known.NameDistance == node.NameDistance && known.NameLength == node.NameLength
                && literal.SequenceEqual(known.Literal[..known.LiteralLength]))
            {
                return sibling;
            }
        }

        short added = Add(literal, node);
        _nodes[added].Sibling = first;
        _nodes[added].Parent = (short)parent;
        FirstOf(parent) = added;
        ulong before = parent < 0 ? 0 : _nodes[parent].Fields;
        ulong own = node.Field >= 0 ? 1ul << node.Field : 0;
        _nodes[added].Fields = before | own;
        _nodes[added].HasFieldTwice = (before & own) != 0 || (parent >= 0 && _nodes[parent].HasFieldTwice);
        bool isKey = node.Slot == SlotKind.String && node.Field >= 0 && node.Field < keyCount;
        _nodes[added].KeyField = isKey ? node.Field : parent < 0 ? (short)-1 : _nodes[parent].KeyField;
        _nodes[added].KeyNode = isKey ? added : parent < 0 ? (short)-1 : _nodes[parent].KeyNode;
        return added;
    }

    /// <summary>Counts a match after earlier siblings failed. A node that matches more often than the sibling before it moves before it.</summary>
    public void NoteLateMatch(int node)
    {
        ref ShapeNode matched = ref _nodes[node];
        matched.Hits = (ushort)Math.Min(matched.Hits + 1, ushort.MaxValue);
        ref short link = ref FirstOf(matched.Parent);
        while (link != node)
        {
            ref ShapeNode before = ref _nodes[link];
            if (before.Sibling == node)
            {
                if (matched.Hits > before.Hits)
                {
                    before.Hits = (ushort)Math.Max(0, before.Hits - 1);
                    before.Sibling = matched.Sibling;
                    matched.Sibling = link;
                    link = (short)node;
                }

                return;
            }

            link = ref before.Sibling;
        }
    }

    private ref short FirstOf(int parent)
    {
        if (parent >= 0)
        {
            return ref _nodes[parent].Child;
        }

        return ref _root;
    }

    private short Add(ReadOnlySpan<byte> literal, ShapeNode node)
    {
        if (_count == _nodes.Length)
        {
            ShapeNode[] larger = GC.AllocateArray<ShapeNode>(_count * 2, pinned: true);
            _nodes.CopyTo(larger, 0);
            _nodes = larger;
        }

        literal.CopyTo(node.Literal);
        node.LiteralLength = literal.Length;
        node.LiteralMask = literal.Length == ShapeNode.MaxLiteral ? ulong.MaxValue : (1ul << literal.Length) - 1;
        node.Child = -1;
        node.PlaceOffset = Math.Max(node.Field, (short)0) * sizeof(FieldPlace);
        _nodes[_count] = node;
        return (short)_count++;
    }
}
