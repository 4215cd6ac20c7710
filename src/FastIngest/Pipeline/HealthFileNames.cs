using FastIngest.Dialects;
using FastIngest.Health;
using FastIngest.Sources;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline;

/// <summary>What the names of health files say.</summary>
public static class HealthFileNames
{
    /// <summary>The endings of all dialects, with the dot.</summary>
    public static IReadOnlyList<string> Endings { get; } = [.. DialectCatalog.All.SelectMany(d => d.Endings)];

    /// <summary>The category of a file, which may be compressed, by its name alone; null if it has none.</summary>
    public static Category? CategoryOf(string name) => Categories.OfFile(Compression.NameOfContent(name), Endings);

    /// <summary>Whether a run over its folder would open a file of that name.</summary>
    public static bool IsRead(string name) => CategoryOf(name) is not null || ZipArchives.IsName(name);
}
