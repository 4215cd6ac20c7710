namespace FastIngest.Generate;

/// <summary>Options of a generated data set. The same options give the same bytes on every machine.</summary>
public sealed record GeneratorOptions
{
    /// <summary>The folder of the seven files. It is created if it does not exist.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// The target size of all files together in bytes. It is met within 2 % from about 100 kB upwards; smaller sizes, and sizes
    /// with <see cref="Days"/> set, are met as closely as whole users and days allow. The size determines the number of users
    /// with 365 days each, and fewer days if whole users are too coarse. If <see cref="Users"/> is set, the size determines
    /// the days; if <see cref="Days"/> is set, it determines the users; if both are set, it is ignored.
    /// </summary>
    public long? TotalBytes { get; init; }

    /// <summary>The number of users. The default without a size is 100.</summary>
    public int? Users { get; init; }

    /// <summary>The number of days per user, starting on 2023-01-01. The default without a size is 30.</summary>
    public int? Days { get; init; }

    /// <summary>The seed of all random choices.</summary>
    public ulong Seed { get; init; } = 1;

    public GeneratorStyle Style { get; init; } = GeneratorStyle.Pretty;

    /// <summary>
    /// The approximate fraction of records with a quirk, 0 to 1. About half of the quirks make a record invalid. With 0
    /// every file is valid JSON.
    /// </summary>
    public double QuirkRate { get; init; }

    /// <summary>Whether files of the user that have the names of the files to be written are overwritten.</summary>
    public bool Force { get; init; }

    /// <summary>The number of threads. It has no influence on the bytes.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}
