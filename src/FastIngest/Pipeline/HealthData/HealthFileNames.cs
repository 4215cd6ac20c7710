using FastIngest.Dialects;
using FastIngest.Health;
using FastIngest.Sources;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline.HealthData;

/// <summary>Recognises health files by their names.</summary>
public static class HealthFileNames
{
    /// <summary>The file name endings of all dialects, with the dot.</summary>
    public static IReadOnlyList<string> Endings { get; } = [.. DialectCatalog.All.SelectMany(d => d.Endings)];

    /// <summary>Returns the category of a file, which may be compressed, by its name alone; null without one.</summary>
    public static Category? CategoryOf(string name) => Categories.OfFile(Compression.NameOfContent(name), Endings);

    /// <summary>Whether a run opens a file with that name when it reads the file's folder.</summary>
    public static bool IsRead(string name) => CategoryOf(name) is not null || ZipArchives.IsName(name);
}
