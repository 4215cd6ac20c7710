namespace FastIngest.Lexicon;

/// <summary>What is known of a dictionary; only its id must be.</summary>
/// <param name="Id">Names it everywhere.</param>
/// <param name="Name">For people.</param>
/// <param name="Type">Such as <c>dictionary</c>.</param>
/// <param name="Format">Such as <c>jsonl</c>.</param>
/// <param name="Url">Where it comes from.</param>
/// <param name="Languages">The codes of its languages.</param>
/// <param name="License">Its license.</param>
/// <param name="Quality">How good it is, from 0 to 1.</param>
/// <param name="Version">Of the data.</param>
public sealed record DataSource(
    string Id,
    string? Name = null,
    string? Type = null,
    string? Format = null,
    string? Url = null,
    IReadOnlyList<string>? Languages = null,
    string? License = null,
    double? Quality = null,
    string? Version = null);
