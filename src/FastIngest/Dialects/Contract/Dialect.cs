using System.Runtime.CompilerServices;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>
/// One input format. A dialect recognises its files, decides whether and how a file is split, and reads the records. From
/// <see cref="EventWriter"/> on, all dialects share the same code. A dialect is stateless; its readers hold the state.
/// </summary>
public abstract class Dialect
{
    /// <summary>The number of bytes at the beginning of a file that are used to recognise it.</summary>
    public const int HeadBytes = 64 * 1024;

    /// <summary>The name in reports and options, lower case.</summary>
    public abstract string Name { get; }

    /// <summary>The file name endings, with the dot. They are used only when the content does not identify the dialect.</summary>
    public abstract IReadOnlyList<string> Endings { get; }

    /// <summary>Whether a file with these first bytes belongs to this dialect.</summary>
    /// <param name="head">The first bytes, decompressed, up to <see cref="HeadBytes"/>.</param>
    public abstract bool Recognises(ReadOnlySpan<byte> head);

    /// <summary>Returns the category that the content of a file itself names, whatever the name of the file is; null without one.</summary>
    /// <param name="head">The first bytes, decompressed, up to <see cref="HeadBytes"/>.</param>
    public virtual Category? CategoryOf(ReadOnlySpan<byte> head) => null;

    /// <summary>Returns why a file of this dialect cannot hold records of a category, as after "not read:"; null if it can.</summary>
    /// <param name="head">The first bytes, decompressed, up to <see cref="HeadBytes"/>.</param>
    /// <param name="category">The category that the name of the file specifies.</param>
    public virtual string? Foreign(ReadOnlySpan<byte> head, Category category) => null;

    /// <summary>Reads the beginning of a file and decides how it is split.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="category">The category of its records.</param>
    /// <param name="chunkBytes">The requested chunk size in bytes.</param>
    /// <param name="maxRecordBytes">The maximum size of a record in bytes.</param>
    /// <exception cref="IngestException">The beginning is invalid, such as a header line without a user.</exception>
    public abstract FilePlan Plan(SourceFile file, Category category, int chunkBytes, int maxRecordBytes);

    /// <summary>How many bytes of JSON the records in one byte of a file would have, roughly. Partitions and chunks are chosen by it.</summary>
    public virtual int Density => 1;

    /// <summary>The categories in which the records of one file may repeat each other and carry an id that decides, see <see cref="RepeatRule"/>.</summary>
    public virtual uint IdentifiedCategories => 0;

    /// <summary>Creates a reader for one worker and category.</summary>
    public abstract ChunkReader CreateReader(Category category, int maxRecordBytes);

    /// <summary>Reads a part of a file in the simplest way, by the same rules, for the reference implementation.</summary>
    /// <param name="plan">The part to read.</param>
    /// <param name="file">All bytes of the file.</param>
    /// <param name="maxRecordBytes">The maximum size of a record in bytes.</param>
    /// <param name="last">Receives the position after the last record, for dialects with several parts in a file.</param>
    public abstract IEnumerable<ReferenceRecord> ReadAll(FilePlan plan, byte[] file, int maxRecordBytes, StrongBox<FramePosition> last);
}
