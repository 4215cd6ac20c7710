using FastIngest.Sources;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// The plan of a run that many tasks share, as <c>plan.json</c> holds it. The same input and options give the same bytes; their
/// SHA-256 is the id of the run, which every file of the run carries.
/// </summary>
internal sealed record RunPlan
{
    /// <summary>Raised with any change of the files in a work folder that another version could not read.</summary>
    public const int CurrentFormat = 3;

    public required int Format { get; init; }

    /// <summary>The version of the program, which all tasks must have.</summary>
    public required string Program { get; init; }

    /// <summary>Whether the input is a dictionary. Such a run has no reduce tasks, and chunks are bytes, in which lines begin.</summary>
    public bool IsDictionary { get; init; }

    /// <summary>The options and paths of the run, as a command line of <c>ingest</c> or <c>lexicon ingest</c>.</summary>
    public required string[] Arguments { get; init; }

    /// <summary>The current day of the run in UTC, for the check of days in the future.</summary>
    public required DateOnly Today { get; init; }

    /// <summary>A fixed name under the key of the pseudonyms, so that a task with another key is found; null without pseudonyms.</summary>
    public required string? KeyCheck { get; init; }

    public required int ChunkBytes { get; init; }

    /// <summary>The number of tasks that reduce; each has a range of the partitions.</summary>
    public required int ReduceTasks { get; init; }

    /// <summary>The files in reading order.</summary>
    public required PlannedFile[] Files { get; init; }

    /// <summary>The files under the given paths that are not read.</summary>
    public required UnreadFile[] Unread { get; init; }

    /// <summary>The categories in which repeats are looked for.</summary>
    public required PlannedRepeats Repeats { get; init; }

    /// <summary>The first key of each partition after the first.</summary>
    public required PlannedKey[] Boundaries { get; init; }

    /// <summary>The ranges of each map task, in the order of files and chunks.</summary>
    public required PlannedRange[][] MapTasks { get; init; }

    /// <summary>The size in bytes of a range of the input, compressed where it is.</summary>
    public long BytesOf(PlannedRange range)
    {
        long size = Files[range.File].Bytes;
        long end = range.End is { } chunk ? Math.Min(size, chunk * (long)ChunkBytes) : size;
        return end - Math.Min(end, range.First * (long)ChunkBytes);
    }

    /// <summary>The partitions of a task that reduces.</summary>
    public Range PartitionsOf(int task)
    {
        long partitions = Boundaries.Length + 1;
        return (int)(task * partitions / ReduceTasks)..(int)((task + 1) * partitions / ReduceTasks);
    }
}

/// <param name="Path">The path as the user sees it; for a member of an archive with the name of the member.</param>
/// <param name="Container">The path of the file itself, or of the archive.</param>
/// <param name="Size">The size of the container in bytes.</param>
/// <param name="Modified">The modification time of the container: ticks of 100 ns since 0001-01-01 in UTC.</param>
/// <param name="Category">The name of the category of its records.</param>
/// <param name="Dialect">The name of its dialect.</param>
/// <param name="Bytes">The size of the file, or the compressed size of the member, in bytes.</param>
internal sealed record PlannedFile(string Path, string Container, long Size, long Modified, string Category, string Dialect, long Bytes)
{
    /// <summary>What tells this version of the container from another one, such as its ETag, if it is on a server. Size and time are then 0.</summary>
    public string? Version { get; init; }
}

/// <param name="Categories">As in <see cref="Health.RepeatRule"/>.</param>
/// <param name="Identified">As in <see cref="Health.RepeatRule"/>.</param>
/// <param name="Collected">As in <see cref="Health.RepeatRule"/>.</param>
internal sealed record PlannedRepeats(uint Categories, uint Identified, uint Collected);

/// <param name="User">The user id in UTF-8.</param>
/// <param name="Day">Days since 0001-01-01.</param>
internal sealed record PlannedKey(byte[] User, int Day);

/// <param name="File">The index of the file.</param>
/// <param name="First">The index of the first chunk.</param>
/// <param name="End">The index after the last chunk; null for the end of the file.</param>
internal sealed record PlannedRange(int File, int First, int? End);
