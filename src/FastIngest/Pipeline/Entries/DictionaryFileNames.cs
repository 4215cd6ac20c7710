using FastIngest.Sources;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline.Entries;

/// <summary>Recognises dictionary files by their names.</summary>
public static class DictionaryFileNames
{
    /// <summary>The endings of dictionary files, with the dot; a compression ending may follow.</summary>
    internal static readonly string[] Endings = [".json", ".jsonl", ".ndjson"];

    /// <summary>Whether a run opens a file with that name when it reads the file's folder.</summary>
    public static bool IsRead(string name) => HoldsEntries(Compression.NameOfContent(name)) || ZipArchives.IsName(name);

    /// <summary>Whether a name, without its compression ending, is that of a dictionary file.</summary>
    internal static bool HoldsEntries(string name) => Endings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
}
