using System.CommandLine;
using HealthIngestion.CommandLine;

namespace HealthIngestion.Options;

/// <summary>The options of the steps of a planned run.</summary>
internal static class TaskOptions
{
    /// <summary>The most tasks of a step.</summary>
    public const int MaxTasks = 100_000;

    /// <summary>The variables in which Kubernetes (indexed jobs) and Slurm (job arrays) give a task its index.</summary>
    public static IReadOnlyList<string> IndexVariables { get; } = ["JOB_COMPLETION_INDEX", "SLURM_ARRAY_TASK_ID"];

    public static HelpLine IndexEnvironment => new(string.Join(", ", IndexVariables), "the index of the task when no --task is given");

    public static Option<string?> Work() => new("--work")
    {
        HelpName = "DIR",
        Description = "the work folder of the run, which all machines share, or s3://BUCKET/PREFIX (required)",
        CustomParser = Values.NotEmpty,
    };

    /// <param name="share">What a map task does.</param>
    public static Option<int> Tasks(string share) => new("--tasks")
    {
        HelpName = "M",
        Description = $"the number of map tasks, each of which {share} (default: 1)",
        CustomParser = Values.Integer(1, MaxTasks),
        DefaultValueFactory = _ => 1,
    };

    public static Option<int?> Task() => new("--task")
    {
        HelpName = "N",
        Description = "the index of the task, from 0 (default: $JOB_COMPLETION_INDEX, else $SLURM_ARRAY_TASK_ID)",
        CustomParser = result => Values.Integer(0, int.MaxValue)(result),
    };
}
