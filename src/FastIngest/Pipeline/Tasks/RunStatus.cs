namespace FastIngest.Pipeline.Tasks;

/// <summary>How far a planned run is.</summary>
/// <param name="Map">The map tasks.</param>
/// <param name="Check">The check, one task.</param>
/// <param name="Redone">The number of map tasks that the check read once more.</param>
/// <param name="Reduce">The tasks that reduce.</param>
/// <param name="Finish">The last step, one task.</param>
public sealed record RunStatus(StepStatus Map, StepStatus Check, int Redone, StepStatus Reduce, StepStatus Finish)
{
    internal static RunStatus Of(SharedRun run)
    {
        WorkFolder folder = run.Folder;
        bool isFinished = folder.IsFinished;
        bool isChecked = isFinished || folder.Exists(WorkFolder.CheckName);
        ILookup<string, AttemptStatus> attempts = Attempts(run, isFinished).ToLookup(a => a.Step);
        HashSet<string> files = isFinished ? [] : [.. folder.List(WorkFolder.MapFolder).Concat(folder.List(WorkFolder.ReduceFolder)).Select(f => f.Name)];
        StepStatus reduce = StepStatus.Of(
            Done(run.Plan.ReduceTasks, t => isFinished || files.Contains(WorkFolder.ReduceManifest(t))), [.. attempts["reduce"]], new long[run.Plan.ReduceTasks], 0);
        return new RunStatus(
            StepStatus.Of(Done(run.Plan.MapTasks.Length, t => isFinished || files.Contains(WorkFolder.MapManifest(t))), [.. attempts["map"]], [.. run.Plan.MapTasks.Select(t => t.Sum(run.Plan.BytesOf))], 0),
            StepStatus.Of([isChecked], [.. attempts["check"]], [0], 0),
            isChecked && !isFinished ? run.ReadCheck().Redone.Length : 0,
            reduce,
            StepStatus.Of([isFinished], [.. attempts["finish"]], [0], reduce.Done == reduce.Tasks ? reduce.Rows : 0));
    }

    private static bool[] Done(int tasks, Func<int, bool> isDone) => [.. Enumerable.Range(0, tasks).Select(isDone)];

    private static List<AttemptStatus> Attempts(SharedRun run, bool isFinished)
    {
        List<AttemptStatus> attempts = [];
        foreach (WorkFile file in isFinished ? [] : run.Folder.List(WorkFolder.NotesFolder))
        {
            if (file.Name.EndsWith(".json", StringComparison.Ordinal) && TryRead(run.Folder, file.Name) is { Task: >= 0 } note && note.Run == run.Name && Enum.IsDefined(note.State))
            {
                attempts.Add(AttemptStatus.Of(note, file.Written));
            }
        }

        return attempts;
    }

    /// <summary>Reads a note; null if its attempt has just removed it, or if a crash of the storage has damaged it.</summary>
    private static TaskNote? TryRead(WorkFolder folder, string name)
    {
        try
        {
            return folder.TryRead(name, TaskNote.Form);
        }
        catch (IngestException)
        {
            return null;
        }
    }
}

/// <summary>How far a step is.</summary>
public sealed record StepStatus
{
    /// <summary>The number of tasks.</summary>
    public required int Tasks { get; init; }

    /// <summary>The number of tasks that are done.</summary>
    public required int Done { get; init; }

    /// <summary>The indexes of those that are not.</summary>
    public required IReadOnlyList<int> Missing { get; init; }

    /// <summary>The attempt that says most about each task that is not done and was begun, in the order of the tasks.</summary>
    public required IReadOnlyList<AttemptStatus> Attempts { get; init; }

    /// <summary>The bytes of the input that are read; 0 of a step that reads no input.</summary>
    public required long Bytes { get; init; }

    /// <summary>The bytes of the input of all tasks.</summary>
    public required long TotalBytes { get; init; }

    /// <summary>The number of records read.</summary>
    public required long Records { get; init; }

    /// <summary>The number of rows written.</summary>
    public required long Rows { get; init; }

    /// <summary>The time from the start of the first task to now, or to the end of the last one; null if none noted anything.</summary>
    public required TimeSpan? Elapsed { get; init; }

