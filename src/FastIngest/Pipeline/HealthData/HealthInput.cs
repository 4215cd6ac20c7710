using System.Text;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Net;
using FastIngest.Sinks.Summaries;
using FastIngest.Sources;

namespace FastIngest.Pipeline.HealthData;

/// <summary>The open health files of a run in reading order, each with the dialect that its content identifies.</summary>
internal sealed class HealthInput : IDisposable
{
    /// <summary>The user of exports that name none, unless the run chooses another one.</summary>
    public const string UnnamedUser = "me";

    /// <summary>A file of at most this many bytes has one chunk, unless the run asks for smaller ones, so that it is planned when it is opened.</summary>
    private const int PreparedChunkBytes = Dialect.HeadBytes;

    private readonly InputCatalog<CategoryOfFile> _catalog;
    private readonly Dialect[] _dialects;
    private readonly int _maxRecordBytes;

    private HealthInput(InputCatalog<CategoryOfFile> catalog, int maxRecordBytes)
    {
        _catalog = catalog;
        _maxRecordBytes = maxRecordBytes;
        Files = [.. catalog.Files.Select(f => f.Source)];
        Categories = [.. catalog.Files.Select(f => f.Kind.Category!.Value)];
        _dialects = [.. catalog.Files.Select(f => f.Kind.Dialect!)];
        Infos = [.. catalog.Files.Select((f, i) => new InputFileInfo(
            f.Source.Path, Categories[i], _dialects[i] is ExportDialect ? _dialects[i].Name : Categories[i].Name(), f.Source.PackedLength))];
    }

    public IReadOnlyList<SourceFile> Files { get; }

    /// <summary>The category of each file.</summary>
    public IReadOnlyList<Category> Categories { get; }

    /// <summary>The description of each file for reports and sinks.</summary>
    public IReadOnlyList<InputFileInfo> Infos { get; }

    /// <summary>The files under the given paths that are not read.</summary>
    public IReadOnlyList<UnreadFile> Unread => _catalog.Unread;

    /// <summary>What a report says of the files.</summary>
    public InputFacts Facts => new(Infos, Categories, Exports, Unread);

    /// <summary>The dialect of each file.</summary>
    public IReadOnlyList<Dialect> Dialects => _dialects;

    /// <summary>The path of the file, or of the archive that holds it; null if it is standard input or a pipe.</summary>
    public string? ContainerOf(int file) => _catalog.Files[file].Container;

    /// <summary>What tells this version of the container from another one, if it is on a server; null otherwise.</summary>
    public string? VersionOf(int file) => _catalog.Files[file].Version;

    /// <summary>Returns the options with the memory that the files leave: what is read ahead from servers and the contents of small files take some.</summary>
    public IngestOptions Without(IngestOptions options)
    {
        long readAhead = _catalog.Files.Any(f => f.Version is not null) ? options.InputOptions.ReadAheadBytes : 0;
        return options with { MemoryLimitBytes = options.MemoryLimitBytes - readAhead - _catalog.HeldBytes };
    }

    /// <summary>What the user should know of how files are read.</summary>
    public IReadOnlyList<string> Notes => _catalog.Notes;

    /// <summary>The estimated number of bytes to read, as JSON. The decompressed size of compressed files is not known in advance.</summary>
    public long EstimatedBytes => Files.Select((_, i) => EstimatedBytesOf(i)).Sum();

    /// <summary>The estimated number of bytes of a file, as JSON.</summary>
    public long EstimatedBytesOf(int file) =>
        (Files[file].IsPacked ? Files[file].PackedLength * UnpackedFile.TypicalExpansion : Files[file].Length) * _dialects[file].Density;

