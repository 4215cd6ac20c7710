using System.CommandLine;
using System.Globalization;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;

namespace HealthIngestion.Options;

/// <summary>The options of the steps of a planned run.</summary>
internal static class TaskOptions
{
    /// <summary>The variables in which Kubernetes (indexed jobs) and Slurm (job arrays) give a task its index.</summary>
    private static readonly string[] IndexVariables = ["JOB_COMPLETION_INDEX", "SLURM_ARRAY_TASK_ID"];

    public static HelpLine IndexEnvironment => new(string.Join(", ", IndexVariables), "the index of the task when no --task is given");

    public static Option<string?> Work() => new("--work")
    {
        HelpName = "DIR",
        Description = "the work folder of the run, which all machines share (required)",
        CustomParser = Values.NotEmpty,
    };

    public static Option<int?> Task() => new("--task")
    {
        HelpName = "N",
        Description = "the index of the task, from 0 (default: $JOB_COMPLETION_INDEX, else $SLURM_ARRAY_TASK_ID)",
        CustomParser = result => Values.Integer(0, int.MaxValue)(result),
    };

    /// <exception cref="UsageException">The option is missing.</exception>
    public static string RequireWork(string command, string? work) => work ?? throw new UsageException($"{command} needs --work DIR, the work folder of the run");

    /// <summary>Returns the index of the task.</summary>
    /// <exception cref="UsageException">Neither the option nor the environment has one.</exception>
    public static int RequireTask(string command, int? task)
    {
        if (task is { } given)
        {
            return given;
        }

        foreach (string variable in IndexVariables)
        {
            string? text = Environment.GetEnvironmentVariable(variable);
            if (!string.IsNullOrEmpty(text))
            {
                return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                    ? index
                    : throw new UsageException($"{variable} '{text}' is not the index of a task");
            }
        }

        throw new UsageException($"{command} needs --task N, or {string.Join(" or ", IndexVariables)} in the environment");
    }
}
