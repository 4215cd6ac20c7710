using System.Runtime.CompilerServices;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>
/// The exports of another program. Their files are recognised by content; the path only helps. The category of the files is
/// <see cref="Category.Samples"/>, and their reader is an <see cref="ExportReader"/>.
/// </summary>
public abstract class ExportDialect : Dialect
{
    /// <summary>The program whose exports they are, as in a sentence.</summary>
    public abstract string Program { get; }

    /// <summary>Which of its files are read, for the command <c>formats</c>.</summary>
    public abstract string FileNames { get; }

    /// <summary>What is read, for the command <c>formats</c>.</summary>
    public abstract string Contents { get; }

    /// <summary>Whether a file belongs to this dialect.</summary>
    /// <param name="head">The first bytes, decompressed and in UTF-8, up to <see cref="Dialect.HeadBytes"/>.</param>
    /// <param name="path">The path below the folder that the user named, with <c>/</c>; also of a member of an archive.</param>
    public abstract bool Recognises(ReadOnlySpan<byte> head, string path);

    /// <summary>Returns why a file that belongs to an export of the program is not read, as after "not read:"; null for any other file.</summary>
    /// <param name="head">The first bytes, decompressed and in UTF-8, up to <see cref="Dialect.HeadBytes"/>.</param>
    public virtual string? ReasonNotRead(ReadOnlySpan<byte> head) => null;

    /// <summary>Returns false: files that are named after a category are read by <see cref="Recognises(ReadOnlySpan{byte}, string)"/> too.</summary>
    public sealed override bool Recognises(ReadOnlySpan<byte> head) => false;

    /// <summary>Reads the beginning of a file and decides how it is split.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="path">The path as in <see cref="Recognises(ReadOnlySpan{byte}, string)"/>.</param>
    /// <param name="chunkBytes">The requested chunk size in bytes.</param>
    /// <param name="maxRecordBytes">The maximum size of a record in bytes.</param>
    /// <exception cref="IngestException">The beginning is invalid.</exception>
    public abstract FilePlan Plan(SourceFile file, string path, int chunkBytes, int maxRecordBytes);

    public sealed override FilePlan Plan(SourceFile file, Category category, int chunkBytes, int maxRecordBytes) => Plan(file, file.Path, chunkBytes, maxRecordBytes);

    public sealed override ChunkReader CreateReader(Category category, int maxRecordBytes) => CreateReader(maxRecordBytes);

    /// <summary>Creates a reader for one worker.</summary>
    private protected abstract ExportReader CreateReader(int maxRecordBytes);

    /// <exception cref="IngestException">Always: the reference implementation reads only the layouts of this program.</exception>
    public sealed override IEnumerable<ReferenceRecord> ReadAll(FilePlan plan, byte[] file, int maxRecordBytes, StrongBox<FramePosition> last) =>
        throw new IngestException($"The reference implementation (--mode original) does not read {Program} exports.", "Use --mode optimized.");
}
