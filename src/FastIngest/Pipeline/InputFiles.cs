using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Sources;

namespace FastIngest.Pipeline;

/// <summary>The input of a run: every known file under the paths, open, in reading order.</summary>
internal sealed class InputFiles : IDisposable
{
    private InputFiles(IReadOnlyList<SourceFile> files, IReadOnlyList<InputFileInfo> infos)
    {
        Files = files;
        Infos = infos;
        Categories = [.. infos.Select(i => i.Category)];
    }

    public IReadOnlyList<SourceFile> Files { get; }

    public IReadOnlyList<InputFileInfo> Infos { get; }

    /// <summary>The category of each file.</summary>
    public IReadOnlyList<Category> Categories { get; }

    public long TotalBytes => Infos.Sum(i => i.Bytes);

    /// <exception cref="IngestException">A path does not exist, a file can not be read, or none is known.</exception>
    public static InputFiles Open(IReadOnlyList<string> paths, IoMode mode)
    {
        List<(string Path, Category Category)> found = Find(paths);
        List<SourceFile> files = [];
        try
        {
            foreach ((string path, _) in found)
            {
                files.Add(SourceFile.Open(path, mode));
            }
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }

        return new InputFiles(files, [.. found.Zip(files, (f, file) => new InputFileInfo(f.Path, f.Category, file.Length))]);
    }

    /// <summary>One line for each category that has no file.</summary>
    public IEnumerable<string> MissingCategories() => Enum.GetValues<Category>()
        .Where(c => !Categories.Contains(c))
        .Select(c => $"No file for {c.Name()} ({c.Name()}*.json, .jsonl or .ndjson): its columns stay empty.");

    public void Dispose()
    {
        foreach (SourceFile file in Files)
        {
            file.Dispose();
        }
    }

    private static List<(string Path, Category Category)> Find(IReadOnlyList<string> paths)
    {
        List<(string Path, Category Category)> found = [];
        HashSet<string> seen = [];
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
            {
                foreach (string file in List(path))
                {
                    if (Health.Categories.OfFile(Path.GetFileName(file)) is { } category && seen.Add(Path.GetFullPath(file)))
                    {
                        found.Add((file, category));
                    }
                }
            }
            else if (!File.Exists(path))
            {
                throw new IngestException($"{path} does not exist.", "Name a folder with health files, or the files.");
            }
            else if (Health.Categories.OfFile(Path.GetFileName(path)) is not { } category)
            {
                throw new IngestException(
                    $"{path} has no known name.",
                    $"Name it after its category: {string.Join(", ", Enum.GetValues<Category>().Select(c => c.Name()))}, with .json, .jsonl or .ndjson.");
            }
            else if (seen.Add(Path.GetFullPath(path)))
            {
                found.Add((path, category));
            }
        }

        if (found.Count == 0)
        {
            throw new IngestException(
                $"No health files in {string.Join(", ", paths)}.",
                "Expected names such as heart_rate.json, nutrition-2024-01.json or sleep.ndjson.");
        }

        return [.. found
            .OrderBy(f => f.Category)
            .ThenBy(f => Path.GetFileName(f.Path), Utf8Order.Instance)
            .ThenBy(f => f.Path, Utf8Order.Instance)];
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

    /// <summary>The order of names by their bytes in UTF-8.</summary>
    private sealed class Utf8Order : IComparer<string>
    {
        public static readonly Utf8Order Instance = new();

        public int Compare(string? x, string? y) =>
            System.Text.Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(y!));
    }
}
