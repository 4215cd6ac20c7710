namespace FastIngest.Sources;

/// <summary>Rules that select the files of an input, assign their kinds and order them.</summary>
/// <typeparam name="TKind">The kind of a file.</typeparam>
public abstract class InputRules<TKind>
{
    /// <summary>The remedy shown to the user when a path does not exist.</summary>
    public abstract string PathHint { get; }

    /// <summary>Returns the kind of a file; null if the file is not read.</summary>
    /// <param name="path">The path shown to the user.</param>
    /// <param name="name">The file name without a compression ending.</param>
    /// <param name="isNamed">Whether the user named this file itself, not only its folder or archive.</param>
    /// <exception cref="IngestException">The user named the file, and it cannot be read.</exception>
    public abstract TKind? KindOf(string path, string name, bool isNamed);

    /// <summary>The files of a folder, in the order in which they are opened.</summary>
    public virtual IEnumerable<string> InOrder(IEnumerable<string> files) => files.Order(StringComparer.Ordinal);

    /// <summary>Returns the files of a run in reading order.</summary>
    public virtual IReadOnlyList<InputFile<TKind>> Sort(IReadOnlyList<InputFile<TKind>> files) => files;

    /// <summary>Creates the error for a run without any input file.</summary>
    public abstract IngestException NothingFound(IReadOnlyList<string> paths);
}
