using FastIngest.Pipeline.Entries;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Entries;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Pipeline.Tasks;

/// <summary>The steps of a planned run after the plan. Every step may run twice, at once, or die anywhere, and be started again.</summary>
public sealed class TaskRun
{
    private readonly SharedRun _run;
    private readonly Func<Exception, TaskFault> _describe;

    private TaskRun(SharedRun run, Func<Exception, TaskFault> describe) => (_run, _describe) = (run, describe);

    /// <summary>Whether the input is a dictionary, for which the steps are those with entries in their name, and none reduces.</summary>
    public bool IsDictionary => _run.Plan.IsDictionary;

    /// <summary>The options and paths of the run, as a command line of <c>ingest</c> or <c>lexicon ingest</c>.</summary>
    public IReadOnlyList<string> Arguments => _run.Plan.Arguments;

    /// <summary>The id of the run: the SHA-256 of its plan in hexadecimal digits.</summary>
    public string Name => _run.Name;

    /// <summary>Opens the plan in a work folder.</summary>
    /// <param name="work">The work folder.</param>
    /// <param name="program">The version of this program.</param>
    /// <param name="describe">Says how the command line reports a fault, for the notes of failed attempts.</param>
    /// <param name="stop">Ends transfers.</param>
    /// <exception cref="IngestException">There is no plan, or it is that of another version.</exception>
    public static TaskRun Open(string work, string program, Func<Exception, TaskFault> describe, CancellationToken stop = default) =>
        new(SharedRun.Open(work, program, stop), describe);

    /// <summary>Runs a map task, unless it is done.</summary>
    /// <param name="options">What <see cref="Arguments"/> mean, with the workers and the memory of this task.</param>
    /// <param name="sinks">The sinks of the run, which are not opened: they say in which formats they store records.</param>
    /// <param name="task">The index of the task.</param>
    /// <param name="progress">Receives the progress of the task.</param>
    /// <param name="cancellationToken">Ends the task.</param>
    /// <exception cref="IngestException">The task cannot go on; <see cref="IngestException.MayPass"/> says whether a retry may help.</exception>
    public Attempt Map(IngestOptions options, IReadOnlyList<ISummarySink> sinks, int task, IIngestProgress progress, CancellationToken cancellationToken) =>
        LateIsDone(() => MapStep.Run(_run, _run.Complete(options), RecordFile.FormatsOf(sinks), task, new Reporting(_describe, progress), cancellationToken));

    /// <summary>Verifies the output of the map, unless that was done.</summary>
    /// <returns>The indexes of the map tasks that had to be read once more; null if the check was done before.</returns>
    /// <exception cref="IngestException">Map tasks are missing, or the output of one is damaged.</exception>
    public IReadOnlyList<int>? Check(IngestOptions options, IReadOnlyList<ISummarySink> sinks, CancellationToken cancellationToken) =>
        CheckStep.Run(_run, _run.Complete(options), RecordFile.FormatsOf(sinks), new Reporting(_describe, null), cancellationToken);

    /// <summary>Runs a task that reduces, unless it is done.</summary>
    /// <exception cref="IngestException">The task cannot go on.</exception>
    public Attempt Reduce(IngestOptions options, int task, IIngestProgress progress, CancellationToken cancellationToken) =>
        LateIsDone(() => ReduceStep.RunAsync(_run, _run.Complete(options), task, new Reporting(_describe, progress), cancellationToken).GetAwaiter().GetResult());

    /// <summary>Writes the rows of all tasks to the sinks and removes what the tasks left, unless that was done.</summary>
    /// <returns>The report of the run; null if it was finished before.</returns>
    /// <exception cref="IngestException">Tasks are missing, or the run cannot go on; no sink was completed.</exception>
    /// <exception cref="AggregateException">Every one of several sinks failed.</exception>
    public async Task<IngestReport?> FinishAsync(IngestOptions options, IReadOnlyList<ISummarySink> sinks, IIngestProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            return await FinishStep.RunAsync(_run, _run.Complete(options), sinks, new Reporting(_describe, progress), cancellationToken).ConfigureAwait(false);
        }
        catch (IngestException) when (_run.Folder.IsFinished)
        {
            // Another attempt was faster, and has removed what this one was reading.
            return null;
        }
    }

    /// <summary>Runs a map task of a dictionary, unless it is done.</summary>
    /// <exception cref="IngestException">The task cannot go on; <see cref="IngestException.MayPass"/> says whether a retry may help.</exception>
    public Attempt MapEntries(LexiconOptions options, int task, IIngestProgress progress, CancellationToken cancellationToken) =>
        LateIsDone(() => EntryMapStep.Run(_run, options, task, new Reporting(_describe, progress), cancellationToken));

    /// <summary>Verifies the output of the map tasks of a dictionary, unless that was done.</summary>
    /// <returns>Whether this call did it.</returns>
    /// <exception cref="IngestException">Map tasks are missing, or the output of one is damaged.</exception>
    public bool CheckEntries() => EntryCheckStep.Run(_run, new Reporting(_describe, null));

    /// <summary>Writes the entries of all tasks to the sinks and removes what the tasks left, unless that was done.</summary>
    /// <returns>The report of the run; null if it was finished before.</returns>
    /// <exception cref="IngestException">Tasks are missing, or the run cannot go on; no sink was completed.</exception>
    /// <exception cref="AggregateException">Every one of several sinks failed.</exception>
    public async Task<LexiconReport?> FinishEntriesAsync(
        LexiconOptions options, IReadOnlyList<IEntrySink> sinks, LexiconGauges gauges, IIngestProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            return await EntryFinishStep.RunAsync(_run, options, sinks, gauges, new Reporting(_describe, progress), cancellationToken).ConfigureAwait(false);
        }
        catch (IngestException) when (_run.Folder.IsFinished)
        {
            // Another attempt was faster, and has removed what this one was reading.
            return null;
        }
    }

    /// <summary>Returns how far the run is.</summary>
    public RunStatus Status() => RunStatus.Of(_run);

    /// <summary>The last step removes the folders, so that a task that is still running fails; it is not needed any more.</summary>
    private Attempt LateIsDone(Func<Attempt> attempt)
    {
        try
        {
            return attempt();
        }
        catch (IngestException) when (_run.Folder.IsFinished)
        {
            return Attempt.WasDone;
        }
    }
}
