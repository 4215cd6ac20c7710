namespace FastIngest.Sources.Compression;

/// <summary>The maximum ratio of decompressed to compressed size. It protects against decompression bombs.</summary>
/// <param name="Times">The maximum ratio.</param>
public readonly record struct ExpansionLimit(int Times)
{
    /// <summary>The default. Deflate cannot exceed about this ratio; real exports grow 10 to 40 times.</summary>
    public static readonly ExpansionLimit Default = new(1000);

    /// <summary>Files below this decompressed size are not limited.</summary>
    private const long FreeBytes = 64L << 20;

    /// <exception cref="IngestException">The file exceeds the limit.</exception>
    internal void Check(string path, long unpackedBytes, long packedBytes)
    {
        if (unpackedBytes > FreeBytes && unpackedBytes / Times > packedBytes)
        {
            throw new IngestException(
                $"{path} grows to more than {Times} times its size: {packedBytes} compressed bytes gave {unpackedBytes} bytes.",
                "If you trust the file, allow more with --max-expansion.");
        }
    }
}
