using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Pipeline.HealthData;
using FastIngest.Pipeline.Map;
using FastIngest.Shuffle;

namespace FastIngest.Pipeline.Tasks;

/// <summary>The first step: finds the files, divides their chunks among the map tasks, and chooses the partitions.</summary>
public static class PlanStep
{
    /// <summary>The maximum size in bytes of a chunk, small enough for tasks with many workers and little memory.</summary>
    private const int MaxChunkBytes = 1 << 20;

    /// <summary>A partition has about that many bytes of input, so that a task that reduces has work for all its workers.</summary>
    private const long PartitionInput = 16L << 20;

    private const int MaxPartitions = 1024;

    /// <summary>Makes the plan and writes it. A plan that is already there must be the same.</summary>
    /// <param name="options">The options of the run.</param>
    /// <param name="arguments">The same as a command line of <c>ingest</c>, without any secret.</param>
    /// <param name="work">The work folder.</param>
    /// <param name="mapTasks">The number of map tasks.</param>
    /// <param name="reduceTasks">The number of tasks that reduce.</param>
    /// <param name="program">The version of this program.</param>
    /// <param name="stop">Ends transfers.</param>
    /// <exception cref="IngestException">The input cannot be planned, or the folder has another plan.</exception>
    public static PlanReport Run(IngestOptions options, IReadOnlyList<string> arguments, string work, int mapTasks, int reduceTasks, string program, CancellationToken stop = default)
    {
        WorkFolder folder = WorkFolder.At(work, stop);
        using HealthInput input = HealthInput.Open(options.Paths, options.Dialects, options.Category, options.InputOptions with { Stop = stop }, options.From);
        PlannedFile[] files = [.. input.Infos.Select((_, f) => FileOf(input, f))];
        if (files.GroupBy(f => f.Path, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } same)
        {
            // URLs that differ only in what is not shown.
            throw new IngestException($"Two files are named {same.Key}, so that the plan could not tell them apart.", "Plan each in a run of its own, or give them different names.");
        }

        int chunkBytes = options.ChunkBytes > 0 ? options.ChunkBytes : (int)Math.Clamp(input.EstimatedBytes / (8L * mapTasks), MemoryPlan.MinChunkBytes, MaxChunkBytes);
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
            MapTasks = Divide(plans, [.. plans.Select((_, f) => Math.Max(1, input.EstimatedBytesOf(f)))], mapTasks),
        };
        folder.Create();
        byte[] bytes = PlanForm.Plan.ToBytes(plan);
        if (!folder.Commit(WorkFolder.PlanName, bytes) && !(folder.TryReadBytes(WorkFolder.PlanName) ?? []).AsSpan().SequenceEqual(bytes))
        {
            throw new IngestException(
                $"{folder.PathOf(WorkFolder.PlanName)} is another plan: other files, options, versions or another day.", "Choose another work folder, or remove that one if its run is not needed any more.");
        }

        return new PlanReport(SharedRun.Open(work, program, stop).Name, files.Length, mapTasks, reduceTasks, boundaries.PartitionCount, input.Notes);
    }

    private static PlannedFile FileOf(HealthInput input, int file)
    {
        string path = input.Files[file].Path;
        string container = input.ContainerOf(file) ?? throw new IngestException(
            $"{path} is not a regular file, so that several tasks cannot read it.", "Write its content to a file first, and plan that file.");
        if (input.VersionOf(file) is { } version)
        {
            return new PlannedFile(path, container, 0, 0, input.Categories[file].Name(), input.Dialects[file].Name, input.Files[file].PackedLength) { Version = version };
        }

        FileInfo info = new(container);
        return new PlannedFile(
            path, container, info.Length, info.LastWriteTimeUtc.Ticks, input.Categories[file].Name(), input.Dialects[file].Name, input.Files[file].PackedLength);
    }

    /// <summary>Gives each task consecutive chunks of about the same size. A file that cannot be shared belongs to the task in whose share it begins.</summary>
    private static PlannedRange[][] Divide(IReadOnlyList<FilePlan> plans, long[] weights, int tasks)
    {
        List<PlannedRange>[] ranges = [.. Enumerable.Range(0, tasks).Select(_ => new List<PlannedRange>())];
        Int128 total = 0;
        foreach (long weight in weights)
        {
            total += weight;
        }

        Int128 before = 0;
        for (int f = 0; f < plans.Count; f++)
        {
            FilePlan plan = plans[f];
            int chunks = plan.IsShareable ? (int)Math.Max(1, (plan.File.Length + plan.ChunkBytes - 1) / plan.ChunkBytes) : 1;
            int first = 0;
            int task = TaskAt(before);
            for (int chunk = 1; chunk < chunks; chunk++)
            {
                int next = TaskAt(before + ((Int128)weights[f] * chunk / chunks));
                if (next != task)
                {
                    ranges[task].Add(new PlannedRange(f, first, chunk));
                    (first, task) = (chunk, next);
                }
            }

            ranges[task].Add(new PlannedRange(f, first, null));
            before += weights[f];
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