    /// <summary>Finds and opens the files.</summary>
    /// <exception cref="IngestException">A path does not exist, a file cannot be read, or no health file was found.</exception>
    /// <param name="paths">The folders and files that the user named.</param>
    /// <param name="dialects">The supported dialects.</param>
    /// <param name="category">The category of standard input and of the named files; null to take it from their names.</param>
    /// <param name="options">How files are found and opened.</param>
    /// <param name="from">The dialect of all files; null to recognise it by content.</param>
    /// <param name="maxRecordBytes">The maximum size of a record in bytes, if small files are planned while they are open; 0 to plan all files later.</param>
    public static HealthInput Open(
        IReadOnlyList<string> paths, IReadOnlyList<Dialect> dialects, Category? category, InputOptions options, Dialect? from = null, int maxRecordBytes = 0) =>
        new(InputCatalog.Open(paths, new Rules(dialects, category, from, maxRecordBytes), options), maxRecordBytes);

    /// <summary>Returns the categories with records in several files.</summary>
    public static RepeatRule RepeatsOf(IReadOnlyList<FilePlan> plans)
    {
        uint several = 0, any = 0, identified = 0, collected = 0;
        foreach (FilePlan plan in plans)
        {
            identified |= plan.IdentifiedCategories;
            collected |= plan.CollectedCategories;
            several |= (any & plan.CategoryBits) | identified | collected;
            any |= plan.CategoryBits;
        }

        return new RepeatRule(several, identified, collected);
    }

    /// <summary>The files that are exports of other programs.</summary>
    public IReadOnlyList<ExportFile> Exports => [.. Infos.Where((_, i) => _dialects[i] is ExportDialect).Select(f => new ExportFile(f.Path, f.Kind, f.Bytes))];

    /// <summary>Whether any file is an export of another program.</summary>
    public bool HasExports => _dialects.Any(d => d is ExportDialect);

    /// <summary>Reads the beginning of each file and decides how it is split.</summary>
    /// <param name="chunkBytes">The requested chunk size in bytes.</param>
    /// <param name="maxRecordBytes">The maximum size of a record in bytes.</param>
    /// <param name="userId">The user of records that name none; null for none.</param>
    /// <param name="userFolder">The folder of the relative path that is the user, from 1; 0 for none.</param>
    /// <exception cref="IngestException">The beginning of a file is invalid, or its path has too few folders.</exception>
    public IReadOnlyList<FilePlan> Plan(int chunkBytes, int maxRecordBytes, string? userId = null, int userFolder = 0)
    {
        List<FilePlan> plans = new(Files.Count);
        for (int f = 0; f < Files.Count; f++)
        {
            string relative = _catalog.Files[f].Relative;
            FilePlan plan = PreparedPlan(f, chunkBytes, maxRecordBytes) ?? PlanOf(Files[f], _dialects[f], Categories[f], relative, chunkBytes, maxRecordBytes);
            plan.FileIndex = f;
            string? user = userFolder > 0 ? FolderOf(relative, userFolder, Files[f].Path) : plan.Dialect is ExportDialect ? userId ?? UnnamedUser : null;
            plan.IsOfOneUser |= userFolder > 0;
            plan.User = user is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(user);
            plans.Add(plan);
        }

        RepeatRule repeats = RepeatsOf(plans);
        foreach (FilePlan plan in plans)
        {
            plan.Repeats = repeats;
        }

        return plans;
    }

    private static FilePlan PlanOf(SourceFile file, Dialect dialect, Category category, string relative, int chunkBytes, int maxRecordBytes)
    {
        FilePlan plan = dialect is ExportDialect export
            ? export.Plan(file, relative, chunkBytes, maxRecordBytes)
            : dialect.Plan(file, category, chunkBytes, maxRecordBytes);
        file.Rewind();
        return plan;
    }

    /// <summary>Takes the plan that was made when a file was opened; null if there is none that fits.</summary>
    private FilePlan? PreparedPlan(int file, int chunkBytes, int maxRecordBytes)
    {
        CategoryOfFile kind = _catalog.Files[file].Kind;
        FilePlan? plan = chunkBytes >= PreparedChunkBytes && maxRecordBytes == _maxRecordBytes && Files[file].IsAsOpened() ? kind.Prepared : null;
        kind.Prepared = null;
        return plan;
    }

