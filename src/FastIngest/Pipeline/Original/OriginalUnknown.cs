using FastIngest.Health;
using FastIngest.Json;

namespace FastIngest.Pipeline.Original;

/// <summary>Counts the fields of accepted records that are not read, by the section "What is counted" of docs/reading.md.</summary>
internal sealed class OriginalUnknown(NameCounts counts)
{
    /// <summary>The names in the order of the first record. Most records have the same, which are counted without a search.</summary>
    private readonly List<NameCount> _names = [];

    public void Add(OriginalElement element)
    {
        for (int i = 0; i < element.Others.Count && element.Category != Category.Measurements; i++)
        {
            ReadOnlySpan<byte> name = element.Others[i].ShortName.Span;
            if (i == _names.Count)
                _names.Add(new NameCount(name.ToArray()));
            if (element.Others[i].Value.IsNull || !OriginalFindings.IsLast(element.Others, i))
                continue;
            if (name.SequenceEqual(_names[i].Name))
                _names[i].Count++;
            else
                counts.Add(name, 1);
        }
    }

    /// <summary>Adds what was counted without a search.</summary>
    public void Complete()
    {
        foreach (NameCount name in _names.Where(n => n.Count > 0))
            counts.Add(name.Name, name.Count);
    }
}
