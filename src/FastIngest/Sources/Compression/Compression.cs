namespace FastIngest.Sources.Compression;

/// <summary>A way in which a file may be compressed, recognised by its first bytes; the names' endings only help to name the content.</summary>
internal abstract class Compression
{
    /// <summary>Bytes at the beginning of a file by which its compression is recognised.</summary>
    public const int MagicBytes = 6;

    /// <summary>The compressions that are known. A new one is one file and one line here.</summary>
    public static IReadOnlyList<Compression> All { get; } = [new Gzip(), new Zstandard(), new Bzip2()];

    /// <summary>The name in messages.</summary>
    public abstract string Name { get; }

    /// <summary>The ending of its files' names, with the dot.</summary>
    public abstract string Ending { get; }

    /// <summary>A command that tests such a file.</summary>
    public abstract string TestCommand { get; }

    /// <summary>Whether a file that begins like this is compressed in this way.</summary>
    public abstract bool Recognises(ReadOnlySpan<byte> magic);

    /// <summary>Unpacks a stream, which must stay open. A damaged or cut one is an <see cref="InvalidDataException"/>.</summary>
    public abstract Stream Open(Stream packed);

    /// <summary>The compression that a file's name says; null if it says none.</summary>
    public static Compression? OfName(string name) => All.FirstOrDefault(c => name.EndsWith(c.Ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>A file's name without the ending of its compression.</summary>
    public static string NameOfContent(string name) => OfName(name) is { } compression ? name[..^compression.Ending.Length] : name;
}
