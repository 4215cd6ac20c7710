using FastIngest.Json;

namespace FastIngest.Health;

/// <summary>What is unusual about the fields of records, by field: collected for each chunk, then for each category.</summary>
public sealed class FieldFindings
{
    /// <summary>The fields of accepted records that are not read.</summary>
    public NameCounts Unknown { get; } = new();

    /// <summary>The number fields of accepted records that hold something else than a number.</summary>
    public NameCounts Unreadable { get; } = new();

    /// <summary>The fields with a value that <see cref="PlausibleRanges"/> excludes.</summary>
    public NameCounts Implausible { get; } = new();

    /// <summary>The kinds of records that the dialect does not read.</summary>
    public NameCounts PassedOver { get; } = new();

    public bool IsEmpty => PassedOver.IsEmpty && Unknown.IsEmpty && Unreadable.IsEmpty && Implausible.IsEmpty;

    /// <summary>Adds the findings of a part of a file.</summary>
    public void Add(FieldFindings other, int file)
    {
        Unknown.Add(other.Unknown, file);
        Unreadable.Add(other.Unreadable, file);
        Implausible.Add(other.Implausible, file);
        PassedOver.Add(other.PassedOver, file);
    }

    public void Clear()
    {
        Unknown.Clear();
        Unreadable.Clear();
        Implausible.Clear();
        PassedOver.Clear();
    }
}
