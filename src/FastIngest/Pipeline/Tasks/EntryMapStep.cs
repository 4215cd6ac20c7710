using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks;

namespace FastIngest.Pipeline.Tasks;

/// <summary>One map task of a dictionary: reads its lines, cleans them, and leaves records and entries in the work folder.</summary>
internal static class EntryMapStep
{
    /// <summary>Runs a task, unless it is done already.</summary>
    /// <returns>How the attempt ended.</returns>
    /// <exception cref="IngestException">The input has changed, or the work folder cannot be written. No file of the attempt is left.</exception>
    public static Attempt Run(SharedRun run, LexiconOptions options, int task, Reporting reporting, CancellationToken cancellationToken)
    {
        SharedRun.RequireTask("map", task, run.Plan.MapTasks.Length);
        string manifest = WorkFolder.MapManifest(task);
        if (run.Folder.IsFinished || run.TryReadEntryMap(manifest, task) is not null)
        {
            return Attempt.WasDone;
        }

        BatchCleaner.RequireLibraries();
        return TaskProgress.Do(run, "map", task, reporting, p => Run(run, options, task, manifest, p, cancellationToken), a => a == Attempt.Done);
    }

    private static Attempt Run(SharedRun run, LexiconOptions options, int task, string manifest, IIngestProgress progress, CancellationToken cancellationToken)
    {
        string name = $"{WorkFolder.MapFolder}/{task}.{Guid.NewGuid():N}.entries";
        try
        {
            if (run.Folder.Commit(manifest, Read(run, options, task, name, progress, cancellationToken), ResultForms.EntryMap))
            {
                return Attempt.Done;
            }
        }
        catch
        {
            run.Folder.Delete(name);
            throw;
        }

        run.Folder.Delete(name);
        return Attempt.Lost;
    }

    private static EntryMapResult Read(SharedRun run, LexiconOptions options, int task, string name, IIngestProgress progress, CancellationToken cancellationToken)
    {
        PlannedRange[] planned = run.Plan.MapTasks[task];
        using EntryTaskInput? input = planned.Length == 0 ? null : new EntryTaskInput(run, options, planned, cancellationToken);
        using EntryPieceWriter piece = new(run.Folder.Write(name, options.TempDirectory), run.Id, task);
        using FileFeed feed = new(input?.Ranges ?? [], options);
        long[] bytes = new long[run.Plan.Files.Length];
        Array.ForEach(planned, r => bytes[r.File] += run.Plan.BytesOf(r));
        progress.Started([.. run.Plan.Files.Select((f, i) => new RunFile(f.Path, f.Dialect, bytes[i]))]);
        new CleanStage(options.Workers, new LexiconGauges()).Run(
            feed,
            options.MaxRecordBytes,
            () => new BatchCleaner(options.Source).Clean,
            (batch, _) =>
            {
                piece.Write(batch);
                progress.Read(batch.FileIndex, batch.FileBytes, batch.RowCount);
            },
            cancellationToken);
        piece.Complete();
        return new EntryMapResult(
            run.Name, task, Path.GetFileName(name), piece.Length, [.. planned.Select((r, i) => new EntryRangeResult(r.File, feed.Lines[i], feed.Records[i]))]);
    }
}
