using FastIngest.Sinks;
using FastIngest.Sources;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline.Entries;

/// <summary>The open dictionary files of a run: one file, or all dictionary files of a folder in the byte order of their names.</summary>
internal sealed class DictionaryInput(InputCatalog<string> catalog) : IDisposable
{
    private const string Kind = "entries";

    public IReadOnlyList<SourceFile> Files { get; } = [.. catalog.Files.Select(f => f.Source)];

    public IReadOnlyList<RunFile> Infos => [.. Files.Select(f => new RunFile(f.Path, Kind, f.PackedLength))];

    /// <exception cref="IngestException">The path does not exist, cannot be read, or contains no dictionary file.</exception>
    public static DictionaryInput Open(string path, ExpansionLimit limit) => new(InputCatalog.Open([path], new Rules(), IoMode.Pread, limit));

    /// <summary>Prepares to read all files once more.</summary>
    public void Rewind() => catalog.Rewind();

    public void Dispose() => catalog.Dispose();

    private sealed class Rules : InputRules<string>
    {
        public override string PathHint => "Check the path.";

        /// <summary>Accepts any name for a file that the user names explicitly.</summary>
        public override string? KindOf(string path, string name, bool isNamed) =>
            isNamed || DictionaryFileNames.HoldsEntries(name) ? Kind : null;

        public override IngestException NothingFound(IReadOnlyList<string> paths) => new(
            $"No dictionary files in {paths[0]}.", "Expected names that end in .json, .jsonl or .ndjson, optionally followed by .gz, .zst or .bz2.");
    }
}
