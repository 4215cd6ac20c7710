using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>Where dictionary entries go, in input order; see <see cref="ISink{TRun, TBatch, TFigures, TResult}"/>.</summary>
public interface IEntrySink : ISink<EntryRun, EntryBatch, EntryFigures, EntryResult>
{
    /// <summary>What became of the records so far. Any thread may ask.</summary>
    EntryResult SoFar { get; }

    /// <summary>Whether it looks at <see cref="EntryRow.Id"/> and <see cref="EntryRow.Texts"/>, which need not be made otherwise.</summary>
    bool TakesEntries => true;
}

/// <summary>What a sink may record about a run at its start.</summary>
/// <param name="RunId">UUID version 7 of the run.</param>
/// <param name="Started">UTC.</param>
/// <param name="Files">The input files, in reading order.</param>
/// <param name="Source">The dictionary that they are of.</param>
/// <param name="Policy">Which entries are written.</param>
/// <param name="Catalog">Sources to be registered besides, and what is known of <paramref name="Source"/>.</param>
public sealed record EntryRun(
    Guid RunId, DateTime Started, IReadOnlyList<RunFile> Files, string Source, EntryPolicy Policy, IReadOnlyList<DataSource> Catalog)
    : RunHead(RunId, Started, Files);

/// <summary>What a sink may record about a run at its end.</summary>
/// <param name="Read">Records read.</param>
/// <param name="Rejected">Those that are not JSON or no object.</param>
public sealed record EntryFigures(long Read, long Rejected);

/// <summary>What became of the records that a sink was given.</summary>
/// <param name="Loaded">Records that were not there before.</param>
/// <param name="Repeated">Records whose bytes stood there already, from this run or an earlier one.</param>
/// <param name="Written">Entries written: new, or changed.</param>
/// <param name="Unchanged">Entries that stood there already as they are.</param>
/// <param name="Duplicate">Valid entries like another one of their source.</param>
/// <param name="BelowQuality">Valid entries of too little quality.</param>
/// <param name="Invalid">Records without headword or language.</param>
public sealed record EntryResult(long Loaded, long Repeated, long Written, long Unchanged, long Duplicate, long BelowQuality, long Invalid)
{
    public static EntryResult Zero { get; } = new(0, 0, 0, 0, 0, 0, 0);

    public EntryResult Plus(EntryResult other) => new(
        Loaded + other.Loaded,
        Repeated + other.Repeated,
        Written + other.Written,
        Unchanged + other.Unchanged,
        Duplicate + other.Duplicate,
        BelowQuality + other.BelowQuality,
        Invalid + other.Invalid);

    /// <summary>What became of the records that are loaded.</summary>
    internal RunBalance Balance(string source) => new(
        source,
        Loaded,
        "records",
        (Written, "written"),
        (Unchanged, "unchanged"),
        (Duplicate, "duplicate"),
        (BelowQuality, "below quality"),
        (Invalid, "invalid"));

    /// <summary>Whether every record read is accounted for, and every record loaded.</summary>
    public bool Balances(EntryFigures figures) => Input(figures).Holds && Balance("entries").Holds;

    /// <summary>Holds a sink to the balance before it makes anything visible.</summary>
    /// <exception cref="IngestException">It does not add up.</exception>
    internal void Check(EntryFigures figures)
    {
        Input(figures).Check();
        Balance("entries").Check();
    }

    private RunBalance Input(EntryFigures figures) =>
        new("records", figures.Read, "read", (Loaded, "loaded"), (Repeated, "repeated"), (figures.Rejected, "rejected"));
}
