using FastIngest.Sources;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline.Entries;

/// <summary>What the names of dictionary files say.</summary>
public static class DictionaryFileNames
{
    /// <summary>The endings of files that are read, with the dot; an ending of a compression may follow.</summary>
    internal static readonly string[] Endings = [".json", ".jsonl", ".ndjson"];

    /// <summary>Whether a run over its folder would open a file of that name.</summary>
    public static bool IsRead(string name) => HoldsEntries(Compression.NameOfContent(name)) || ZipArchives.IsName(name);

    /// <summary>Whether a file of that name, without the ending of a compression, is taken for a dictionary.</summary>
    internal static bool HoldsEntries(string name) => Endings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
}
