namespace FastIngest.Lexicon;

/// <summary>The description of a dictionary. Only the id is required.</summary>
/// <param name="Id">The unique id of the source.</param>
/// <param name="Name">The display name.</param>
/// <param name="Type">The type, such as <c>dictionary</c>.</param>
/// <param name="Format">The file format, such as <c>jsonl</c>.</param>
/// <param name="Url">The address of the data.</param>
/// <param name="Languages">The codes of the languages in the dictionary.</param>
/// <param name="License">The license of the data.</param>
/// <param name="Quality">The quality of the data, from 0 to 1.</param>
/// <param name="Version">The version of the data.</param>
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
