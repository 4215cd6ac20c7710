using FastIngest.Pipeline.Reduce;
using FastIngest.Shuffle.Shared;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Pipeline.Tasks;

/// <summary>One task that reduces: makes the rows of its partitions from the events of all map tasks.</summary>
internal static class ReduceStep
{
    /// <summary>With more map tasks than this, their files are opened for each read.</summary>
    private const int MaxOpenFiles = 200;

    /// <summary>Runs a task, unless it is done already.</summary>
    /// <exception cref="IngestException">The map is not checked, or its output is damaged. No file of the attempt is left.</exception>
    public static async Task<Attempt> RunAsync(SharedRun run, IngestOptions options, int task, Reporting reporting, CancellationToken cancellationToken)
    {
        SharedRun.RequireTask("reduce", task, run.Plan.ReduceTasks);
        if (run.Folder.IsFinished || run.TryReadReduce(task) is not null)
        {
            return Attempt.WasDone;
        }

        return await TaskProgress.DoAsync(run, "reduce", task, reporting, p => RunAsync(run, options, task, p, cancellationToken), a => a == Attempt.Done).ConfigureAwait(false);
    }

    private static async Task<Attempt> RunAsync(SharedRun run, IngestOptions options, int task, IIngestProgress progress, CancellationToken cancellationToken)
    {
        CheckResult check = run.ReadCheck();
        string name = $"{WorkFolder.ReduceFolder}/{task}.{Guid.NewGuid():N}.rows";
        try
        {
            ReduceResult result = await ReduceAsync(run, options, task, check, name, progress, cancellationToken).ConfigureAwait(false);
            if (run.Folder.Commit(WorkFolder.ReduceManifest(task), result, ResultForms.Reduce))
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

    private static async Task<ReduceResult> ReduceAsync(
        SharedRun run, IngestOptions options, int task, CheckResult check, string name, IIngestProgress progress, CancellationToken cancellationToken)
    {
        progress.Started([]);
        progress.Reducing();
        Range own = run.Plan.PartitionsOf(task);
        int partitions = run.Boundaries.PartitionCount;
        using SharedPartitions store = Open(run, check, own, partitions);
        PartSink sink = new(run.Folder.Write(name, options.TempDirectory), run.Id, task);
        await using (sink.ConfigureAwait(false))
        {
            SummaryLane lane = new(sink);
            SinkWriter writer = new([lane], progress);
            ReduceStage reduce = new(
                options, MemoryPlan.For(options.MemoryLimitBytes, options.Workers), run.Repeats, run.Boundaries, store, writer, own.GetOffsetAndLength(partitions).Offset);
            reduce.Run(cancellationToken);
            await sink.CompleteAsync(new RunFigures(0, 0, 0, writer.Rows), cancellationToken).ConfigureAwait(false);
            return new ReduceResult(
                run.Name, task, System.IO.Path.GetFileName(name), sink.Length, writer.Rows, [.. reduce.Aggregated], [.. reduce.Repeated], reduce.LeftOut);
        }
    }

    private static SharedPartitions Open(SharedRun run, CheckResult check, Range own, int partitions)
    {
        List<TaskSpillReader> spills = [];
        try
        {
            for (int map = 0; map < check.Spills.Length; map++)
            {
                string name = check.Spills[map];
                spills.Add(new TaskSpillReader(run.Folder.PathOf(name), () => run.Folder.Open(name), run.Id, map, partitions, own, check.Spills.Length <= MaxOpenFiles));
            }

            return new SharedPartitions(spills, own.GetOffsetAndLength(partitions).Length);
        }
        catch
        {
            spills.ForEach(s => s.Dispose());
            throw;
        }
    }
}
