namespace FastIngest.Generate;

/// <summary>What data set to generate. The same options give the same bytes on every machine.</summary>
public sealed record GeneratorOptions
{
    /// <summary>Where the seven files go. Made if missing; data files of the same name in it are overwritten.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// The size of all files together, hit within 2 % from about 100 kB on (below that, and with <see cref="Days"/> given,
    /// as near as whole users and days allow). Chooses the number of users at 365 days each; where whole users are too
    /// coarse a measure, the number of days goes down. With <see cref="Users"/> given it chooses the days, with
    /// <see cref="Days"/> the users, and with both it has no say.
    /// </summary>
    public long? TotalBytes { get; init; }

    /// <summary>How many users; 100 when neither this nor a size is given.</summary>
    public int? Users { get; init; }

    /// <summary>How many days for each user, from 2023-01-01; 30 when neither this nor a size is given.</summary>
    public int? Days { get; init; }

    /// <summary>Another seed gives other people and other days.</summary>
    public ulong Seed { get; init; } = 1;

    public GeneratorStyle Style { get; init; } = GeneratorStyle.Pretty;

    /// <summary>About which fraction of the records is made odd, 0 to 1; about half of those are bad. With 0 every file is valid JSON.</summary>
    public double QuirkRate { get; init; }

    /// <summary>How many threads work; has no influence on the bytes.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}
