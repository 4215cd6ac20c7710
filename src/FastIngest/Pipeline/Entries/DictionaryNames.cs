using FastIngest.Sources;

namespace FastIngest.Pipeline.Entries;

/// <summary>Which files of a folder are read.</summary>
public static class DictionaryNames
{
    private static readonly string[] Endings = [".json", ".jsonl", ".ndjson"];

    /// <summary>Whether a file of that name is read.</summary>
    public static bool IsRead(string name)
    {
        string unpacked = ByteSource.IsCompressed(name) ? name[..^3] : name;
        return Endings.Any(e => unpacked.EndsWith(e, StringComparison.OrdinalIgnoreCase));
    }
}
