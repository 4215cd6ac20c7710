namespace FastIngest.Sources;

/// <summary>Which files of an input are taken, for what, and in which order they are read.</summary>
/// <typeparam name="TKind">What files are taken for.</typeparam>
public abstract class InputRules<TKind>
{
    /// <summary>What to do when a path does not exist.</summary>
    public abstract string PathHint { get; }

    /// <summary>What a file is taken for; null if it is not read.</summary>
    /// <param name="path">The file as shown to the user.</param>
    /// <param name="name">Its name, without the ending of a compression.</param>
    /// <param name="isNamed">Whether the user named this very file, not only its folder or archive.</param>
    /// <exception cref="IngestException">The user named the file, and it cannot be read.</exception>
    public abstract TKind? KindOf(string path, string name, bool isNamed);

    /// <summary>The files of a folder, in the order in which they are opened.</summary>
    public virtual IEnumerable<string> InOrder(IEnumerable<string> files) => files.Order(StringComparer.Ordinal);

    /// <summary>Puts the files of a run into reading order.</summary>
    public virtual IReadOnlyList<InputFile<TKind>> Sort(IReadOnlyList<InputFile<TKind>> files) => files;

    /// <summary>The fault of a run without any file.</summary>
    public abstract IngestException NothingFound(IReadOnlyList<string> paths);
}
