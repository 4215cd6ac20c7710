namespace FastIngest.Generate;

/// <param name="Files">The files, in the order in which they are written.</param>
public sealed record GeneratorResult(IReadOnlyList<GeneratedFile> Files)
{
    /// <summary>Whether the folders directly in the data set have the names of its users.</summary>
    public bool HasUserFolders { get; init; }
}

/// <param name="Path">The path of the file.</param>
/// <param name="Bytes">The size of the file in bytes.</param>
/// <param name="Records">The number of records written, including those with quirks.</param>
public sealed record GeneratedFile(string Path, long Bytes, long Records);
