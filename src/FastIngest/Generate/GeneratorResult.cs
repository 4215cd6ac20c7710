namespace FastIngest.Generate;

/// <param name="Files">The seven files, in category order.</param>
public sealed record GeneratorResult(IReadOnlyList<GeneratedFile> Files);

/// <param name="Path">Where it is.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Records">Records written to it, the odd and the bad ones included.</param>
public sealed record GeneratedFile(string Path, long Bytes, long Records);
