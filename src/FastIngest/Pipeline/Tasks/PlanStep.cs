using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Pipeline.HealthData;
using FastIngest.Pipeline.Map;
using FastIngest.Shuffle;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Pipeline.Tasks;

/// <summary>The first step: finds the files, divides their chunks among the map tasks, and chooses the partitions.</summary>
public static class PlanStep
{
    /// <summary>
    /// The maximum size in bytes of a chunk, small enough for tasks with many workers and little memory. Each format in which sinks
    /// store records takes as much memory again, so that chunks are smaller then.
    /// </summary>
    private const int MaxChunkBytes = 1 << 20;

    /// <summary>A partition has about that many bytes of input, so that a task that reduces has work for all its workers.</summary>
    private const long PartitionInput = 16L << 20;

    private const int MaxPartitions = 1024;

    /// <summary>Makes the plan and writes it. A plan that is already there must be the same.</summary>
    /// <param name="options">The options of the run.</param>
    /// <param name="arguments">The same as a command line of <c>ingest</c>, without any secret.</param>
    /// <param name="sinks">The sinks of the run, which are not opened.</param>
    /// <param name="work">The work folder.</param>
    /// <param name="mapTasks">The number of map tasks.</param>
    /// <param name="reduceTasks">The number of tasks that reduce.</param>
    /// <param name="program">The version of this program.</param>
    /// <param name="stop">Ends transfers.</param>
    /// <exception cref="IngestException">The input cannot be planned, or the folder has another plan.</exception>
    public static PlanReport Run(IngestOptions options, IReadOnlyList<string> arguments, IReadOnlyList<ISummarySink> sinks, string work, int mapTasks, int reduceTasks, string program, CancellationToken stop = default)
    {
        using HealthInput input = HealthInput.Open(options.Paths, options.Dialects, options.Category, options.InputOptions with { Stop = stop }, options.From, options.MaxRecordBytes);
        PlannedFile[] files = [.. input.Files.Select((file, f) => PlannedFiles.Of(file, input.ContainerOf(f), input.VersionOf(f), input.Categories[f].Name(), input.Dialects[f].Name))];
        int chunkBytes = options.ChunkBytes > 0 ? options.ChunkBytes : (int)Math.Clamp(input.EstimatedBytes / (8L * mapTasks), MemoryPlan.MinChunkBytes, MaxChunkBytes / (1 + RecordFile.FormatsOf(sinks).Count));
        IReadOnlyList<FilePlan> plans = input.Plan(chunkBytes, options.MaxRecordBytes, options.UserId, options.UserFolder);
        int partitions = (int)Math.Max(reduceTasks, Math.Min(MaxPartitions, input.EstimatedBytes / PartitionInput));
        PartitionBoundaries boundaries = KeySampler.ChooseBoundaries(
            input.EstimatedBytes, plans, options with { Partitions = partitions }, MemoryPlan.For(MemoryPlan.MinLimit, 1));
        RepeatRule repeats = HealthInput.RepeatsOf(plans);
        RunPlan plan = new()
        {
            Format = RunPlan.CurrentFormat,
            Program = program,
            Arguments = [.. arguments],
            Today = options.Today,
            KeyCheck = SharedRun.KeyCheckOf(options.Pseudonyms),
            ChunkBytes = chunkBytes,
            ReduceTasks = reduceTasks,
            Files = files,
            Unread = [.. input.Unread],
            Repeats = new PlannedRepeats(repeats.Categories, repeats.Identified, repeats.Collected),
            Boundaries = [.. boundaries.Keys.Select(k => new PlannedKey(k.User, k.Day))],
            MapTasks = Divide(
                [.. plans.Select((p, f) => (p.IsShareable ? (p.File.Length + p.ChunkBytes - 1) / p.ChunkBytes : 1, input.EstimatedBytesOf(f) * WorkOfByte(input.Categories[f])))], mapTasks),
        };
        return new PlanReport(Commit(plan, work, stop), files.Length, mapTasks, reduceTasks, boundaries.PartitionCount, input.Notes);
    }

    /// <summary>Writes a plan and returns the id of the run.</summary>
    /// <exception cref="IngestException">The folder has another plan, or two files have the same name.</exception>
    internal static string Commit(RunPlan plan, string work, CancellationToken stop)
    {
        if (plan.Files.GroupBy(f => f.Path, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } same)
        {
            // URLs that differ only in what is not shown.
            throw new IngestException($"Two files are named {same.Key}, so that the plan could not tell them apart.", "Plan each in a run of its own, or give them different names.");
        }

        WorkFolder folder = WorkFolder.At(work, stop);
        folder.Create();
        byte[] bytes = PlanForm.Plan.ToBytes(plan);
        if (!folder.Commit(WorkFolder.PlanName, bytes) && !(folder.TryReadBytes(WorkFolder.PlanName) ?? []).AsSpan().SequenceEqual(bytes))
        {
            throw new IngestException(
                $"{folder.PathOf(WorkFolder.PlanName)} is another plan: other files, options, versions or another day.", "Choose another work folder, or remove that one if its run is not needed any more.");
        }

        return SharedRun.Open(work, plan.Program, stop).Name;
    }

    /// <summary>The instructions that a byte of a category takes, roughly (<c>bench/results/instructions.md</c>), so that tasks take equally long.</summary>
    private static int WorkOfByte(Category category) => category switch
    {
        Category.HeartRate => 5,
        Category.Nutrition or Category.Workouts => 13,
        Category.Activities or Category.Sleep => 20,
        Category.Users => 27,
        Category.Measurements => 63,
        _ => 13,
    };

    /// <summary>Gives each task consecutive chunks of about the same work. A file that cannot be shared belongs to the task in whose share it begins.</summary>
    /// <param name="files">The number of chunks of each file, 1 for a file that cannot be shared, and its work in any unit.</param>
    /// <param name="tasks">The number of tasks.</param>
    internal static PlannedRange[][] Divide(IReadOnlyList<(long Chunks, long Work)> files, int tasks)
    {
        List<PlannedRange>[] ranges = [.. Enumerable.Range(0, tasks).Select(_ => new List<PlannedRange>())];
        Int128 total = 0;
        foreach ((_, long work) in files)
        {
            total += Math.Max(1, work);
        }

        Int128 before = 0;
        for (int f = 0; f < files.Count; f++)
        {
            int chunks = (int)Math.Max(1, files[f].Chunks);
            long weight = Math.Max(1, files[f].Work);
            int first = 0;
            int task = TaskAt(before);
            for (int chunk = 1; chunk < chunks; chunk++)
            {
                int next = TaskAt(before + ((Int128)weight * chunk / chunks));
                if (next != task)
                {
                    ranges[task].Add(new PlannedRange(f, first, chunk));
                    (first, task) = (chunk, next);
                }
            }

            ranges[task].Add(new PlannedRange(f, first, null));
            before += weight;
        }

        return [.. ranges.Select(r => r.ToArray())];

        int TaskAt(Int128 position) => (int)(position * tasks / total);
    }
}

/// <param name="Run">The id of the run.</param>
/// <param name="Files">The number of files.</param>
/// <param name="MapTasks">The number of map tasks.</param>
/// <param name="ReduceTasks">The number of tasks that reduce.</param>
/// <param name="Partitions">The number of partitions.</param>
/// <param name="Notes">What the user should know of how files are read.</param>
public sealed record PlanReport(string Run, int Files, int MapTasks, int ReduceTasks, int Partitions, IReadOnlyList<string> Notes);
