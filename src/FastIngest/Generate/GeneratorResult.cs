namespace FastIngest.Generate;

/// <param name="Files">The seven files, in category order.</param>
public sealed record GeneratorResult(IReadOnlyList<GeneratedFile> Files);

/// <param name="Path">The path of the file.</param>
/// <param name="Bytes">The size of the file in bytes.</param>
/// <param name="Records">The number of records written, including those with quirks.</param>
public sealed record GeneratedFile(string Path, long Bytes, long Records);
