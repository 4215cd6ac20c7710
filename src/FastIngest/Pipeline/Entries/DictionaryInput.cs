using FastIngest.Net;
using FastIngest.Sinks;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Entries;

/// <summary>The open dictionary files of a run: one file, or all dictionary files of a folder in the byte order of their names.</summary>
internal sealed class DictionaryInput(InputCatalog<string> catalog) : IDisposable
{
    private const string Kind = "entries";

    public IReadOnlyList<SourceFile> Files { get; } = [.. catalog.Files.Select(f => f.Source)];

    public IReadOnlyList<RunFile> Infos => [.. Files.Select(f => new RunFile(f.Path, Kind, f.PackedLength))];

    /// <exception cref="IngestException">The path does not exist, cannot be read, or contains no dictionary file.</exception>
    /// <param name="options">Names the file or the folder.</param>
    /// <param name="stop">Ends reads from servers.</param>
    /// <param name="only">The only paths that are opened; null for all.</param>
    public static DictionaryInput Open(LexiconOptions options, CancellationToken stop, IReadOnlySet<string>? only = null) => new(InputCatalog.Open([options.Path], new Rules(), new InputOptions
    {
        Io = IoMode.Pread,
        Expansion = options.Expansion,
        TempDirectory = options.TempDirectory,
        AllowsHttp = options.AllowsHttp,
        Stop = stop,
        Only = only,
    }));

    /// <summary>The path of the file, or of the archive that holds it; null if it is standard input or a pipe.</summary>
    public string? ContainerOf(int file) => catalog.Files[file].Container;

    /// <summary>What tells this version of the container from another one, if it is on a server; null otherwise.</summary>
    public string? VersionOf(int file) => catalog.Files[file].Version;

    /// <summary>What the user should know of how files are read.</summary>
    public IReadOnlyList<string> Notes => catalog.Notes;

    /// <summary>The files in the folder that are not read.</summary>
    public IReadOnlyList<UnreadFile> Unread => catalog.Unread;

    /// <summary>Prepares to read all files once more.</summary>
    public void Rewind() => catalog.Rewind();

    public void Dispose() => catalog.Dispose();

    private sealed class Rules : InputRules<string>
    {
        public override string PathHint => "Check the path.";

        public override bool AllowsEmptyFiles => true;

        /// <summary>Accepts any name for a file that the user names explicitly.</summary>
        public override string? KindOf(string path, string name, bool isNamed) =>
            isNamed || DictionaryFileNames.HoldsEntries(name) ? Kind : null;

        public override bool Recognises(ReadOnlySpan<byte> head) => false;

        public override UnreadFile Explain(string path, string name) =>
            new(path, $"its name does not end with {string.Join(", ", DictionaryFileNames.Endings)}");

        public override IngestException NothingFound(IReadOnlyList<string> paths, IReadOnlyList<UnreadFile> unread) => new(
            $"No dictionary files in {RemotePath.Show(paths[0])}.{Name(unread)}", "Expected names that end in .json, .jsonl or .ndjson, optionally followed by .gz, .zst or .bz2.");
    }
}
