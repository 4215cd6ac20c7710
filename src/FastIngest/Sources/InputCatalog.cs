using FastIngest.Sources.Compression;

namespace FastIngest.Sources;

/// <summary>A file of the input, open.</summary>
/// <param name="Source">Its bytes, unpacked; <see cref="SourceFile.Path"/> is the file as shown to the user.</param>
/// <param name="Name">Its name without folders and without the ending of a compression.</param>
/// <param name="Kind">What it is taken for.</param>
public sealed record InputFile<TKind>(SourceFile Source, string Name, TKind Kind);

/// <summary>
/// The files of a run: those that are named, those of the folders that are named, and the members of the archives among them, each
/// unpacked if it is compressed, whatever its format. A file that is named twice is read once.
/// </summary>
/// <typeparam name="TKind">What files are taken for.</typeparam>
public sealed class InputCatalog<TKind> : IDisposable
    where TKind : class
{
    internal InputCatalog(IReadOnlyList<InputFile<TKind>> files) => Files = files;

    /// <summary>The files in reading order.</summary>
    public IReadOnlyList<InputFile<TKind>> Files { get; }

    /// <summary>About how many bytes there are to read; what compressed files hold is not known before.</summary>
    public long EstimatedBytes => Files.Sum(f => f.Source.IsPacked ? f.Source.PackedLength * UnpackedFile.TypicalExpansion : f.Source.Length);

    /// <summary>Gets ready to read all files once more.</summary>
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

/// <summary>Opens catalogues.</summary>
public static class InputCatalog
{
    /// <summary>Opens the files.</summary>
    /// <param name="paths">Folders or files.</param>
    /// <param name="rules">Which files are taken, for what, and in which order they are read.</param>
    /// <param name="io">How plain files are read.</param>
    /// <param name="limit">How much compressed ones may grow.</param>
    /// <exception cref="IngestException">A path does not exist or cannot be read, or there is no file to read.</exception>
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

    /// <summary>Opens a file, through the compression that its first bytes show.</summary>
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

            return magic.IsEmpty || Compression.Compression.OfName(path) is not { } named ? file : throw new IngestException(
                $"{path} can not be unpacked: it is no {named.Name} file.", "Fetch the file once more, or give it the name that it should have.");
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
            throw new IngestException($"{directory} can not be listed: {e.Message}", "Check that this user may read it.", e);
        }
    }
}
