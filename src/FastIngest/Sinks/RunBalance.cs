namespace FastIngest.Sinks;

/// <summary>A count that others must add up to: no record may get lost on the way from the input to a sink or the rejects.</summary>
/// <param name="Of">Which records.</param>
/// <param name="Total">Their number on one side.</param>
/// <param name="Name">What they are on that side.</param>
/// <param name="Parts">Their numbers on the other side, counted elsewhere.</param>
internal sealed record RunBalance(string Of, long Total, string Name, params (long Count, string Name)[] Parts)
{
    private const string Bug = "Nothing was written. This is a bug in FastIngest: please report it with the input that shows it.";

    public bool Holds => Total == Parts.Sum(p => p.Count);

    /// <exception cref="IngestException">It does not add up.</exception>
    public void Check(string remedy = Bug)
    {
        if (!Holds)
        {
            throw new IngestException($"The balance of {Of} does not add up: {this}.", remedy);
        }
    }

    public override string ToString() => $"{Total} {Name} = {string.Join(" + ", Parts.Select(p => $"{p.Count} {p.Name}"))}";
}
