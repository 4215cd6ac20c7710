namespace FastIngest.Generate.Entries;

/// <summary>Options of a generated dictionary. The same options give the same bytes on every machine.</summary>
public sealed record EntryOptions
{
    /// <summary>The mean line length in bytes of kaikki.org's dump of all languages. The lines in this project's tests are longer.</summary>
    public const int DefaultMeanBytes = 3_000;

    /// <summary>The folder of the file. It is created if it does not exist.</summary>
    public required string Directory { get; init; }

    /// <summary>The number of lines.</summary>
    public long Entries { get; init; } = 200_000;

    /// <summary>
    /// The approximate mean length of a line in bytes. The longest lines have eight times this length; a quarter have less
    /// than a fifth of it.
    /// </summary>
    public int MeanBytes { get; init; } = DefaultMeanBytes;

    /// <summary>The seed of all random choices.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The fraction of lines that get a quirk, 0 to 1.</summary>
    public double QuirkRate { get; init; }

    /// <summary>Whether files of the user that have the names of the files to be written are overwritten.</summary>
    public bool Force { get; init; }

    /// <summary>The number of threads. It has no influence on the bytes.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}
