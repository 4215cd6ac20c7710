using FastIngest.Sinks;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// Notes in the work folder what an attempt does, every few seconds and at its end. Each note replaces the one before.
/// A note that cannot be written is left out: the work is more important, and the last step removes the folder of notes.
/// </summary>
internal sealed class TaskProgress : IIngestProgress, IDisposable
{
    /// <summary>The time between two notes. With a thousand tasks the shared storage gets a hundred notes a second.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly SharedRun _run;
    private readonly string _step, _name;
    private readonly int _task;
    private readonly IIngestProgress? _also;
    private readonly DateTime _started = DateTime.UtcNow;
    private readonly Timer _timer;
    private long _bytes, _records, _rows;
    private bool _hasEnded;

    private TaskProgress(SharedRun run, string step, int task, IIngestProgress? also)
    {
        (_run, _step, _task, _also) = (run, step, task, also);
        _name = $"{WorkFolder.NotesFolder}/{step}-{task}.{Guid.NewGuid():N}.json";
        Write(AttemptState.Running, null);
        _timer = new Timer(_ => Beat(), null, Interval, Interval);
    }

    /// <summary>Does the work of an attempt and notes what it does.</summary>
    /// <param name="run">The run.</param>
    /// <param name="step">The name of the step.</param>
    /// <param name="task">The index of the task; 0 of a step with one task.</param>
    /// <param name="reporting">Who else hears of the attempt.</param>
    /// <param name="work">The work.</param>
    /// <param name="counts">Whether the task is done by this attempt; the note of another one is removed.</param>
    public static async Task<T> DoAsync<T>(
        SharedRun run, string step, int task, Reporting reporting, Func<TaskProgress, Task<T>> work, Func<T, bool> counts)
    {
        using TaskProgress progress = new(run, step, task, reporting.Progress);
        try
        {
            T result = await work(progress).ConfigureAwait(false);
            progress.End(counts(result) ? AttemptState.Done : null, null);
            return result;
        }
        catch (OperationCanceledException)
        {
            progress.End(AttemptState.Stopped, null);
            throw;
        }
        catch (Exception fault)
        {
            progress.End(AttemptState.Failed, reporting.Describe(fault));
            throw;
        }
    }

    /// <inheritdoc cref="DoAsync"/>
    public static T Do<T>(SharedRun run, string step, int task, Reporting reporting, Func<TaskProgress, T> work, Func<T, bool> counts) =>
        DoAsync(run, step, task, reporting, p => Task.FromResult(work(p)), counts).GetAwaiter().GetResult();

    public void Started(IReadOnlyList<RunFile> files) => _also?.Started(files);

    public void Read(int fileIndex, long bytes, long records)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _records, records);
        _also?.Read(fileIndex, bytes, records);
    }

    public void Reducing() => _also?.Reducing();

    public void Written(long rows)
    {
        Interlocked.Add(ref _rows, rows);
        _also?.Written(rows);
    }

    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        lock (_gate)
        {
            if (!_hasEnded)
            {
                Write(AttemptState.Running, null);
            }
        }
    }

    private void End(AttemptState? state, TaskFault? fault)
    {
        lock (_gate)
        {
            _hasEnded = true;
            if (state is { } known)
            {
                Write(known, fault);
            }
            else
            {
                _run.Folder.Delete(_name);
            }
        }
    }

    private void Write(AttemptState state, TaskFault? fault)
    {
        TaskNote note = new(
            _run.Name, _step, _task, Environment.MachineName, Environment.ProcessId, _started, DateTime.UtcNow, state, Interlocked.Read(ref _bytes), Interlocked.Read(ref _records),
            Interlocked.Read(ref _rows), fault?.Error, fault?.ExitCode);
        try
        {
            _run.Folder.Replace(_name, note, TaskNote.Form);
        }
        catch (Exception e) when (e is IngestException or OperationCanceledException)
        {
            // The work goes on without the note.
        }
    }
}

/// <summary>Who hears of an attempt besides the work folder.</summary>
/// <param name="Describe">Says how the command line reports a fault.</param>
/// <param name="Progress">Receives the progress; null for nobody.</param>
internal sealed record Reporting(Func<Exception, TaskFault> Describe, IIngestProgress? Progress);
