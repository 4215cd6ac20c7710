using FastIngest.Sources.Text;

namespace FastIngest.Sources;

/// <summary>Opens the files that the walk found, and the members of archives; lists those that are not read.</summary>
/// <param name="rules">The rules that select files and assign their kinds.</param>
/// <param name="options">How files are opened.</param>
internal sealed class InputOpener<TKind>(InputRules<TKind> rules, InputOptions options) : IDisposable
    where TKind : class
{
    private static readonly string[] UnfinishedEndings = [".crdownload", ".part", ".partial", ".download", ".opdownload"];

    /// <summary>This many files stay open; further ones are opened when they are read.</summary>
    private const int MaxOpenFiles = 200;

    /// <summary>The number of leading bytes that are read at once, because the rules look at them.</summary>
    private const int HeadBytes = 64 * 1024;

    private readonly HeldContents _held = new(options.HeldBytes);

    /// <summary>The beginning of the file that is being opened.</summary>
    private readonly byte[] _head = GC.AllocateUninitializedArray<byte>(HeadBytes);

    private RemoteInput? _servers;

    /// <summary>The memory in bytes that the contents of small files take.</summary>
    public long HeldBytes => _held.Bytes;

    public List<InputFile<TKind>> Files { get; } = [];

    public List<UnreadFile> Unread { get; } = [];

    /// <summary>What the user should know of how files are read.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Opens files on servers.</summary>
    public RemoteInput Servers => _servers ??= new RemoteInput(options, Unread, Notes);

    /// <summary>Whether the name of a file alone says that it holds data of the run.</summary>
    public bool IsExpected(string fileName) =>
        ZipArchives.IsName(fileName) || rules.IsExpected(Compression.Compression.NameOfContent(fileName));

    public void AddStandardInput()
    {
        TKind kind = rules.KindOf(StandardInput.DisplayName, StandardInput.Path, isNamed: true)!;
        AddContent(StandardInput.Open(options), StandardInput.DisplayName, StandardInput.Path, kind, isNamed: true, container: null, version: null);
    }

    public void Add(FoundFile found)
    {
        if (options.Only is { } only && !only.Contains(found.Path))
        {
            return;
        }

        // A server may know the name of a file better than its URL.
        OpenedRemote? named = found is { IsNamed: true, Remote: { } entry } ? Servers.Open(entry) : null;
        string fileName = named?.Name ?? Path.GetFileName(found.Relative);
        string name = Compression.Compression.NameOfContent(fileName);
        if (ZipArchives.IsName(fileName))
        {
            AddArchive(found, named);
        }
        else if (UnfinishedEndings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) && !found.IsNamed)
        {
            Unread.Add(new UnreadFile(found.Path, "it is an unfinished download", IsExpected: true));
        }
        else if (rules.KindOf(found.Path, name, found.IsNamed) is { } kind)
        {
            OpenedRemote? remote = named ?? (found.Remote is null ? null : Servers.Open(found.Remote));
            SourceFile file = remote is not null ? remote.Open()
                : found.Kind == FileKind.Pipe ? StandardInput.OpenPipe(found.Path, options)
                : found.Kind == FileKind.Regular ? SourceFile.OpenRegular(found.Path, options.Io, found.Path)
                : SourceFile.Open(found.Path, options.Io);
            AddFile(file, name, named?.Name ?? found.Relative, kind, found.IsNamed, found.Kind == FileKind.Pipe ? null : found.Path, remote?.Version);
        }
        else
        {
            Unread.Add(rules.Explain(found.Path, name));
        }
    }

    /// <summary>Adds an open file, whose beginning is read once.</summary>
    private void AddFile(SourceFile file, string name, string relative, TKind kind, bool isNamed, string? container, string? version)
    {
        if (file.IsPlain)
        {
            try
            {
                file.HoldHead(_head);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }

        int before = Files.Count;
        AddContent(file, name, relative, kind, isNamed, container, version);
        if (file.IsPlain && Files.Count > before)
        {
            file.ReleaseHead(_held);
        }
    }

    /// <summary>Adds an open file, decompressed and in UTF-8, unless its content is empty or certainly no data.</summary>
    private void AddContent(SourceFile file, string name, string relative, TKind kind, bool isNamed, string? container, string? version)
    {
        SourceFile content = file;
        try
        {
            Span<byte> head = stackalloc byte[ForeignContent.HeadBytes];
            content = file.IsPacked ? file : Unpack(file);
            content.Reach(head.Length);
            head = head[..(int)Math.Min(content.Length, head.Length)];
            content.Read(head, 0);
            if (!rules.AllowsEmptyFiles && content.Length == head.Length && ForeignContent.IsBlank(head))
            {
                string state = head.IsEmpty ? "is empty" : "has nothing but white space";
                Unread.Add(new UnreadFile(file.Path, $"it {state}, as a failed download leaves it", IsExpected: true));
                content.Dispose();
                return;
            }

            string? foreign = ForeignContent.Describe(head);
            if (rules.Resolve(content, kind, name, relative, isNamed, out bool isRecognised, out UnreadFile? unread) is not { } resolved)
            {
                Unread.Add(foreign is null || isRecognised ? unread! : unread! with { Reason = $"it is {foreign}" });
                content.Dispose();
                return;
            }

            if (isRecognised || foreign is null || rules.Recognises(head))
            {
                if (Files.Count >= MaxOpenFiles)
                {
                    content.AllowClosing();
                }

                content.Rewind();

                Files.Add(new InputFile<TKind>(content, name, relative, resolved) { Container = container, Version = version });
                return;
            }

            string hint = foreign == "an HTML page" ? "a login or error page was probably saved instead of the file; download it once more" : "it is not data of this program";
            Unread.Add(!isNamed ? new UnreadFile(file.Path, $"it is {foreign}: {hint}", IsExpected: true) : throw new IngestException(
                $"{file.Path} is {foreign}: {hint}.", "Name a file with records in JSON or CSV."));
            content.Dispose();
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    public void Dispose() => _servers?.Dispose();

    /// <summary>Presents the content of a file decompressed and in UTF-8.</summary>
    private SourceFile Unpack(SourceFile file)
    {
        Span<byte> head = stackalloc byte[(int)Math.Min(file.Length, WideText.HeadBytes)];
        file.Read(head, 0);
        if (Compression.Compression.Of(head) is { } compression)
        {
            return UnpackedFile.Open(file, compression, options.Expansion);
        }

        if (WideText.Recognise(head) is not null)
        {
            return UnpackedFile.Decode(file, options.Expansion);
        }

        // A browser may have decompressed the file without a change of its name, so that text is read as it is.
        bool isText = head.TrimStart("\uFEFF \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
        if (head.IsEmpty || isText || Compression.Compression.OfName(file.Path) is not { } named)
        {
            return file;
        }

        throw named.RecognisesStart(head) ? new IngestException(
            $"{file.Path} cannot be decompressed: it is cut off at byte {file.Length}.", "Download or copy the file once more.") : new IngestException(
            $"{file.Path} cannot be decompressed: it is not a {named.Name} file.", "Download or copy the file once more, or correct the ending of its name.");
    }

    private void AddArchive(FoundFile found, OpenedRemote? opened)
    {
        OpenedRemote? remote = opened ?? (found.Remote is null ? null : Servers.Open(found.Remote));
        Func<SourceFile> open = remote?.Open ?? (() => SourceFile.Open(found.Path, IoMode.Pread));
        using (SourceFile file = open())
        {
            if (file.Length == 0 && !rules.AllowsEmptyFiles)
            {
                Unread.Add(new UnreadFile(found.Path, "it is empty, as a failed download leaves it", IsExpected: true));
                return;
            }

            if (ZipArchives.ForeignContentOf(file) is { } foreign)
            {
                Unread.Add(!found.IsNamed ? new UnreadFile(found.Path, $"it is {foreign}, not a zip archive", IsExpected: true)
                    : throw new IngestException($"{found.Path} is {foreign}, not a zip archive.", "Download or copy the file once more."));
                return;
            }
        }

        foreach (ArchiveMember member in ZipArchives.Members(found.Path, open, options.Expansion))
        {
            AddMember(found, member, remote?.Version);
        }
    }

    private void AddMember(FoundFile archive, ArchiveMember member, string? version)
    {
        string path = $"{archive.Path}/{member.Path}";
        string fileName = Path.GetFileName(member.Name);
        string name = Compression.Compression.NameOfContent(fileName);
        if (member.Name.StartsWith("__MACOSX/", StringComparison.Ordinal))
        {
            Unread.Add(new UnreadFile(path, "it is metadata of macOS"));
        }
        else if (ZipArchives.IsName(fileName))
        {
            Unread.Add(new UnreadFile(path, "it is an archive in an archive: extract the outer one first", IsExpected: true));
        }
        else if (rules.KindOf(path, name, isNamed: false) is not { } kind)
        {
            Unread.Add(rules.Explain(path, name));
        }
        else if (member.IsEncrypted)
        {
            Unread.Add(!archive.IsNamed ? new UnreadFile(path, "it is encrypted: extract the archive with its password first", IsExpected: true)
                : throw new IngestException($"{path} is encrypted.", "Extract the archive with its password first."));
        }
        else
        {
            AddContent(member.Open(), name, $"{archive.Relative}/{member.Name}", kind, isNamed: false, archive.Path, version);
        }
    }
}
