using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>
/// One form of input: how a file of it is recognised, whether and how it is split, and how its records are read. Everything behind
/// <see cref="EventWriter"/> is the same for all dialects. A dialect is stateless; readers hold the state.
/// </summary>
public abstract class Dialect
{
    /// <summary>Bytes of a file's beginning by which it is recognised.</summary>
    public const int HeadBytes = 64 * 1024;

    /// <summary>The name in reports and options, lower case.</summary>
    public abstract string Name { get; }

    /// <summary>The endings of its files' names, with the dot: they only help where the content says nothing.</summary>
    public abstract IReadOnlyList<string> Endings { get; }

    /// <summary>Whether a file with these first bytes is one of this dialect.</summary>
    /// <param name="head">The first bytes, unpacked, up to <see cref="HeadBytes"/>.</param>
    public abstract bool Recognises(ReadOnlySpan<byte> head);

    /// <summary>Looks at the beginning of a file and decides how it is split.</summary>
    /// <param name="file">The file, open.</param>
    /// <param name="category">What its records are.</param>
    /// <param name="chunkBytes">Bytes of a chunk that the run wants.</param>
    /// <param name="maxRecordBytes">The largest record.</param>
    /// <exception cref="IngestException">The beginning makes no sense, such as a header line without a user.</exception>
    public abstract FilePlan Plan(SourceFile file, Category category, int chunkBytes, int maxRecordBytes);

    /// <summary>Makes a reader for one worker and category.</summary>
    public abstract ChunkReader CreateReader(Category category, int maxRecordBytes);

    /// <summary>Reads a whole file plainly, by the same rules, for the reference implementation.</summary>
    /// <param name="file">All its bytes.</param>
    /// <param name="maxRecordBytes">The largest record.</param>
    public abstract IEnumerable<ReferenceRecord> ReadAll(byte[] file, int maxRecordBytes);
}
