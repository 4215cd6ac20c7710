using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Says in which categories equal records of several files count once. The events of these categories begin with the time of
/// their record as written, because two records are equal only if their times are. Categories with one file cost nothing.
/// </summary>
/// <param name="Categories">Bit <c>1 &lt;&lt; category</c> is set for a category with records in several files.</param>
/// <param name="Identified">Bit <c>1 &lt;&lt; category</c> is set for a category whose records may have an id, which is then looked for within one file too.</param>
/// <param name="Collected">Bit <c>1 &lt;&lt; category</c> is set for a category of which one file may have the records of several files, see <see cref="RecordView.File"/>.</param>
public readonly record struct RepeatRule(uint Categories, uint Identified = 0, uint Collected = 0)
{
    /// <summary>The number of parts that a file may have.</summary>
    public const int MaxParts = 1000;

    /// <summary>Whether repeats are looked for within one file, too.</summary>
    public bool IsIdentified(Category category) => (Identified >> (int)category & 1) != 0;

    /// <summary>Whether one file may have the records of several files.</summary>
    public bool IsCollected(Category category) => (Collected >> (int)category & 1) != 0;

    /// <summary>
    /// The file index of stored records that are taken into a run. They come before the records of all files, and have no time, so
    /// that none of them repeats a record of a file.
    /// </summary>
    public const int StoredFile = -1;

    /// <summary>Whether the events of a category begin with a time, and repeats are looked for.</summary>
    public bool Applies(Category category) => (Categories >> (int)category & 1) != 0;

    /// <summary>The origin of the events of a chunk.</summary>
    /// <param name="category">The category of the events.</param>
    /// <param name="file">The index of the input file, or <see cref="StoredFile"/>.</param>
    /// <param name="part">The index of the part of the file, below <see cref="MaxParts"/>.</param>
    /// <param name="chunk">The index of the chunk in the part.</param>
    public static SegmentId Origin(Category category, int file, int part, int chunk) => new((int)category, (file * MaxParts) + part, chunk);

    /// <summary>The index of the input file that a segment comes from.</summary>
    public static int FileOf(SegmentId origin) => origin.FileIndex / MaxParts;
}
