using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Sources;

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

    /// <summary>The files under the given paths that are not read.</summary>
    public IReadOnlyList<UnreadFile> Unread => _catalog.Unread;

    /// <summary>The estimated number of bytes to read.</summary>
    public long EstimatedBytes => _catalog.EstimatedBytes;

    /// <summary>Finds and opens the files.</summary>
    /// <exception cref="IngestException">A path does not exist, a file cannot be read, or no health file was found.</exception>
    /// <param name="paths">The folders and files that the user named.</param>
    /// <param name="dialects">The supported dialects.</param>
    /// <param name="category">The category of standard input and of the named files; null to take it from their names.</param>
    /// <param name="options">How files are found and opened.</param>
    public static HealthInput Open(IReadOnlyList<string> paths, IReadOnlyList<Dialect> dialects, Category? category, InputOptions options)
    {
        InputCatalog<CategoryOfFile> catalog = InputCatalog.Open(paths, new Rules(dialects, category), options);
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

    /// <summary>Returns the categories with records in several files. A file with several parts may have records of any category.</summary>
    public static RepeatRule RepeatsOf(IReadOnlyList<FilePlan> plans)
    {
        uint several = 0, any = 0;
        foreach (FilePlan plan in plans)
        {
            uint bits = plan.MayHaveMoreParts ? (1u << Health.Categories.Count) - 1 : 1u << (int)plan.Category;
            several |= any & bits;
            any |= bits;
        }

        return new RepeatRule(several);
    }

    /// <summary>Reads the beginning of each file and decides how it is split.</summary>
    public IReadOnlyList<FilePlan> Plan(int chunkBytes, int maxRecordBytes)
    {
        List<FilePlan> plans = [];
        for (int f = 0; f < Files.Count; f++)
        {
            FilePlan plan = _dialects[f].Plan(Files[f], Categories[f], chunkBytes, maxRecordBytes);
            plan.FileIndex = f;
            plans.Add(plan);
            Files[f].Rewind();
        }

        RepeatRule repeats = RepeatsOf(plans);
        foreach (FilePlan plan in plans)
        {
            plan.Repeats = repeats;
        }

        return plans;
    }

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
            ?? known.FirstOrDefault(d => d.Endings.Any(e => name.Contains(e, StringComparison.OrdinalIgnoreCase)))
            ?? known[0];
    }

    /// <summary>The category that the name of a file specifies.</summary>
    internal sealed record CategoryOfFile(Category Category);

    private sealed class Rules(IReadOnlyList<Dialect> dialects, Category? given) : InputRules<CategoryOfFile>
    {
        private readonly string[] _endings = [.. dialects.SelectMany(d => d.Endings)];

        public override string PathHint => "Name a folder with health files, or the files.";

        public override CategoryOfFile? KindOf(string path, string name, bool isNamed)
        {
            if (((isNamed ? given : null) ?? HealthFileNames.CategoryOf(name, _endings)) is { } category)
            {
                return new CategoryOfFile(category);
            }

            if (CategoryOfContent(path, name) is { } named)
            {
                return new CategoryOfFile(named);
            }

            return !isNamed ? null : throw new IngestException(
                $"{path} is not named after a category, so that its content is unknown.",
                $"Give its category with --category: {string.Join(", ", Enum.GetValues<Category>().Select(c => c.Name()))}; or name the file after it, with {string.Join(", ", _endings)}.");
        }

        public override bool Recognises(ReadOnlySpan<byte> head)
        {
            foreach (Dialect dialect in dialects)
            {
                if (dialect.Recognises(head))
                {
                    return true;
                }
            }

            return false;
        }

        public override UnreadFile Explain(string path, string name)
        {
            UnreadFile unread = HealthFileNames.Explain(path, name, _endings);
            return unread.IsExpected || !HealthFileNames.HasEnding(name, _endings) || ForeignName.HeadOfRecords(path, Recognises) is null ? unread
                : unread with { Reason = "its name begins with no category, but it holds records", IsExpected = true };
        }

        /// <summary>Returns the category that the content of a file names, such as a wrapper object with the key of a category; null without one.</summary>
        private Category? CategoryOfContent(string path, string name) =>
            HealthFileNames.HasEnding(name, _endings) && ForeignName.HeadOfRecords(path, Recognises) is { } head
                ? dialects.Select(d => d.CategoryOf(head)).FirstOrDefault(c => c is not null)
                : null;

        public override IReadOnlyList<InputFile<CategoryOfFile>> Sort(IReadOnlyList<InputFile<CategoryOfFile>> files) =>
        [
            .. files
                .OrderBy(f => f.Kind.Category)
                .ThenBy(f => f.Relative, Utf8Order.Instance)
                .ThenBy(f => f.Source.Path, Utf8Order.Instance),
        ];

        public override IngestException NothingFound(IReadOnlyList<string> paths, IReadOnlyList<UnreadFile> unread) => new(
            $"No health files in {string.Join(", ", paths.Select(p => p == StandardInput.Path ? StandardInput.DisplayName : p))}.{Name(unread)}",
            unread.Count > 0 && unread.All(u => u is { IsExpected: true, Guess: null }) ? "Download or export the files once more." : "Expected names such as heart_rate.json, nutrition-2024-01.json or sleep.ndjson.");
    }
}
