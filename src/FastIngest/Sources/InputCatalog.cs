using FastIngest.Net;

namespace FastIngest.Sources;

/// <summary>An open input file.</summary>
/// <param name="Source">The decompressed bytes; <see cref="SourceFile.Path"/> is the name shown to the user.</param>
/// <param name="Name">The file name without folders and without a compression ending such as <c>.gz</c>.</param>
/// <param name="Relative">The path below the given folder or, for a given file, its name; with the name of an archive's member.</param>
/// <param name="Kind">The kind of the file, such as its category.</param>
public sealed record InputFile<TKind>(SourceFile Source, string Name, string Relative, TKind Kind)
{
    /// <summary>The path of the file, or of the archive that holds it; null if it is standard input or a pipe.</summary>
    public string? Container { get; init; }

    /// <summary>What tells this version of the container from another one, if it is on a server; null otherwise.</summary>
    public string? Version { get; init; }
}

/// <summary>
/// The input files of a run: the files the user named, the files in the folders the user named, and the members of archives
/// among them. Compressed files of any format are decompressed, UTF-16 and UTF-32 become UTF-8. A file with several names is
/// read once. Every file that is not read is listed with the reason.
/// </summary>
/// <typeparam name="TKind">The kind of a file.</typeparam>
public sealed class InputCatalog<TKind> : IDisposable
    where TKind : class
{
    private readonly IDisposable _servers;

    internal InputCatalog(IReadOnlyList<InputFile<TKind>> files, IReadOnlyList<UnreadFile> unread, IReadOnlyList<string> notes, long heldBytes, IDisposable servers) =>
        (Files, Unread, Notes, HeldBytes, _servers) = (files, unread, notes, heldBytes, servers);

    /// <summary>The files in reading order.</summary>
    public IReadOnlyList<InputFile<TKind>> Files { get; }

    /// <summary>The files that are not read, in the order in which they were found.</summary>
    public IReadOnlyList<UnreadFile> Unread { get; }

    /// <summary>What the user should know of how files are read.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The memory in bytes that the contents of small files take until they are read.</summary>
    internal long HeldBytes { get; }

    /// <summary>Prepares to read all files once more.</summary>
    internal void Rewind()
    {
        foreach (InputFile<TKind> file in Files)
        {
            file.Source.Rewind();
        }
    }

    public void Dispose()
    {
        foreach (InputFile<TKind> file in Files)
        {
            file.Source.Dispose();
        }

        _servers.Dispose();
    }
}

/// <summary>Creates input catalogs.</summary>
public static class InputCatalog
{
    /// <summary>Finds and opens all input files.</summary>
    /// <param name="paths">The folders, files and URLs that the user named; <c>-</c> is standard input.</param>
    /// <param name="rules">The rules that select files, assign their kinds and order them.</param>
    /// <param name="options">How files are found and opened.</param>
    /// <exception cref="IngestException">A path does not exist or cannot be read, or no input file was found.</exception>
    public static InputCatalog<TKind> Open<TKind>(IReadOnlyList<string> paths, InputRules<TKind> rules, InputOptions options)
        where TKind : class
    {
        InputOpener<TKind> opener = new(rules, options);
        try
        {
            InputWalk walk = new(options.IsRecursive, opener.IsExpected, opener.Unread);
            foreach (string path in paths)
            {
                if (path == StandardInput.Path)
                {
                    opener.AddStandardInput();
                    continue;
                }

                foreach (FoundFile file in RemotePath.Is(path) ? opener.Servers.Find(path) : walk.Find(path, rules.PathHint))
                {
                    opener.Add(file);
                }
            }

            return opener.Files.Count > 0
                ? new InputCatalog<TKind>(rules.Sort(opener.Files), opener.Unread, opener.Notes, opener.HeldBytes, opener)
                : throw rules.NothingFound(paths, opener.Unread);
        }
        catch
        {
            opener.Files.ForEach(f => f.Source.Dispose());
            opener.Dispose();
            throw;
        }
    }
}
