using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>A sink of dictionary entries, in input order; see <see cref="ISink{TRun, TBatch, TFigures, TResult}"/>.</summary>
public interface IEntrySink : ISink<EntryRun, EntryBatch, EntryFigures, EntryResult>
{
    /// <summary>The outcomes of the records so far. Any thread may read the property.</summary>
    EntryResult SoFar { get; }

    /// <summary>Whether the sink uses <see cref="EntryRow.Id"/> and <see cref="EntryRow.Texts"/>; if not, they need not be computed.</summary>
    bool TakesEntries => true;
}

/// <summary>The data that a sink may record about a run at its start.</summary>
/// <param name="RunId">UUID version 7 of the run.</param>
/// <param name="Started">The start time in UTC.</param>
/// <param name="Files">The input files, in reading order.</param>
/// <param name="Source">The dictionary that the files belong to.</param>
/// <param name="Policy">Which entries are written.</param>
/// <param name="Catalog">Further sources to register, and the metadata of <paramref name="Source"/>.</param>
public sealed record EntryRun(
    Guid RunId, DateTime Started, IReadOnlyList<RunFile> Files, string Source, EntryPolicy Policy, IReadOnlyList<DataSource> Catalog)
    : RunHead(RunId, Started, Files);

/// <summary>The data that a sink may record about a run at its end.</summary>
/// <param name="Read">Records read.</param>
/// <param name="Rejected">Records that are not JSON objects.</param>
public sealed record EntryFigures(long Read, long Rejected);

/// <summary>The outcomes of the records that a sink received.</summary>
/// <param name="Loaded">Records that were not stored before.</param>
/// <param name="Repeated">Records whose bytes were already stored, by this run or an earlier one.</param>
/// <param name="Written">New and changed entries that were written.</param>
/// <param name="Unchanged">Entries that were already stored in the same form.</param>
/// <param name="Duplicate">Valid entries that duplicate another entry of their source.</param>
/// <param name="BelowQuality">Valid entries whose quality is below the minimum.</param>
/// <param name="Invalid">Records without a headword or a language.</param>
/// <param name="Redirects">New and changed entries that point to another entry and were written; not part of <paramref name="Written"/>.</param>
public sealed record EntryResult(long Loaded, long Repeated, long Written, long Unchanged, long Duplicate, long BelowQuality, long Invalid, long Redirects = 0)
{
    public static EntryResult Zero { get; } = new(0, 0, 0, 0, 0, 0, 0);

    public EntryResult Plus(EntryResult other) => new(
        Loaded + other.Loaded,
        Repeated + other.Repeated,
        Written + other.Written,
        Unchanged + other.Unchanged,
        Duplicate + other.Duplicate,
        BelowQuality + other.BelowQuality,
        Invalid + other.Invalid,
        Redirects + other.Redirects);

    /// <summary>The balance of the loaded records and their outcomes.</summary>
    internal RunBalance Balance(string source) => new(
        source,
        Loaded,
        "records",
        (Written, "written"),
        (Redirects, "redirects"),
        (Unchanged, "unchanged"),
        (Duplicate, "duplicate"),
        (BelowQuality, "below quality"),
        (Invalid, "invalid"));

    /// <summary>Whether every record read and every record loaded is accounted for.</summary>
    public bool Balances(EntryFigures figures) => Input(figures).Holds && Balance("entries").Holds;

    /// <summary>Verifies the balance before a sink makes anything visible.</summary>
    /// <exception cref="IngestException">The balance does not add up.</exception>
    internal void Check(EntryFigures figures)
    {
        Input(figures).Check();
        Balance("entries").Check();
    }

    private RunBalance Input(EntryFigures figures) =>
        new("records", figures.Read, "read", (Loaded, "loaded"), (Repeated, "repeated"), (figures.Rejected, "rejected"));
}
