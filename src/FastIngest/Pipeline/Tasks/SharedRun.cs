using System.Security.Cryptography;
using FastIngest.Health;
using FastIngest.Shuffle;

namespace FastIngest.Pipeline.Tasks;

/// <summary>A planned run, as each of its steps opens it.</summary>
internal sealed class SharedRun
{
    /// <summary>The name under the key of the pseudonyms that the plan records.</summary>
    private static ReadOnlySpan<byte> KeyCheckName => "plan of health_ingestion"u8;

    private SharedRun(WorkFolder folder, RunPlan plan, byte[] id)
    {
        (Folder, Plan, Id) = (folder, plan, id);
        Name = Convert.ToHexStringLower(id);
        Boundaries = PartitionBoundaries.At([.. plan.Boundaries.Select(b => new RowKey(b.User, b.Day))]);
        Repeats = new RepeatRule(plan.Repeats.Categories, plan.Repeats.Identified, plan.Repeats.Collected);
    }

    public WorkFolder Folder { get; }

    public RunPlan Plan { get; }

    /// <summary>The 32 bytes that identify the run.</summary>
    public byte[] Id { get; }

    /// <summary>The same in hexadecimal digits.</summary>
    public string Name { get; }

    /// <summary>The id under which sinks record the run.</summary>
    public Guid RunId => UuidVersion5.Of([.. "health_ingestion run "u8, .. Id]);

    public PartitionBoundaries Boundaries { get; }

    public RepeatRule Repeats { get; }

    /// <summary>Returns what the plan records of a key; null without one.</summary>
    public static string? KeyCheckOf(PseudonymKey? key) => key is null ? null : System.Text.Encoding.ASCII.GetString(key.OfName(KeyCheckName));

    /// <summary>Opens the plan in a folder.</summary>
    /// <param name="path">The work folder.</param>
    /// <param name="program">The version of this program.</param>
    /// <exception cref="IngestException">There is no plan, or it is that of another version.</exception>
    /// <param name="stop">Ends transfers.</param>
    public static SharedRun Open(string path, string program, CancellationToken stop)
    {
        OpenSslLibrary.Require("The id of a run");
        WorkFolder folder = WorkFolder.At(path, stop);
        string planPath = folder.PathOf(WorkFolder.PlanName);
        byte[] bytes = folder.TryReadBytes(WorkFolder.PlanName) ?? throw new IngestException(
            $"{planPath} does not exist.", "Make the plan first: health_ingestion plan PATH --work DIR --tasks M --partitions R.");
        RunPlan plan = PlanForm.Plan.Parse(planPath, bytes);
        if (plan.Format != RunPlan.CurrentFormat || plan.Program != program)
        {
            throw new IngestException(
                $"{planPath} was made by version {plan.Program} (format {plan.Format}); this is version {program} (format {RunPlan.CurrentFormat}).",
                "Run every step with the same version.");
        }

        return new SharedRun(folder, plan, SHA256.HashData(bytes));
    }

    /// <summary>Takes the options of the plan, and those of this task.</summary>
    /// <param name="ofPlan">The options that the plan's arguments mean.</param>
    /// <exception cref="IngestException">The key of the pseudonyms is another one.</exception>
    public IngestOptions Complete(IngestOptions ofPlan)
    {
        if (KeyCheckOf(ofPlan.Pseudonyms) != Plan.KeyCheck)
        {
            throw new IngestException("The key of the pseudonyms is not that of the plan.", "Give every task the same key.");
        }

        return ofPlan with { Today = Plan.Today, ChunkBytes = Plan.ChunkBytes };
    }

    /// <summary>Reads a result of a step; null if the step is not done.</summary>
    /// <exception cref="IngestException">It is damaged, or that of another run or task.</exception>
    public MapResult? TryReadMap(string manifest, int task)
    {
        MapResult? result = Folder.TryRead(manifest, ResultForms.Map);
        Require(manifest, result is null || (result.Run == Name && result.Task == task));
        return result;
    }

    /// <inheritdoc cref="TryReadMap"/>
    public EntryMapResult? TryReadEntryMap(string manifest, int task)
    {
        EntryMapResult? result = Folder.TryRead(manifest, ResultForms.EntryMap);
        Require(manifest, result is null || (result.Run == Name && result.Task == task));
        return result;
    }

    /// <inheritdoc cref="TryReadMap"/>
    public ReduceResult? TryReadReduce(int task)
    {
        ReduceResult? result = Folder.TryRead(WorkFolder.ReduceManifest(task), ResultForms.Reduce);
        Require(WorkFolder.ReduceManifest(task), result is null || (result.Run == Name && result.Task == task));
        return result;
    }

    /// <summary>Reads the result of the check.</summary>
    /// <exception cref="IngestException">There is none yet, it is damaged, or that of another run.</exception>
    public CheckResult ReadCheck()
    {
        CheckResult result = Folder.TryRead(WorkFolder.CheckName, ResultForms.Check)
            ?? throw new IngestException($"{Folder.PathOf(WorkFolder.CheckName)} does not exist: the map is not checked.", $"Run this first: health_ingestion check --work {Folder.Path}.") { MayPass = true };
        Require(WorkFolder.CheckName, result.Run == Name && result.Manifests.Length == Plan.MapTasks.Length);
        return result;
    }

    /// <exception cref="IngestException">There is no such task.</exception>
    public static void RequireTask(string step, int task, int tasks)
    {
        if (task >= tasks)
        {
            throw new IngestException($"The plan has {tasks} tasks of {step}, from 0 to {tasks - 1}: there is no task {task}.", "Give the array of the scheduler that size.");
        }
    }

    private void Require(string name, bool isOfRun)
    {
        if (!isOfRun)
        {
            throw new IngestException($"{Folder.PathOf(name)} is that of another run or task.", "Remove it, and run the step that writes it once more.");
        }
    }
}
