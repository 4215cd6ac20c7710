namespace FastIngest.Sources;

/// <summary>Rules that select the files of an input, assign their kinds and order them.</summary>
/// <typeparam name="TKind">The kind of a file.</typeparam>
public abstract class InputRules<TKind>
    where TKind : class
{
    /// <summary>The remedy shown to the user when a path does not exist.</summary>
    public abstract string PathHint { get; }

    /// <summary>Whether a file without content is read as one without records; otherwise it is named as missing data.</summary>
    public virtual bool AllowsEmptyFiles => false;

    /// <summary>Returns the kind of a file; null if the file is not read.</summary>
    /// <param name="path">The path shown to the user; empty if the name alone decides.</param>
    /// <param name="name">The file name without a compression ending; <c>-</c> for standard input.</param>
    /// <param name="isNamed">Whether the user named this file itself, not only its folder or archive.</param>
    /// <exception cref="IngestException">The user named the file, and it cannot be read.</exception>
    public abstract TKind? KindOf(string path, string name, bool isNamed);

    /// <summary>Decides by its content whether a file is read, and as what.</summary>
    /// <param name="file">The content of the file, decompressed and in UTF-8.</param>
    /// <param name="kind">The result of <see cref="KindOf"/>.</param>
    /// <param name="name">The file name without a compression ending.</param>
    /// <param name="relative">The path below the given folder.</param>
    /// <param name="isNamed">Whether the user named this file itself.</param>
    /// <param name="isRecognised">Whether the content is certainly data of the run.</param>
    /// <param name="unread">Says why a file is not read.</param>
    /// <returns>The kind; null if the file is not read.</returns>
    public virtual TKind? Resolve(SourceFile file, TKind kind, string name, string relative, bool isNamed, out bool isRecognised, out UnreadFile? unread)
    {
        isRecognised = false;
        unread = null;
        return kind;
    }

    /// <summary>Whether the name of a file says that it holds data of the run.</summary>
    /// <param name="name">The file name without a compression ending.</param>
    public virtual bool IsExpected(string name) => KindOf(name, name, isNamed: false) is not null;

    /// <summary>Whether content with these first bytes is certainly data of the run.</summary>
    /// <param name="head">The first bytes, decompressed and in UTF-8.</param>
    public abstract bool Recognises(ReadOnlySpan<byte> head);

    /// <summary>Explains why a file without a kind is not read.</summary>
    /// <param name="path">The path shown to the user.</param>
    /// <param name="name">The file name without a compression ending.</param>
    public abstract UnreadFile Explain(string path, string name);

    /// <summary>Returns the files of a run in reading order. They arrive in the byte order of their paths below the given paths.</summary>
    public virtual IReadOnlyList<InputFile<TKind>> Sort(IReadOnlyList<InputFile<TKind>> files) => files;

    /// <summary>Creates the error for a run without any input file.</summary>
    /// <param name="paths">The given paths.</param>
    /// <param name="unread">The files under them.</param>
    public abstract IngestException NothingFound(IReadOnlyList<string> paths, IReadOnlyList<UnreadFile> unread);

    /// <summary>Names the first unread files, for the error of a run without any input file.</summary>
    protected static string Name(IReadOnlyList<UnreadFile> unread)
    {
        const int Most = 5;
        IEnumerable<UnreadFile> first = unread.OrderByDescending(u => u.IsExpected || u.Guess is not null).Take(Most);
        return string.Concat(first.Select(u => u.Guess is null ? $" {u}." : $" {u}")) + (unread.Count > Most ? $" {unread.Count - Most} more files are not read." : "");
    }
}
