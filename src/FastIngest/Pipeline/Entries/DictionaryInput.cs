using FastIngest.Sinks;
using FastIngest.Sources;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline.Entries;

/// <summary>The dictionary files of a run, open: one file, or every known file of a folder in the order of their names' bytes.</summary>
internal sealed class DictionaryInput(InputCatalog<string> catalog) : IDisposable
{
    private const string Kind = "entries";

    public IReadOnlyList<SourceFile> Files { get; } = [.. catalog.Files.Select(f => f.Source)];

    public IReadOnlyList<RunFile> Infos => [.. Files.Select(f => new RunFile(f.Path, Kind, f.PackedLength))];

    /// <exception cref="IngestException">The path does not exist, can not be read, or holds no file.</exception>
    public static DictionaryInput Open(string path, ExpansionLimit limit) => new(InputCatalog.Open([path], new Rules(), IoMode.Pread, limit));

    /// <summary>Gets ready to read all files once more.</summary>
    public void Rewind() => catalog.Rewind();

    public void Dispose() => catalog.Dispose();

    private sealed class Rules : InputRules<string>
    {
        public override string PathHint => "Check the path.";

        /// <summary>A file that the user names is read whatever its name.</summary>
        public override string? KindOf(string path, string name, bool isNamed) =>
            isNamed || DictionaryFileNames.HoldsEntries(name) ? Kind : null;

        public override IngestException NothingFound(IReadOnlyList<string> paths) => new(
            $"No dictionary files in {paths[0]}.", "Expected names that end in .json, .jsonl or .ndjson, or these and .gz, .zst or .bz2.");
    }
}
