using FastIngest.Sources.Compression;

namespace FastIngest.Sources;

/// <summary>An open input file.</summary>
/// <param name="Source">The decompressed bytes; <see cref="SourceFile.Path"/> is the name shown to the user.</param>
/// <param name="Name">The file name without folders and without a compression ending such as <c>.gz</c>.</param>
/// <param name="Kind">The kind of the file, such as its category.</param>
public sealed record InputFile<TKind>(SourceFile Source, string Name, TKind Kind);

/// <summary>
/// The input files of a run: the files the user named, the files in the folders the user named, and the members of archives
/// among them. Compressed files of any format are decompressed. A file that is named twice is read once.
/// </summary>
/// <typeparam name="TKind">The kind of a file.</typeparam>
public sealed class InputCatalog<TKind> : IDisposable
    where TKind : class
{
    internal InputCatalog(IReadOnlyList<InputFile<TKind>> files) => Files = files;

    /// <summary>The files in reading order.</summary>
    public IReadOnlyList<InputFile<TKind>> Files { get; }

    /// <summary>An estimate of the bytes to read. The decompressed size of compressed files is not known in advance.</summary>
    public long EstimatedBytes => Files.Sum(f => f.Source.IsPacked ? f.Source.PackedLength * UnpackedFile.TypicalExpansion : f.Source.Length);

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
    }
}

/// <summary>Creates input catalogs.</summary>
public static class InputCatalog
{
    /// <summary>Opens all input files.</summary>
    /// <param name="paths">The folders and files that the user named.</param>
    /// <param name="rules">The rules that select files, assign their kinds and order them.</param>
    /// <param name="io">How uncompressed files are read.</param>
    /// <param name="limit">How much compressed files may grow.</param>
    /// <exception cref="IngestException">A path does not exist or cannot be read, or no input file was found.</exception>
    public static InputCatalog<TKind> Open<TKind>(IReadOnlyList<string> paths, InputRules<TKind> rules, IoMode io, ExpansionLimit limit)
        where TKind : class
    {
        List<InputFile<TKind>> files = [];
        try
        {
            HashSet<string> seen = [];
            foreach (string path in paths)
            {
                if (Directory.Exists(path))
                {
                    foreach (string file in rules.InOrder(List(path)))
                    {
                        Add(file, isNamed: false);
                    }
                }
                else if (File.Exists(path))
                {
                    Add(path, isNamed: true);
                }
                else
                {
                    throw new IngestException($"{path} does not exist.", rules.PathHint);
                }
            }

            return files.Count > 0 ? new InputCatalog<TKind>(rules.Sort(files)) : throw rules.NothingFound(paths);

            void Add(string path, bool isNamed)
            {
                string name = Compression.Compression.NameOfContent(Path.GetFileName(path));
                bool isArchive = ZipArchives.IsName(path);
                TKind? kind = isArchive ? null : rules.KindOf(path, name, isNamed);
                if ((kind is null && !isArchive) || !seen.Add(Path.GetFullPath(path)))
                {
                    return;
                }

                if (kind is not null)
                {
                    files.Add(new InputFile<TKind>(OpenFile(path, io, limit), name, kind));
                    return;
                }

                foreach ((string memberName, SourceFile member) in ZipArchives.Members(path, limit, n => rules.KindOf($"{path}/{n}", Path.GetFileName(n), false) is not null))
                {
                    string ownName = Path.GetFileName(memberName);
                    files.Add(new InputFile<TKind>(member, ownName, rules.KindOf(member.Path, ownName, false)!));
                }
            }
        }
        catch
        {
            files.ForEach(f => f.Source.Dispose());
            throw;
        }
    }

    /// <summary>Opens a file; decompresses it if its first bytes identify a compression.</summary>
    private static SourceFile OpenFile(string path, IoMode io, ExpansionLimit limit)
    {
        SourceFile file = SourceFile.Open(path, io);
        try
        {
            Span<byte> magic = stackalloc byte[(int)Math.Min(file.Length, Compression.Compression.MagicBytes)];
            file.Read(magic, 0);
            foreach (Compression.Compression compression in Compression.Compression.All)
            {
                if (compression.Recognises(magic))
                {
                    return UnpackedFile.Open(file, compression, limit);
                }
            }

            if (magic.IsEmpty || Compression.Compression.OfName(path) is not { } named)
            {
                return file;
            }

            throw named.RecognisesStart(magic) ? new IngestException(
                $"{path} cannot be decompressed: it is cut off at byte {file.Length}.", "Download or copy the file once more.") : new IngestException(
                $"{path} cannot be decompressed: it is not a {named.Name} file.", "Download or copy the file once more, or correct the ending of its name.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static string[] List(string directory)
    {
        try
        {
            return Directory.GetFiles(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IngestException($"{directory} cannot be listed: {e.Message}", "Check that this user may read it.", e);
        }
    }
}