    /// <summary>The time left at the average rate since the start; null if nothing can be said.</summary>
    public required TimeSpan? Left { get; init; }

    /// <summary>The number of tasks that are not done and whose best attempt is in a state.</summary>
    public int CountOf(AttemptState state) => Attempts.Count(a => a.State == state);

    /// <summary>The number of tasks that nobody has begun.</summary>
    public int Waiting => Tasks - Done - Attempts.Count;

    internal static StepStatus Of(bool[] isDone, AttemptStatus[] attempts, long[] bytes, long totalRows)
    {
        int done = isDone.Count(d => d);
        AttemptStatus[] best = [.. attempts.Where(a => a.State != AttemptState.Done && a.Task < isDone.Length && !isDone[a.Task]).GroupBy(a => a.Task).OrderBy(g => g.Key).Select(AttemptStatus.Best)];
        AttemptStatus[] counted = [.. best.Where(a => a.State == AttemptState.Running), .. attempts.Where(a => a.State == AttemptState.Done)];
        long read = best.Where(a => a.State == AttemptState.Running).Sum(a => Math.Min(a.Bytes, bytes[a.Task])) + bytes.Where((_, t) => isDone[t]).Sum();
        TimeSpan? elapsed = attempts.Length == 0
            ? null
            : (done == isDone.Length ? attempts.Max(a => a.Written) : DateTime.UtcNow) - attempts.Min(a => a.Started);
        long rows = counted.Sum(a => a.Rows), total = bytes.Sum();
        double share = total > 0 ? (double)read / total : totalRows > 0 ? (double)rows / totalRows : (double)done / isDone.Length;
        bool isRunning = done < isDone.Length && best.Any(a => a.State == AttemptState.Running);
        return new StepStatus
        {
            Tasks = isDone.Length,
            Done = done,
            Missing = [.. Enumerable.Range(0, isDone.Length).Where(t => !isDone[t])],
            Attempts = best,
            Bytes = read,
            TotalBytes = total,
            Records = counted.Sum(a => a.Records),
            Rows = rows,
            Elapsed = elapsed is { Ticks: < 0 } ? TimeSpan.Zero : elapsed,
            Left = isRunning && share > 0 && elapsed is { Ticks: > 0 } time ? time * ((1 - Math.Min(share, 1)) / share) : null,
        };
    }
}

/// <summary>An attempt at a task.</summary>
/// <param name="Step">The name of the step.</param>
/// <param name="Task">The index of the task.</param>
/// <param name="State">What it does, or how it ended.</param>
/// <param name="Host">The name of its machine.</param>
/// <param name="Process">The id of its process.</param>
/// <param name="Started">When it began, in UTC.</param>
/// <param name="Written">When it last noted anything, in UTC.</param>
/// <param name="Bytes">The bytes of the input it has read.</param>
/// <param name="Records">The records it has read.</param>
/// <param name="Rows">The rows it has written.</param>
/// <param name="Fault">How it failed; null if it did not.</param>
public sealed record AttemptStatus(
    string Step, int Task, AttemptState State, string Host, int Process, DateTime Started, DateTime Written, long Bytes, long Records, long Rows, TaskFault? Fault)
{
    /// <summary>An attempt notes something every ten seconds; one that has not for this long will not any more.</summary>
    private static readonly TimeSpan LongestSilence = 6 * TaskProgress.Interval;

    /// <param name="note">What the attempt noted.</param>
    /// <param name="written">When the file got that content, by the clock of the storage.</param>
    internal static AttemptStatus Of(TaskNote note, DateTime written) => new(
        note.Step,
        note.Task,
        note.State == AttemptState.Running && DateTime.UtcNow - written > LongestSilence ? AttemptState.Silent : note.State,
        note.Host,
        note.Process,
        note.Started,
        written,
        note.Bytes,
        note.Records,
        note.Rows,
        note.Error is null ? null : new TaskFault(note.Error, note.ExitCode ?? 1));

    /// <summary>Of several attempts at a task one that works says most, else the last.</summary>
    internal static AttemptStatus Best(IEnumerable<AttemptStatus> attempts) => attempts.OrderBy(a => a.State == AttemptState.Running).ThenBy(a => a.Started).Last();
}
