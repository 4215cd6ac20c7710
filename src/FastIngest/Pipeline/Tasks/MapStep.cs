using FastIngest.Health;
using FastIngest.Pipeline.Map;
using FastIngest.Shuffle;
using FastIngest.Shuffle.Shared;
using FastIngest.Sinks;
using FastIngest.Sinks.Records;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Tasks;

/// <summary>One map task: reads its ranges of the input and leaves their events, by partition, in the work folder.</summary>
internal static class MapStep
{
    /// <summary>Runs a task, unless it is done already.</summary>
    /// <returns>How the attempt ended.</returns>
    public static Attempt Run(SharedRun run, IngestOptions options, IReadOnlyList<IRecordFormat> formats, int task, Reporting reporting, CancellationToken cancellationToken)
    {
        SharedRun.RequireTask("map", task, run.Plan.MapTasks.Length);
        string manifest = WorkFolder.MapManifest(task);
        if (run.Folder.IsFinished || run.TryReadMap(manifest, task) is not null)
        {
            return Attempt.WasDone;
        }

        return TaskProgress.Do(run, "map", task, reporting, p => Run(run, options, formats, task, manifest, p, cancellationToken), a => a == Attempt.Done);
    }

    private static Attempt Run(
        SharedRun run, IngestOptions options, IReadOnlyList<IRecordFormat> formats, int task, string manifest, IIngestProgress progress, CancellationToken cancellationToken)
    {
        MapAttempt attempt = Read(run, options, formats, task, null, progress, cancellationToken);
        if (run.Folder.Commit(manifest, attempt.Result, ResultForms.Map))
        {
            return Attempt.Done;
        }

        run.Folder.Delete(attempt.Files);
        return Attempt.Lost;
    }

    /// <summary>Reads the ranges of a task.</summary>
    /// <param name="run">The run.</param>
    /// <param name="options">Its options.</param>
    /// <param name="formats">The formats of the sinks that store records, see <see cref="RecordFile.FormatsOf"/>.</param>
    /// <param name="task">The index of the task.</param>
    /// <param name="start">Where the first range starts, if it is a later part of a file; null to guess.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellationToken">Ends the task.</param>
    /// <exception cref="IngestException">The input has changed, or the work folder cannot be written. No file of the attempt is left.</exception>
    public static MapAttempt Read(
        SharedRun run, IngestOptions options, IReadOnlyList<IRecordFormat> formats, int task, FramePosition? start, IIngestProgress progress, CancellationToken cancellationToken)
    {
        string name = $"{WorkFolder.MapFolder}/{task}.{Guid.NewGuid():N}";
        PlannedRange[] planned = run.Plan.MapTasks[task];
        int partitions = run.Boundaries.PartitionCount;
        FieldLog fields = new(run.Plan.Files.Length);
        string spillName = name + ".spill", rejectsName = name + ".rejects", recordsName = name + ".records";
        string[] files = formats.Count == 0 ? [spillName, rejectsName] : [spillName, rejectsName, recordsName];
        long[] bytes = new long[run.Plan.Files.Length];
        Array.ForEach(planned, r => bytes[r.File] += run.Plan.BytesOf(r));
        progress.Started([.. run.Plan.Files.Select((f, i) => new RunFile(f.Path, f.Dialect, bytes[i]))]);
        try
        {
            using TaskInput? input = planned.Length == 0 ? null : new TaskInput(run, options, planned.Select(r => r.File).ToHashSet(), cancellationToken);
            options = input?.Without(options) ?? options;
            MemoryPlan memory = MemoryPlan.For(options.MemoryLimitBytes, options.Workers, formats.Count);
            using TaskSpillWriter spill = new(run.Folder.Write(spillName, options.TempDirectory), run.Id, task, partitions);
            using RejectJournal rejects = new(run.Folder.Write(rejectsName, options.TempDirectory));
            using RecordFileWriter? records = formats.Count == 0 ? null : new RecordFileWriter(run.Folder.Write(recordsName, options.TempDirectory), run.Id, task);
            SummaryLane[] lanes = [.. formats.Select((f, i) => new SummaryLane(new RecordFileSink(f, i, records!)))];
            TaskShuffleStore store = new(partitions, new BlockPool(memory.EventBytes), spill);
            MapRange[] ranges =
            [
                .. planned.Select((r, i) => new MapRange(
                    input![r.File], r.First, r.End ?? MapRange.ToEnd, r.First == 0 ? input[r.File].Head : i == 0 ? start : null)),
            ];
            MapStage map = new(options, memory, ranges, run.Boundaries, store, rejects, fields, lanes, progress);
            map.Run(cancellationToken);
            Array.ForEach(lanes, l => l.Fault?.Throw());
            store.Complete();
            records?.Complete();
            return new MapAttempt(new MapResult
            {
                Run = run.Name,
                Task = task,
                Spill = System.IO.Path.GetFileName(spillName),
                SpillBytes = spill.Length,
                Rejects = rejects.Complete(),
                RecordFile = records is null ? null : System.IO.Path.GetFileName(recordsName),
                RecordFileBytes = records?.Length ?? 0,
                Ranges = [.. map.Outcomes],
                Records = [.. map.Records],
                Filtered = [.. map.Filtered],
                PassedOver = map.PassedOver,
                UtcStamps = map.UtcStamps,
                HasUnnamedUser = ranges.Any(r => r.Plan.UsesDefaultUser),
                Findings = [.. Enum.GetValues<Category>().Select(c => FindingsOf(fields.Of(c)))],
                Outcomes = [.. fields.Outcomes.Select(o => new OutcomeCounts(o.File, o.Outcome.Records, o.Outcome.RejectedByReason))],
                Unread = [.. map.Unread],
            }, files);
        }
        catch
        {
            run.Folder.Delete(files);
            throw;
        }
    }

    private static FindingCounts FindingsOf(FieldFindings findings) => new(
        CountsOfNames.Of(findings.Unknown), CountsOfNames.Of(findings.Unreadable), CountsOfNames.Of(findings.Implausible), CountsOfNames.Of(findings.PassedOver));
}

/// <summary>How an attempt of a task ended.</summary>
public enum Attempt
{
    /// <summary>The attempt counts.</summary>
    Done,

    /// <summary>The task was done before; nothing was read.</summary>
    WasDone,

    /// <summary>Another attempt ended first; the files of this one are removed.</summary>
    Lost,
}

/// <summary>The output of an attempt that is not committed yet.</summary>
/// <param name="Result">What the manifest will say.</param>
/// <param name="Files">The names of the files of the attempt.</param>
internal sealed record MapAttempt(MapResult Result, IReadOnlyList<string> Files);
