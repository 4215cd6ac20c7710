using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Sources;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline.HealthData;

/// <summary>The open health files of a run in reading order, each with the dialect that its content identifies.</summary>
internal sealed class HealthInput : IDisposable
{
    private readonly InputCatalog<CategoryOfFile> _catalog;
    private readonly Dialect[] _dialects;

    private HealthInput(InputCatalog<CategoryOfFile> catalog, IReadOnlyList<Dialect> known)
    {
        _catalog = catalog;
        Files = [.. catalog.Files.Select(f => f.Source)];
        Categories = [.. catalog.Files.Select(f => f.Kind.Category)];
        Infos = [.. catalog.Files.Select(f => new InputFileInfo(f.Source.Path, f.Kind.Category, f.Source.PackedLength))];
        _dialects = [.. catalog.Files.Select(f => DialectOf(f.Source, f.Name, known))];
    }

    public IReadOnlyList<SourceFile> Files { get; }

    /// <summary>The category of each file.</summary>
    public IReadOnlyList<Category> Categories { get; }

    /// <summary>The description of each file for reports and sinks.</summary>
    public IReadOnlyList<InputFileInfo> Infos { get; }

    /// <summary>The dialect of each file.</summary>
    public IReadOnlyList<Dialect> Dialects => _dialects;

    /// <summary>The estimated number of bytes to read.</summary>
    public long EstimatedBytes => _catalog.EstimatedBytes;

    /// <exception cref="IngestException">A path does not exist, a file cannot be read, or no health file was found.</exception>
    public static HealthInput Open(IReadOnlyList<string> paths, IReadOnlyList<Dialect> dialects, IoMode io, ExpansionLimit limit)
    {
        InputCatalog<CategoryOfFile> catalog = InputCatalog.Open(paths, new Rules(dialects), io, limit);
        try
        {
            return new HealthInput(catalog, dialects);
        }
        catch
        {
            catalog.Dispose();
            throw;
        }
    }

    /// <summary>Reads the beginning of each file and decides how it is split.</summary>
    public IReadOnlyList<FilePlan> Plan(int chunkBytes, int maxRecordBytes)
    {
        List<FilePlan> plans = [];
        for (int f = 0; f < Files.Count; f++)
        {
            plans.Add(_dialects[f].Plan(Files[f], Categories[f], chunkBytes, maxRecordBytes));
            Files[f].Rewind();
        }

        return plans;
    }

    /// <summary>Returns one warning for each category without a file.</summary>
    public IEnumerable<string> MissingCategories() => Enum.GetValues<Category>()
        .Where(c => !Categories.Contains(c))
        .Select(c => $"No file for {c.Name()} ({c.Name()}*{string.Join(", ", HealthFileNames.Endings)}): its columns stay empty.");

    /// <summary>Prepares to read all files once more.</summary>
    public void Rewind() => _catalog.Rewind();

    public void Dispose() => _catalog.Dispose();

    /// <summary>Returns the dialect that the content of a file identifies; if none does, the dialect of its name.</summary>
    private static Dialect DialectOf(SourceFile file, string name, IReadOnlyList<Dialect> known)
    {
        file.Reach(Dialect.HeadBytes);
        byte[] head = new byte[(int)Math.Min(file.Length, Dialect.HeadBytes)];
        file.Read(head, 0);
        file.Rewind();
        return known.FirstOrDefault(d => d.Recognises(head))
            ?? known.First(d => d.Endings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>The category that the name of a file specifies.</summary>
    internal sealed record CategoryOfFile(Category Category);

    private sealed class Rules(IReadOnlyList<Dialect> dialects) : InputRules<CategoryOfFile>
    {
        private readonly string[] _endings = [.. dialects.SelectMany(d => d.Endings)];

        public override string PathHint => "Name a folder with health files, or the files.";

        public override CategoryOfFile? KindOf(string path, string name, bool isNamed)
        {
            if (Health.Categories.OfFile(name, _endings) is { } category)
            {
                return new CategoryOfFile(category);
            }

            return !isNamed ? null : throw new IngestException(
                $"{path} is not named after a category, so that its content is unknown.",
                $"Name it after its category: {string.Join(", ", Enum.GetValues<Category>().Select(c => c.Name()))}, with {string.Join(", ", _endings)}.");
        }

        public override IReadOnlyList<InputFile<CategoryOfFile>> Sort(IReadOnlyList<InputFile<CategoryOfFile>> files) =>
        [
            .. files
                .OrderBy(f => f.Kind.Category)
                .ThenBy(f => Path.GetFileName(f.Source.Path), Utf8Order.Instance)
                .ThenBy(f => f.Source.Path, Utf8Order.Instance),
        ];

        public override IngestException NothingFound(IReadOnlyList<string> paths) => new(
            $"No health files in {string.Join(", ", paths)}.", "Expected names such as heart_rate.json, nutrition-2024-01.json or sleep.ndjson.");
    }

    /// <summary>Compares names by their UTF-8 bytes.</summary>
    private sealed class Utf8Order : IComparer<string>
    {
        public static readonly Utf8Order Instance = new();

        public int Compare(string? x, string? y) =>
            System.Text.Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(y!));
    }
}
