using FastIngest.Json;
using FastIngest.Pipeline.Map;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Tasks;

/// <summary>What a map task did, as its manifest says. The task is done when the manifest has its name.</summary>
internal sealed record MapResult
{
    public required string Run { get; init; }

    public required int Task { get; init; }

    /// <summary>The file with the events, in the folder of the manifest, and its size in bytes.</summary>
    public required string Spill { get; init; }

    public required long SpillBytes { get; init; }

    /// <summary>The file with the rejects, see <see cref="RejectJournal"/>; null without any.</summary>
    public required JournalInfo? Rejects { get; init; }

    /// <summary>The file with the records for sinks that store them, see <see cref="Tasks.RecordFile"/>, and its size in bytes; null without such a sink.</summary>
    public required string? RecordFile { get; init; }

    public required long RecordFileBytes { get; init; }

    /// <summary>Where the ranges that are parts of files start and end.</summary>
    public required RangeOutcome[] Ranges { get; init; }

    /// <summary>The number of records, by category; and of those outside the selection.</summary>
    public required long[] Records { get; init; }

    public required long[] Filtered { get; init; }

    public required long PassedOver { get; init; }

    public required long UtcStamps { get; init; }

    public required bool HasUnnamedUser { get; init; }

    /// <summary>What is unusual about the fields, by category.</summary>
    public required FindingCounts[] Findings { get; init; }

    public required OutcomeCounts[] Outcomes { get; init; }

    /// <summary>The values in files that are not read, in file order.</summary>
    public required UnreadFile[] Unread { get; init; }
}

/// <summary>What a map task of a dictionary did, as its manifest says.</summary>
/// <param name="Run">The id of the run.</param>
/// <param name="Task">The index of the task.</param>
/// <param name="Piece">The file with the entries, in the folder of the manifest, see <see cref="EntryPiece"/>.</param>
/// <param name="PieceBytes">Its size in bytes.</param>
/// <param name="Ranges">What each range of the task has, in their order.</param>
internal sealed record EntryMapResult(string Run, int Task, string Piece, long PieceBytes, EntryRangeResult[] Ranges);

/// <param name="File">The index of the file.</param>
/// <param name="Lines">The number of its lines in the range; 0 of a file that is an array.</param>
/// <param name="Records">The number of records.</param>
internal sealed record EntryRangeResult(int File, long Lines, long Records);

/// <param name="File">The name of the file.</param>
/// <param name="Bytes">Its size in bytes.</param>
/// <param name="Check">The XXH3 of its bytes, 64 bits.</param>
internal sealed record JournalInfo(string File, long Bytes, ulong Check);

/// <param name="Names">The names that are kept.</param>
/// <param name="Others">The sum of the counts of all other names.</param>
internal sealed record CountsOfNames(NameCount[] Names, long Others)
{
    public static CountsOfNames Of(NameCounts counts) => new([.. counts.Sorted()], counts.Others);

    public void AddTo(NameCounts counts)
    {
        counts.AddOthers(Others);
        foreach (NameCount name in Names)
        {
            counts.Add(name);
        }
    }
}

internal sealed record FindingCounts(CountsOfNames Unknown, CountsOfNames Unreadable, CountsOfNames Implausible, CountsOfNames PassedOver);

/// <param name="File">The index of the file.</param>
/// <param name="Records">The number of its records that the task read.</param>
/// <param name="Rejected">The number of rejects for each reason.</param>
internal sealed record OutcomeCounts(int File, long Records, long[] Rejected);

/// <summary>What the check found out: the valid output of every map task, and how the files end that several tasks read.</summary>
/// <param name="Run">The id of the run.</param>
/// <param name="Manifests">The manifest of each map task, below the work folder.</param>
/// <param name="Spills">The file with the events of each map task, below the work folder.</param>
/// <param name="Ends">The ends of the files that several tasks read, in file order.</param>
/// <param name="Redone">The map tasks that were read once more, because a guessed start was wrong.</param>
internal sealed record CheckResult(string Run, string[] Manifests, string[] Spills, FileEnd[] Ends, int[] Redone);

/// <param name="File">The index of the file.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="IsCutOff">Whether it ends before its array is closed.</param>
/// <param name="Unread">The values in it that are not read.</param>
internal sealed record FileEnd(int File, long Length, bool IsCutOff, UnreadFile[] Unread);

/// <summary>What a task that reduces did.</summary>
/// <param name="Run">The id of the run.</param>
/// <param name="Task">The index of the task.</param>
/// <param name="Part">The file with the rows, in the folder of the manifest.</param>
/// <param name="PartBytes">Its size in bytes.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Aggregated">The number of records in rows and profiles, by category.</param>
/// <param name="Repeated">The number of records that repeat a record of another file, by category.</param>
/// <param name="LeftOut">The number of samples that do not count, because another source counts.</param>
internal sealed record ReduceResult(string Run, int Task, string Part, long PartBytes, long Rows, long[] Aggregated, long[] Repeated, long LeftOut);

/// <summary>The mark of a finished run.</summary>
/// <param name="Run">The id of the run.</param>
/// <param name="Rows">The number of rows.</param>
internal sealed record FinishResult(string Run, long Rows);
