using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Pipeline.Tasks;

/// <summary>The steps of a planned run after the plan. Every step may run twice, at once, or die anywhere, and be started again.</summary>
public sealed class TaskRun
{
    private readonly SharedRun _run;

    private TaskRun(SharedRun run) => _run = run;

    /// <summary>The options and paths of the run, as a command line of <c>ingest</c>.</summary>
    public IReadOnlyList<string> Arguments => _run.Plan.Arguments;

    /// <summary>The id of the run: the SHA-256 of its plan in hexadecimal digits.</summary>
    public string Name => _run.Name;

    /// <summary>Opens the plan in a work folder.</summary>
    /// <param name="work">The work folder.</param>
    /// <param name="program">The version of this program.</param>
    /// <param name="stop">Ends transfers.</param>
    /// <exception cref="IngestException">There is no plan, or it is that of another version.</exception>
    public static TaskRun Open(string work, string program, CancellationToken stop = default) => new(SharedRun.Open(work, program, stop));

    /// <summary>Runs a map task, unless it is done.</summary>
    /// <param name="options">What <see cref="Arguments"/> mean, with the workers and the memory of this task.</param>
    /// <param name="task">The index of the task.</param>
    /// <param name="cancellationToken">Ends the task.</param>
    /// <exception cref="IngestException">The task cannot go on; <see cref="IngestException.MayPass"/> says whether a retry may help.</exception>
    public Attempt Map(IngestOptions options, int task, CancellationToken cancellationToken) =>
        LateIsDone(() => MapStep.Run(_run, _run.Complete(options), task, cancellationToken));

    /// <summary>Verifies the output of the map, unless that was done.</summary>
    /// <returns>The indexes of the map tasks that had to be read once more; null if the check was done before.</returns>
    /// <exception cref="IngestException">Map tasks are missing, or the output of one is damaged.</exception>
    public IReadOnlyList<int>? Check(IngestOptions options, CancellationToken cancellationToken) => CheckStep.Run(_run, _run.Complete(options), cancellationToken);

    /// <summary>Runs a task that reduces, unless it is done.</summary>
    /// <exception cref="IngestException">The task cannot go on.</exception>
    public Attempt Reduce(IngestOptions options, int task, CancellationToken cancellationToken) =>
        LateIsDone(() => ReduceStep.RunAsync(_run, _run.Complete(options), task, cancellationToken).GetAwaiter().GetResult());

    /// <summary>Writes the rows of all tasks to the sinks and removes what the tasks left, unless that was done.</summary>
    /// <returns>The report of the run; null if it was finished before.</returns>
    /// <exception cref="IngestException">Tasks are missing, or the run cannot go on; no sink was completed.</exception>
    /// <exception cref="AggregateException">Every one of several sinks failed.</exception>
    public Task<IngestReport?> FinishAsync(IngestOptions options, IReadOnlyList<ISummarySink> sinks, CancellationToken cancellationToken) =>
        FinishStep.RunAsync(_run, _run.Complete(options), sinks, cancellationToken);

    /// <summary>Returns which tasks are done.</summary>
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

/// <summary>Which tasks of a run are done.</summary>
/// <param name="MapTasks">The number of map tasks.</param>
/// <param name="MapMissing">The indexes of those that are not done.</param>
/// <param name="IsChecked">Whether the map is checked.</param>
/// <param name="Redone">The number of map tasks that the check read once more.</param>
/// <param name="ReduceTasks">The number of tasks that reduce.</param>
/// <param name="ReduceMissing">The indexes of those that are not done.</param>
/// <param name="IsFinished">Whether the run is finished.</param>
/// <param name="Started">The tasks that are not done and have begun to write, such as <c>map 3</c>, and when they last wrote.</param>
public sealed record RunStatus(
    int MapTasks, IReadOnlyList<int> MapMissing, bool IsChecked, int Redone, int ReduceTasks, IReadOnlyList<int> ReduceMissing, bool IsFinished,
    IReadOnlyList<(string Task, DateTime LastWrite)> Started)
{
    internal static RunStatus Of(SharedRun run)
    {
        bool isFinished = run.Folder.IsFinished;
        bool isChecked = isFinished || run.Folder.Exists(WorkFolder.CheckName);
        IReadOnlyList<WorkFile> mapFiles = isFinished ? [] : run.Folder.List(WorkFolder.MapFolder), reduceFiles = isFinished ? [] : run.Folder.List(WorkFolder.ReduceFolder);
        int[] map = isFinished ? [] : Missing(run.Plan.MapTasks.Length, mapFiles, WorkFolder.MapManifest);
        int[] reduce = isFinished ? [] : Missing(run.Plan.ReduceTasks, reduceFiles, WorkFolder.ReduceManifest);
        return new RunStatus(
            run.Plan.MapTasks.Length,
            map,
            isChecked,
            isChecked && !isFinished ? run.ReadCheck().Redone.Length : 0,
            run.Plan.ReduceTasks,
            reduce,
            isFinished,
            [.. StartedIn(mapFiles, "map", map), .. StartedIn(reduceFiles, "reduce", reduce)]);
    }

    private static int[] Missing(int tasks, IReadOnlyList<WorkFile> files, Func<int, string> manifest)
    {
        HashSet<string> names = [.. files.Select(f => f.Name)];
        return [.. Enumerable.Range(0, tasks).Where(t => !names.Contains(manifest(t)))];
    }

    private static IEnumerable<(string Task, DateTime LastWrite)> StartedIn(IReadOnlyList<WorkFile> files, string step, int[] missing) => files
        .Select(f => (Task: int.TryParse(f.Name[(step.Length + 1)..].Split('.')[0], out int task) ? task : -1, Time: f.Written))
        .Where(f => missing.Contains(f.Task))
        .GroupBy(f => f.Task)
        .OrderBy(g => g.Key)
        .Select(g => ($"{step} {g.Key}", g.Max(f => f.Time)));
}
