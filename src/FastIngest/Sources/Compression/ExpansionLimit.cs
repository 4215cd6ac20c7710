namespace FastIngest.Sources.Compression;

/// <summary>How many times its size a compressed file may grow: what grows more is made to do harm.</summary>
/// <param name="Times">The limit.</param>
public readonly record struct ExpansionLimit(int Times)
{
    /// <summary>Deflate's own limit is about this; real exports grow 10 to 40 times.</summary>
    public static readonly ExpansionLimit Default = new(1000);

    /// <summary>Nobody minds if a small file grows.</summary>
    private const long FreeBytes = 64L << 20;

    /// <exception cref="IngestException">The file grew too much.</exception>
    internal void Check(string path, long unpackedBytes, long packedBytes)
    {
        if (unpackedBytes > FreeBytes && unpackedBytes / Times > packedBytes)
        {
            throw new IngestException(
                $"{path} grows to more than {Times} times its size: it was unpacked from {packedBytes} bytes to {unpackedBytes}.",
                "If the file is what it should be, allow more with --max-expansion.");
        }
    }
}
