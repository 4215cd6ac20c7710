using System.Diagnostics;
using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using EntryLane = FastIngest.Pipeline.SinkLane<
    FastIngest.Sinks.Entries.EntryRun, FastIngest.Lexicon.EntryBatch, FastIngest.Sinks.Entries.EntryFigures, FastIngest.Sinks.Entries.EntryResult>;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Dictionary files in, raw entries and entries out, in one pass over the files; see <see cref="CleanStage"/> for how.
/// </summary>
public static class LexiconIngest
{
    /// <summary>
    /// Reads the files and hands records and entries, in input order, to every sink. The sinks are opened here and completed
    /// only when everything else went well; the caller disposes them. A sink that fails does so alone; the run fails when none is left.
    /// </summary>
    /// <exception cref="IngestException">The run cannot go on; no sink was completed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; no sink was completed.</exception>
    public static async Task<LexiconReport> RunAsync(
        LexiconOptions options,
        IReadOnlyList<IEntrySink> sinks,
        LexiconGauges gauges,
        IIngestProgress? progress,
        CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        BatchCleaner.RequireLibraries();
        using DictionaryInput input = DictionaryInput.Open(options.Path, options.Expansion);
        EntryRun run = new(Guid.CreateVersion7(), DateTime.UtcNow, input.Infos, options.Source, options.Policy, options.Catalog);
        EntryLane[] all = [.. sinks.Select(s => new EntryLane(s))];
        List<string> warnings = [];
        foreach (EntryLane lane in all)
        {
            await lane.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        }

        EntryCounts? done = null;
        IReadOnlyList<EntryLane> lanes = all;
        while (lanes.Count > 0)
        {
            gauges.Clear();
            progress?.Started(run.Files);
            done = await RunOnceAsync(options, input, lanes, sinks[0], gauges, progress, cancellationToken).ConfigureAwait(false) ?? done;
            lanes = await EntryLane.StartOverAsync(lanes, run, warnings, cancellationToken).ConfigureAwait(false);
        }

        if (done is null || all.All(l => l.Fault is not null))
        {
            all[0].Fault!.Throw();
        }

        if (done!.Read > 0 && done.Rejected.Values.Sum() == done.Read)
        {
            warnings.Add($"no record of {options.Path} is a JSON object" + (options.Format == DictionaryFormat.Jsonl ? "; an array is read with --format json" : ""));
        }

        return new LexiconReport
        {
            RunId = run.RunId,
            Files = run.Files,
            Read = done.Read,
            RejectedByReason = done.Rejected,
            InvalidByReason = done.Invalid,
            RemovedNuls = done.RemovedNuls,
            Sinks = [.. all.Select(l => new EntrySinkReport(l.Sink.DisplayName, l.Result, l.Fault?.SourceException))],
            Elapsed = Stopwatch.GetElapsedTime(started),
            Warnings = warnings,
        };
    }

    /// <summary>Reads everything, and fills and completes the sinks. When all of them fail there are no counts.</summary>
    private static async Task<EntryCounts?> RunOnceAsync(
        LexiconOptions options, DictionaryInput input, IReadOnlyList<EntryLane> lanes, IEntrySink first, LexiconGauges gauges, IIngestProgress? progress, CancellationToken cancellationToken)
    {
        using EntryRejects rejects = new(options.RejectsPath, options.Source);
        input.Rewind();
        using FileFeed feed = new(input.Files, options);
        EntryCounts counts = new();
        CleanStage stage = new(options.Workers, gauges);
        bool takesEntries = lanes.Any(l => l.Sink is IEntrySink { TakesEntries: true });
        try
        {
            await Task.Factory.StartNew(
                () => stage.Run(feed, options.MaxRecordBytes, () => new BatchCleaner(options.Source, takesEntries).Clean, Write, cancellationToken),
                cancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (Exception) when (lanes.All(l => l.Fault is not null))
        {
            return null;
        }

        rejects.Complete();
        EntryFigures figures = new(counts.Read, counts.Rejected.Values.Sum());
        foreach (EntryLane lane in lanes)
        {
            await lane.CompleteAsync(figures, cancellationToken).ConfigureAwait(false);
        }

        return counts;

        void Write(EntryBatch batch, CancellationToken token)
        {
            counts.Add(batch);
            foreach (ref readonly EntryRow row in batch.Rows)
            {
                if (row.Reason is not null)
                {
                    rejects.Write(batch, row);
                }
            }

            foreach (EntryLane lane in lanes)
            {
                lane.Write(batch, token);
            }

            if (lanes.All(l => l.Fault is not null))
            {
                lanes[0].Fault!.Throw();
            }

            gauges.Show(first.SoFar, counts.Rejected.Values.Sum());
            progress?.Read(batch.FileIndex, batch.FileBytes, batch.RowCount);
        }
    }
}
