using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>Defines how one file is read: its dialect, its category and its chunks.</summary>
public abstract class FilePlan
{
    /// <summary>The dialect that reads the file.</summary>
    public required Dialect Dialect { get; init; }

    /// <summary>The file.</summary>
    public required SourceFile File { get; init; }

    /// <summary>The category of its records.</summary>
    public required Category Category { get; init; }

    /// <summary>The index of the file among the input files.</summary>
    public int FileIndex { get; set; }

    /// <summary>The index of the part of the file, when a file has several parts with records, such as the arrays of a wrapper object.</summary>
    public int Part { get; init; }

    /// <summary>The categories of which the file may have records: bit <c>1 &lt;&lt; category</c> is set.</summary>
    public virtual uint CategoryBits => 1u << (int)Category;

    /// <summary>The categories in which the records of the file may repeat each other and carry an id that decides, see <see cref="RepeatRule"/>.</summary>
    public virtual uint IdentifiedCategories => Dialect.IdentifiedCategories;

    /// <summary>The categories of which the file holds the records of several files that may repeat each other, see <see cref="RepeatRule"/>.</summary>
    public virtual uint CollectedCategories => 0;

    /// <summary>The user of records that name none, in UTF-8; null for that of <see cref="RecordRules.DefaultUser"/>.</summary>
    public ReadOnlyMemory<byte>? User { get; set; }

    /// <summary>Whether <see cref="User"/> is the user of all records of the file, also of those of an export that name a user of their own.</summary>
    public bool IsOfOneUser { get; set; }

    /// <summary>The categories in which repeats are looked for.</summary>
    public RepeatRule Repeats { get; set; }

    /// <summary>Whether events begin with the time of their record, see <see cref="RepeatRule"/>.</summary>
    public bool KeepsTimes => Repeats.Applies(Category);

    /// <summary>Whether a record got <see cref="User"/>, because it names none. Readers set it.</summary>
    public bool UsesDefaultUser { get; set; }

    /// <summary>The position at which the records begin.</summary>
    public required FramePosition Head { get; init; }

    /// <summary>The value of <see cref="ChunkBytes"/> for a file that cannot be split.</summary>
    public const long OneChunk = long.MaxValue;

    /// <summary>The length in bytes of each chunk except the last, or <see cref="OneChunk"/>.</summary>
    public required long ChunkBytes { get; init; }

    /// <summary>Returns the offset at which a chunk starts; its first record may start later. A later part starts at its head.</summary>
    public long StartOf(int chunkIndex) => (Part == 0 ? 0 : Head.Offset) + (chunkIndex == 0 ? 0 : chunkIndex * ChunkBytes);

    /// <summary>Returns the offset at which the next chunk starts or the file ends.</summary>
    public long EndOf(int chunkIndex) => ChunkBytes == OneChunk ? File.Length : Math.Min(StartOf(chunkIndex) + ChunkBytes, File.Length);

    /// <summary>Whether the file has a chunk with that index. For a compressed file this is known only after reading up to there.</summary>
    public bool HasChunk(int chunkIndex)
    {
        if (chunkIndex > 0 && ChunkBytes == OneChunk)
        {
            return false;
        }

        long start = StartOf(chunkIndex);
        File.Reach(start + 1);
        return start < File.Length;
    }

    /// <summary>Whether several tasks may read ranges of the chunks. The file then has one part, and its length is known.</summary>
    public virtual bool IsShareable => !File.IsPacked && ChunkBytes != OneChunk && Head.State is (FrameState.Top or FrameState.Array);

    /// <summary>Decides what follows when all records of the part are read.</summary>
    /// <param name="last">The position after the last record.</param>
    public virtual PartEnd Finish(FramePosition last) => PartEnd.Complete;
}

/// <summary>What follows after the records of a part of a file.</summary>
/// <param name="Next">The next part of the file; null without one.</param>
/// <param name="IsCutOff">Whether the file ends before the end of its array or wrapper object, as after an interrupted download.</param>
/// <param name="Unread">The values after the part, and before the next one, that are not read.</param>
public sealed record PartEnd(FilePlan? Next, bool IsCutOff, IReadOnlyList<UnreadFile> Unread)
{
    /// <summary>The file ends as it should.</summary>
    public static readonly PartEnd Complete = new(null, false, []);
}
