namespace FastIngest.Sources.Compression;

/// <summary>
/// A compression format. It is recognised by the first bytes of a file; the ending of the file name only determines the
/// name of the content.
/// </summary>
internal abstract class Compression
{
    /// <summary>The number of leading bytes needed to recognise a compression.</summary>
    public const int MagicBytes = 6;

    /// <summary>All supported compressions. To add one, add its class and one line here.</summary>
    public static IReadOnlyList<Compression> All { get; } = [new Gzip(), new Zstandard(), new Bzip2()];

    /// <summary>The name used in messages.</summary>
    public abstract string Name { get; }

    /// <summary>The ending of file names, with the dot.</summary>
    public abstract string Ending { get; }

    /// <summary>A shell command that tests a file of this format.</summary>
    public abstract string TestCommand { get; }

    /// <summary>Whether a file with these leading bytes has this format.</summary>
    public abstract bool Recognises(ReadOnlySpan<byte> magic);

    /// <summary>Whether a file that consists of these few bytes is the start of a file of this format.</summary>
    public abstract bool RecognisesStart(ReadOnlySpan<byte> magic);

    /// <summary>Decompresses a stream and leaves it open. If it can seek, errors name the byte. Reading a damaged or truncated stream throws <see cref="InvalidDataException"/>.</summary>
    public abstract Stream Open(Stream packed);

    /// <summary>Returns the block that begins at an offset of a file; null if its headers do not give its lengths, or if it is longer than <see cref="PackedBlock.MaxBytes"/>.</summary>
    public virtual PackedBlock? BlockAt(IPackedBytes packed, long offset) => null;

    /// <summary>Decompresses blocks. Returns their length in bytes; -1 if a byte of them is not what <see cref="Open"/> would accept, or if their headers give wrong lengths.</summary>
    /// <param name="packed">The bytes of blocks that follow each other.</param>
    /// <param name="unpacked">As many bytes as the blocks state.</param>
    public virtual int Unpack(ArraySegment<byte> packed, Span<byte> unpacked) => -1;

    /// <summary>The compression of content with these leading bytes; null if it is not compressed.</summary>
    public static Compression? Of(ReadOnlySpan<byte> magic)
    {
        foreach (Compression compression in All)
        {
            if (compression.Recognises(magic))
            {
                return compression;
            }
        }

        return null;
    }

    /// <summary>The compression that matches the ending of a file name; null if none does.</summary>
    public static Compression? OfName(string name) => All.FirstOrDefault(c => name.EndsWith(c.Ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>Removes a compression ending from a file name.</summary>
    public static string NameOfContent(string name) => OfName(name) is { } compression ? name[..^compression.Ending.Length] : name;
}
