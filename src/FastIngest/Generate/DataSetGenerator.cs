namespace FastIngest.Generate;

/// <summary>Stand-in until the generator is merged.</summary>
public static class DataSetGenerator
{
    public static GeneratorResult Generate(GeneratorOptions options, IProgress<long>? bytes, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}

public enum GeneratorStyle
{
    Pretty,
    Spaced,
    Compact,
    Ndjson,
}

public sealed record GeneratorOptions
{
    public required string Directory { get; init; }

    public long? TotalBytes { get; init; }

    public int? Users { get; init; }

    public int? Days { get; init; }

    public ulong Seed { get; init; }

    public GeneratorStyle Style { get; init; }

    public double QuirkRate { get; init; }
}

public sealed record GeneratorResult(IReadOnlyList<(string Path, long Bytes, long Records)> Files);
