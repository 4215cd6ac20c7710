using FastIngest.Pipeline.Entries;
using FastIngest.Sinks;
using FastIngest.Sinks.Entries;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// The last step of a dictionary: passes the records and entries of all tasks, in input order, to the sinks of the run, which find repeated
/// records and duplicates and give ids as in one process; writes the rejects; removes what the tasks left.
/// </summary>
internal static class EntryFinishStep
{
    /// <returns>The report of the run; null if it was finished before.</returns>
    /// <exception cref="IngestException">Tasks are missing, or the run cannot go on; no sink was completed.</exception>
    public static async Task<LexiconReport?> RunAsync(
        SharedRun run, LexiconOptions options, IReadOnlyList<IEntrySink> sinks, LexiconGauges gauges, Reporting reporting, CancellationToken cancellationToken)
    {
        if (run.Folder.IsFinished)
        {
            run.Folder.Clean();
            return null;
        }

        LexiconReport report = await TaskProgress.DoAsync(
            run, "finish", 0, reporting, p => RunAsync(run, options, sinks, gauges, p, cancellationToken), _ => run.Folder.IsFinished).ConfigureAwait(false);
        if (run.Folder.IsFinished)
        {
            run.Folder.Clean();
        }

        return report;
    }

    private static async Task<LexiconReport> RunAsync(
        SharedRun run, LexiconOptions options, IReadOnlyList<IEntrySink> sinks, LexiconGauges gauges, IIngestProgress progress, CancellationToken cancellationToken)
    {
        CheckResult check = run.ReadCheck();
        EntryMapResult[] mapped = [.. check.Manifests.Select((m, t) => run.TryReadEntryMap(m, t) ?? throw new IngestException(
            $"{run.Folder.PathOf(m)} is missing.", "Remove check.json, then run the map task, check and the steps after it."))];
        EntryRun head = new(
            run.RunId,
            DateTime.UtcNow,
            [.. run.Plan.Files.Select(f => new RunFile(f.Path, f.Dialect, f.Bytes))],
            options.Source,
            options.Policy,
            options.Catalog);
        LexiconReport report = await LexiconIngest.RunAsync(
            options with { Workers = 1 },
            head,
            () => new EntryPieceFeed(run, mapped),
            _ => (_, _) => { },
            [.. run.Plan.Unread.Select(u => u.ToString())],
            sinks,
            gauges,
            progress,
            cancellationToken).ConfigureAwait(false);
        if (report.Sinks.All(s => s.Fault is null))
        {
            run.Folder.Commit(WorkFolder.FinishedName, new FinishResult(run.Name, report.Read), ResultForms.Finish);
        }

        return report;
    }
}
