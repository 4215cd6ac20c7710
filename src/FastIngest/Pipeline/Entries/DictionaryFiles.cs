using FastIngest.Sinks;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Entries;

/// <summary>The input of a run, open: a file, or every known file of a directory in the order of their names' bytes.</summary>
internal sealed class DictionaryFiles : IDisposable
{
    private DictionaryFiles(IReadOnlyList<SourceFile> files) => Files = files;

    public IReadOnlyList<SourceFile> Files { get; }

    public IReadOnlyList<RunFile> Infos => [.. Files.Select(f => new RunFile(f.Path, "entries", f.Length))];

    /// <exception cref="IngestException">The path does not exist, can not be read, or holds no file.</exception>
    public static DictionaryFiles Open(string path)
    {
        List<SourceFile> files = [];
        try
        {
            foreach (string file in Directory.Exists(path) ? List(path) : [path])
            {
                files.Add(SourceFile.Open(file, IoMode.Pread));
            }
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }

        return new DictionaryFiles(files);
    }

    public void Dispose()
    {
        foreach (SourceFile file in Files)
        {
            file.Dispose();
        }
    }

    private static string[] List(string directory)
    {
        string[] files;
        try
        {
            files = [.. Directory.GetFiles(directory).Where(f => DictionaryNames.IsRead(Path.GetFileName(f))).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IngestException($"{directory} can not be listed: {e.Message}", "Check that this user may read it.", e);
        }

        return files.Length > 0
            ? files
            : throw new IngestException($"No dictionary files in {directory}.", "Expected names that end in .json, .jsonl or .ndjson, or these and .gz.");
    }
}
