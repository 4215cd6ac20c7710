using FastIngest.Health;

namespace FastIngest.Sinks.Records;

/// <summary>The accepted records of one chunk of a file in the format of a sink. Batches are reused.</summary>
internal abstract class RecordBatch
{
    public const int NoFile = -1;

    /// <summary>The format that created the batch.</summary>
    public abstract IRecordFormat Format { get; }

    /// <summary>The category of the records.</summary>
    public Category Category { get; set; }

    /// <summary>
    /// The index of the input file that the records come from, if other files have records of the category too: then equal records
    /// of different files count once, and the sink stores their multiset union. Otherwise <see cref="NoFile"/>.
    /// </summary>
    public int FileIndex { get; set; } = NoFile;

    /// <summary>The chunk that the records come from.</summary>
    public RecordPlace Place { get; set; }

    /// <summary>The categories of the run in which repeats are looked for.</summary>
    public RepeatRule Repeats { get; set; }

    /// <summary>The number of records.</summary>
    public long Rows { get; set; }

    /// <summary>Writes the records, without the properties of this class, for <see cref="Load"/>.</summary>
    public abstract void Save(BinaryWriter output);

    /// <summary>Reads records into this batch, which must be empty.</summary>
    /// <exception cref="EndOfStreamException">The input has fewer bytes than it says.</exception>
    public abstract void Load(BinaryReader input);

    /// <summary>Removes all records.</summary>
    public virtual void Clear() => Rows = 0;
}

/// <summary>A chunk of the input. The order of places is that in which the records of a day count.</summary>
/// <param name="File">The index of the input file.</param>
/// <param name="Part">The index of the part of the file.</param>
/// <param name="Chunk">The index of the chunk in the part.</param>
internal readonly record struct RecordPlace(int File, int Part, int Chunk) : IComparable<RecordPlace>
{
    public int CompareTo(RecordPlace other) => (File, Part, Chunk).CompareTo((other.File, other.Part, other.Chunk));
}
