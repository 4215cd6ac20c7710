using FastIngest.Dialects.Contract;
using FastIngest.Pipeline.Map;
using FastIngest.Shuffle.Shared;
using FastIngest.Sinks.Records;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// The step between map and reduce: a task that begins in the middle of a file has guessed where its first record starts. That is
/// right if the range before it ends there. A task with a wrong guess is read once more, now from a known position.
/// </summary>
internal static class CheckStep
{
    /// <returns>The indexes of the tasks that were read once more; null if the check was done before.</returns>
    /// <exception cref="IngestException">Tasks are missing, or the output of one is damaged.</exception>
    public static IReadOnlyList<int>? Run(SharedRun run, IngestOptions options, IReadOnlyList<IRecordFormat> formats, Reporting reporting, CancellationToken cancellationToken) =>
        run.Folder.IsFinished || run.Folder.Exists(WorkFolder.CheckName)
            ? null
            : TaskProgress.Do(run, "check", 0, reporting, p => Run(run, options, formats, p, cancellationToken), redone => redone is not null);

    private static List<int>? Run(SharedRun run, IngestOptions options, IReadOnlyList<IRecordFormat> formats, IIngestProgress progress, CancellationToken cancellationToken)
    {
        int tasks = run.Plan.MapTasks.Length;
        MapResult?[] results = [.. Enumerable.Range(0, tasks).Select(t => run.TryReadMap(WorkFolder.MapManifest(t), t))];
        MissingTasks.Require("map", [.. results.Select(r => r is not null)]);
        string[] manifests = [.. Enumerable.Range(0, tasks).Select(t => $"map/{t}.json")];
        List<int> redone = [];
        List<string> added = [];
        List<(int File, FramePosition End)> ends = [];
        FramePosition? expected = null;
        for (int task = 0; task < tasks; task++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RequireWhole(run, task, results[task]!);
            PlannedRange[] ranges = run.Plan.MapTasks[task];
            if (ranges.Length > 0 && ranges[0].First > 0 && results[task]!.Ranges[0].Start != expected)
            {
                MapAttempt attempt = MapStep.Read(run, options, formats, task, expected, progress, cancellationToken);
                results[task] = attempt.Result;
                manifests[task] = $"map/{task}.{Guid.NewGuid():N}.redone";
                run.Folder.Commit(manifests[task], attempt.Result, ResultForms.Map);
                redone.Add(task);
                added.AddRange([.. attempt.Files, manifests[task]]);
            }

            foreach (RangeOutcome outcome in results[task]!.Ranges)
            {
                expected = outcome.End;
                if (ranges.Any(r => r.File == outcome.FileIndex && r.End is null))
                {
                    ends.Add((outcome.FileIndex, outcome.End!.Value));
                }
            }
        }

        CheckResult check = new(run.Name, manifests, [.. results.Select(r => $"map/{r!.Spill}")], FinishFiles(run, options, ends, cancellationToken), [.. redone]);
        if (!run.Folder.Commit(WorkFolder.CheckName, check, ResultForms.Check))
        {
            run.Folder.Delete(added);
            return null;
        }

        return redone;
    }

    /// <summary>Finds how the files end that several tasks read.</summary>
    private static FileEnd[] FinishFiles(SharedRun run, IngestOptions options, List<(int File, FramePosition End)> ends, CancellationToken cancellationToken)
    {
        if (ends.Count == 0)
        {
            return [];
        }

        using TaskInput input = new(run, options, ends.Select(e => e.File).ToHashSet(), cancellationToken);
        return
        [
            .. ends.Select(e =>
            {
                FilePlan plan = input[e.File];
                PartEnd end = plan.Finish(e.End);
                return end.Next is null
                    ? new FileEnd(e.File, plan.File.Length, end.IsCutOff, [.. end.Unread])
                    : throw new InvalidOperationException($"{plan.File.Path} is shared by tasks and has several parts.");
            }),
        ];
    }

    /// <exception cref="IngestException">The output of a task is missing, cut off, or that of another task or run.</exception>
    private static void RequireWhole(SharedRun run, int task, MapResult result)
    {
        string name = $"{WorkFolder.MapFolder}/{result.Spill}";
        using TaskSpillReader spill = new(run.Folder.PathOf(name), () => run.Folder.Open(name), run.Id, task, run.Boundaries.PartitionCount, 0..0, keepOpen: false);
        if (result.RecordFile is { } records)
        {
            RecordFileReader.Of(run, records, task).RequireWhole(result.RecordFileBytes);
        }
    }
}

/// <summary>Names the tasks that are not done.</summary>
internal static class MissingTasks
{
    private const int MaxNamed = 20;

    /// <exception cref="IngestException">Tasks are not done; a retry may help.</exception>
    public static void Require(string step, bool[] isDone)
    {
        int[] missing = [.. Enumerable.Range(0, isDone.Length).Where(t => !isDone[t])];
        if (missing.Length == 0)
        {
            return;
        }

        string names = string.Join(", ", missing.Take(MaxNamed)) + (missing.Length > MaxNamed ? $" and {missing.Length - MaxNamed} more" : "");
        throw new IngestException(
            $"{missing.Length} of {isDone.Length} tasks of {step} {(missing.Length == 1 ? "is" : "are")} not done: {names}.", $"Run {step} for {(missing.Length == 1 ? "it" : "them")}, then this step again.")
        { MayPass = true };
    }
}
