namespace FastIngest.Generate.Entries;

/// <summary>What dictionary to generate. The same options give the same bytes on every machine.</summary>
public sealed record EntryOptions
{
    /// <summary>The mean of a dump of all languages, as kaikki.org has it; the lines of its tests are longer.</summary>
    public const int DefaultMeanBytes = 3_000;

    /// <summary>Where the file goes. Made if missing; a file of the same name in it is overwritten.</summary>
    public required string Directory { get; init; }

    /// <summary>How many lines.</summary>
    public long Entries { get; init; } = 200_000;

    /// <summary>How long a line is on average, in bytes, nearly. The longest are eight times, a quarter under a fifth of it.</summary>
    public int MeanBytes { get; init; } = DefaultMeanBytes;

    /// <summary>Another seed gives other words.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Which fraction of the lines is made odd or bad, 0 to 1.</summary>
    public double QuirkRate { get; init; }

    /// <summary>How many threads work; has no influence on the bytes.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}