    private static string FolderOf(string relative, int number, string path)
    {
        string[] parts = relative.Split('/');
        return number < parts.Length ? parts[number - 1] : throw new IngestException(
            $"{path} lies in {parts.Length - 1} folders below the given one, so that folder {number}, which --user-from names, does not exist.",
            "Name the folder that holds one folder for each person, or a smaller number.");
    }

    /// <summary>Prepares to read all files once more.</summary>
    public void Rewind() => _catalog.Rewind();

    public void Dispose() => _catalog.Dispose();

    /// <summary>Returns the layout of this program that the content of a file identifies; if none does, that of its name, else the first one.</summary>
    private static Dialect LayoutOf(ReadOnlySpan<byte> head, string name, Dialect[] layouts)
    {
        foreach (Dialect layout in layouts)
        {
            if (layout.Recognises(head))
            {
                return layout;
            }
        }

        return layouts.FirstOrDefault(d => d.Endings.Any(e => name.Contains(e, StringComparison.OrdinalIgnoreCase))) ?? layouts[0];
    }

    /// <summary>What a file holds.</summary>
    /// <param name="Category">The category that the name of the file specifies; null while only its content can tell.</param>
    /// <param name="Dialect">The dialect; null while only the content can tell.</param>
    internal sealed record CategoryOfFile(Category? Category, Dialect? Dialect = null)
    {
        /// <summary>The plan of a small file, which was made while its beginning was in memory; null without one. It is taken once.</summary>
        public FilePlan? Prepared { get; set; }
    }

    private sealed class Rules(IReadOnlyList<Dialect> dialects, Category? given, Dialect? from, int maxRecordBytes) : InputRules<CategoryOfFile>
    {
        /// <summary>The beginning of the file that is looked at.</summary>
        private readonly byte[] _head = GC.AllocateUninitializedArray<byte>(Dialect.HeadBytes);

        private readonly Dialect[] _layouts = from is null ? [.. dialects.Where(d => d is not ExportDialect)] : [from];

        private readonly ExportDialect[] _exports = from is null ? [.. dialects.OfType<ExportDialect>()] : [.. new[] { from }.OfType<ExportDialect>()];

        private readonly string[] _endings = [.. dialects.Where(d => d is not ExportDialect).SelectMany(d => d.Endings)];

        private readonly string[] _allEndings = [.. dialects.SelectMany(d => d.Endings)];

        public override string PathHint => "Name a folder with health files, or the files.";

        public override CategoryOfFile? KindOf(string path, string name, bool isNamed)
        {
            Category? category = (isNamed ? given : null) ?? HealthFileNames.CategoryOf(name, _endings);
            return category is not null || isNamed || HealthFileNames.HasEnding(name, _allEndings) ? new CategoryOfFile(category) : null;
        }

        public override bool IsExpected(string name) => HealthFileNames.CategoryOf(name, _endings) is not null;

