using System.Diagnostics;
using FastIngest.Lexicon;
using FastIngest.Pipeline.Runs;
using FastIngest.Sinks;
using FastIngest.Sinks.Entries;
using EntryLane = FastIngest.Pipeline.Runs.SinkLane<
    FastIngest.Sinks.Entries.EntryRun, FastIngest.Lexicon.EntryBatch, FastIngest.Sinks.Entries.EntryFigures, FastIngest.Sinks.Entries.EntryResult>;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Reads dictionary files and writes raw entries and entries, in one pass over the files; see <see cref="CleanStage"/>.
/// </summary>
public static class LexiconIngest
{
    /// <summary>
    /// Reads the files and passes records and entries, in input order, to every sink. This method opens the sinks and completes
    /// them only after everything else succeeded; the caller disposes them. A failing sink does not stop the other sinks; the
    /// run fails when every sink has failed.
    /// </summary>
    /// <exception cref="IngestException">The run cannot go on; no sink was completed.</exception>
    /// <exception cref="AggregateException">Every one of several sinks failed: the fault of each, in their order.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; no sink was completed.</exception>
    public static async Task<LexiconReport> RunAsync(
        LexiconOptions options,
        IReadOnlyList<IEntrySink> sinks,
        LexiconGauges gauges,
        IIngestProgress? progress,
        CancellationToken cancellationToken)
    {
        BatchCleaner.RequireLibraries();
        using DictionaryInput input = DictionaryInput.Open(options, cancellationToken);
        EntryRun run = new(Guid.CreateVersion7(), DateTime.UtcNow, input.Infos, options.Source, options.Policy, options.Catalog);
        return await RunAsync(options, run, OpenFeed, Cleaner, [.. input.Notes, .. input.Unread.Select(u => u.ToString())], sinks, gauges, progress, cancellationToken).ConfigureAwait(false);

        IRecordFeed OpenFeed()
        {
            input.Rewind();
            return new FileFeed([.. input.Files.Select((f, i) => new FileRange(f, i))], options);
        }

        Action<EntryBatch, CancellationToken> Cleaner(bool takesEntries) => new BatchCleaner(options.Source, takesEntries).Clean;
    }

    /// <summary>Passes records from any feed to the sinks.</summary>
    /// <param name="options">The settings of the run.</param>
    /// <param name="run">What the sinks may record about it.</param>
    /// <param name="openFeed">Opens the feed of a pass; every feed has the same records.</param>
    /// <param name="makeCleaner">Creates the function with which one worker cleans batches, given whether a sink takes entries.</param>
    /// <param name="warnings">Receives what the user should know.</param>
    /// <param name="sinks">The sinks.</param>
    /// <param name="gauges">Receives the progress of each stage.</param>
    /// <param name="progress">Receives the progress of each file; null for none.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    internal static async Task<LexiconReport> RunAsync(
        LexiconOptions options,
        EntryRun run,
        Func<IRecordFeed> openFeed,
        Func<bool, Action<EntryBatch, CancellationToken>> makeCleaner,
        List<string> warnings,
        IReadOnlyList<IEntrySink> sinks,
        LexiconGauges gauges,
        IIngestProgress? progress,
        CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        RunEngine<EntryRun, EntryBatch, EntryFigures, EntryResult> engine = new(sinks);
        Pass pass = await engine.RunAsync(
            run, lanes => new Pass(options, run.Files, openFeed, makeCleaner, lanes, sinks[0], gauges, progress), warnings, cancellationToken).ConfigureAwait(false);
        if (pass.RejectsWarning is { } rejects)
        {
            warnings.Add(rejects);
        }

        EntryCounts done = pass.Counts;
        FileOutcome[] useless = [.. done.Files.Values.Where(f => f.IsUseless)];
        warnings.AddRange(useless.Select(f => f.Describe(options.Format)));

        return new LexiconReport
        {
            RunId = run.RunId,
            Files = run.Files,
            Read = done.Read,
            RejectedByReason = done.Rejected,
            InvalidByReason = done.Invalid,
            RemovedNuls = done.RemovedNuls,
            Sinks = engine.Reports,
            Elapsed = Stopwatch.GetElapsedTime(started),
            Warnings = warnings,
            UselessFiles = useless.Length,
        };
    }

    /// <param name="options">The input and its settings.</param>
    /// <param name="files">The input files.</param>
    /// <param name="openFeed">Opens the feed.</param>
    /// <param name="makeCleaner">Creates a cleaner.</param>
    /// <param name="lanes">The sinks that take part in the pass.</param>
    /// <param name="first">The sink whose results are displayed.</param>
    /// <param name="gauges">Receives the progress of each stage.</param>
    /// <param name="progress">Receives the progress of each file; null for none.</param>
    private sealed class Pass(
        LexiconOptions options, IReadOnlyList<RunFile> files, Func<IRecordFeed> openFeed, Func<bool, Action<EntryBatch, CancellationToken>> makeCleaner,
        IReadOnlyList<EntryLane> lanes, IEntrySink first, LexiconGauges gauges, IIngestProgress? progress)
        : IRunPass<EntryFigures>
    {
        private readonly EntryRejects _rejects = new(options.RejectsPath, options.Source);

        public EntryCounts Counts { get; } = new();

        /// <summary>What the user should know about the rejects file; null for nothing.</summary>
        public string? RejectsWarning { get; private set; }

        /// <summary>Empty: each sink verifies its own balance, because only the sink knows which records are repeated.</summary>
        public IEnumerable<RunBalance> Balances => [];

        public void Read(CancellationToken cancellationToken)
        {
            gauges.Clear();
            progress?.Started(files);
            bool takesEntries = lanes.Any(l => l.Sink is IEntrySink { TakesEntries: true });
            using IRecordFeed feed = openFeed();
            new CleanStage(options.Workers, gauges).Run(feed, options.MaxRecordBytes, () => makeCleaner(takesEntries), Write, cancellationToken);
        }

        public EntryFigures Complete()
        {
            RejectsWarning = _rejects.Complete();
            return new EntryFigures(Counts.Read, Counts.Rejected.Values.Sum());
        }

        public void Dispose() => _rejects.Dispose();

        private void Write(EntryBatch batch, CancellationToken cancellationToken)
        {
            Counts.Add(batch);
            foreach (ref readonly EntryRow row in batch.Rows)
            {
                if (row.Reason is not null)
                {
                    _rejects.Write(batch, row);
                }
            }

            lanes.Write(batch, cancellationToken);
            gauges.Show(first.SoFar, Counts.Rejected.Values.Sum());
            progress?.Read(batch.FileIndex, batch.FileBytes, batch.RowCount);
        }
    }
}
