namespace FastIngest.Generate.Exports;

/// <summary>Options of generated exports. The same options give the same bytes on every machine.</summary>
public sealed record ExportOptions
{
    /// <summary>The folder of the data set. It is created if it does not exist.</summary>
    public required string Directory { get; init; }

    /// <summary>The program whose exports are made.</summary>
    public required ExportProgram Program { get; init; }

    /// <summary>
    /// The target size of the exports in bytes, without the expected days. It is met within 2 % from about 5 MB upwards. It determines
    /// the users with 365 days each, and fewer days if whole users are too coarse. If <see cref="Users"/> is set, the size determines the
    /// days; if <see cref="Days"/> is set, it determines the users; if both are set, it is ignored.
    /// </summary>
    public long? TotalBytes { get; init; }

    /// <summary>The number of users. The default without a size is 1.</summary>
    public int? Users { get; init; }

    /// <summary>The number of days per user, starting on 2023-01-01. The default without a size is 365.</summary>
    public int? Days { get; init; }

    /// <summary>The seed of all random choices.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether files of the user that have the names of the files to be written are overwritten.</summary>
    public bool Force { get; init; }

    /// <summary>The number of threads. It has no influence on the bytes.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}