        public override CategoryOfFile? Resolve(
            SourceFile file, CategoryOfFile kind, string name, string relative, bool isNamed, out bool isRecognised, out UnreadFile? unread)
        {
            unread = null;
            file.Reach(Dialect.HeadBytes);
            Span<byte> head = _head.AsSpan(0, (int)Math.Min(file.Length, Dialect.HeadBytes));
            file.Read(head, 0);
            ExportDialect? export = from is not null ? from as ExportDialect : ExportOf(head, relative);
            isRecognised = export is not null;
            if (export is not null)
            {
                return Known(file, Category.Samples, export, relative);
            }

            if (!isNamed && ReasonNotRead(head) is { } reason)
            {
                unread = new UnreadFile(file.Path, reason);
                return null;
            }

            Category? category = kind.Category ?? CategoryOfContent(file, name);
            Dialect? layout = category is null ? null : LayoutOf(head, name, _layouts);
            string? foreign = isNamed || from is not null ? null : layout?.Foreign(head, category!.Value);
            if (layout is not null && foreign is null)
            {
                return Known(file, category!.Value, layout, relative);
            }

            bool isEmptyList = relative != StandardInput.Path && head.Length < Dialect.HeadBytes && IsEmptyList(head);
            unread = isEmptyList ? new UnreadFile(file.Path, "it is an empty list, which does not say what it would hold") : foreign is null ? Explain(file.Path, name, file) : new UnreadFile(file.Path, foreign, IsExpected: true);
            if (isNamed && head.StartsWith("PK\u0003\u0004"u8))
            {
                throw new IngestException($"{file.Path} is a zip archive.", "An archive is read if its name ends with .zip, and not from standard input.");
            }

            return !isNamed || isEmptyList ? null : throw new IngestException(
                $"{file.Path} is not named after a category, and it is no export that this program knows.",
                $"Give its category with --category: {string.Join(", ", Health.Categories.Named.Select(c => c.Name()))}; or name the file after it, with {string.Join(", ", _endings.Distinct())}. 'health_ingestion formats' lists the exports.");
        }

        /// <summary>Returns what a file holds, with its plan if the whole of it is in memory: to open it once more for that would cost more than all the rest.</summary>
        private CategoryOfFile Known(SourceFile file, Category category, Dialect dialect, string relative)
        {
            CategoryOfFile known = new(category, dialect);
            if (maxRecordBytes > 0 && file.Length <= PreparedChunkBytes && dialect.Density == 1)
            {
                try
                {
                    known.Prepared = PlanOf(file, dialect, category, relative, PreparedChunkBytes, maxRecordBytes);
                }
                catch (IngestException)
                {
                    // The run reports the error when it plans the file, after errors of files before it.
                }
            }

            return known;
        }

        private ExportDialect? ExportOf(ReadOnlySpan<byte> head, string relative)
        {
            foreach (ExportDialect export in _exports)
            {
                if (export.Recognises(head, relative))
                {
                    return export;
                }
            }

            return null;
        }

        private string? ReasonNotRead(ReadOnlySpan<byte> head)
        {
            foreach (ExportDialect export in _exports)
            {
                if (export.ReasonNotRead(head) is { } reason)
                {
                    return reason;
                }
            }

            return null;
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

        public override UnreadFile Explain(string path, string name) => Explain(path, name, null);

        private UnreadFile Explain(string path, string name, SourceFile? file)
        {
            UnreadFile unread = HealthFileNames.Explain(path, name, _endings);
            if (file is null && !name.StartsWith('.') && !unread.IsExpected && MisnamedFile.Explain(path, _exports) is { } misnamed)
            {
                return misnamed;
            }

            return unread.IsExpected || !HealthFileNames.HasEnding(name, _endings) || ForeignName.HeadOfRecords(path, file, Recognises) is null ? unread
                : unread with { Reason = "its name begins with no category, but it holds records", IsExpected = true };
        }

        /// <summary>Whether a text is an array without elements. Programs write one for a time without records.</summary>
        private static bool IsEmptyList(ReadOnlySpan<byte> text) =>
            text.Trim("\uFEFF \t\r\n"u8) is [(byte)'[', .. var between, (byte)']'] && between.IndexOfAnyExcept(" \t\r\n"u8) < 0;

        /// <summary>Returns the category that the content of a file names, such as a wrapper object with the key of a category; null without one.</summary>
        private Category? CategoryOfContent(SourceFile file, string name) =>
            HealthFileNames.HasEnding(name, _endings) && ForeignName.HeadOfRecords(file.Path, file, Recognises) is { } head
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
            $"No health files in {string.Join(", ", paths.Select(p => p == StandardInput.Path ? StandardInput.DisplayName : RemotePath.Show(p)))}.{Name(unread)}",
            unread.Count > 0 && unread.All(u => u is { IsExpected: true, Guess: null }) ? "Download or export the files once more." : "Expected names such as heart_rate.json, nutrition-2024-01.json or sleep.ndjson.");
    }
}
