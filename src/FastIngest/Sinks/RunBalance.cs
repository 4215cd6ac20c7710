namespace FastIngest.Sinks;

/// <summary>A count that must equal the sum of other counts. It detects records lost between the input and the sinks or rejects.</summary>
/// <param name="Of">The records that are counted, for the message.</param>
/// <param name="Total">The count on one side.</param>
/// <param name="Name">The state of the records on that side, such as <c>read</c>.</param>
/// <param name="Parts">The counts on the other side, which were counted elsewhere.</param>
internal sealed record RunBalance(string Of, long Total, string Name, params (long Count, string Name)[] Parts)
{
    private const string Bug = "Nothing was written. This is a bug in FastIngest: please report it with an input that reproduces it.";

    public bool Holds => Total == Parts.Sum(p => p.Count);

    /// <exception cref="IngestException">The balance does not add up.</exception>
    public void Check(string remedy = Bug)
    {
        if (!Holds)
        {
            throw new IngestException($"The balance of {Of} does not add up: {this}.", remedy);
        }
    }

    public override string ToString() => $"{Total} {Name} = {string.Join(" + ", Parts.Select(p => $"{p.Count} {p.Name}"))}";
}
