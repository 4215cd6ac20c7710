using System.CommandLine;
using System.Globalization;
using FastIngest.Pipeline;
using FastIngest.Pipeline.Entries;
using FastIngest.Pipeline.Tasks;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Progress;
using HealthIngestion.Settings;
using HealthIngestion.Telemetry;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>A step of a planned run that has several tasks, each with a number.</summary>
internal abstract class NumberedTaskCommand : TaskCommand
{
    private readonly Option<int?> _task = TaskOptions.Task();

    /// <param name="name">The name of the step.</param>
    /// <param name="summary">What a task does.</param>
    protected NumberedTaskCommand(string name, string summary)
    {
        Spec = new CommandSpec(name, summary)
        {
            Usage = "--work DIR [--task N] [options]",
            Examples = [new($"health_ingestion {name} --work /shared/r1 --task 3", $"run {name} task 3")],
            Environment = [TaskOptions.IndexEnvironment, PseudonymOptions.Environment, MetricsOptions.Environment],
        };
        AddOptions(Spec, _task);
    }

    public override CommandSpec Spec { get; }

    protected sealed override int Run(TaskRun run, IngestSettings settings, ParseResult arguments, RunProgress progress, RunMetrics metrics, Log log, CancellationToken cancellationToken)
    {
        int task = TaskOf(arguments, metrics);
        return Report(Run(run, settings, task, progress, cancellationToken), task, log);
    }

    protected sealed override int Run(TaskRun run, LexiconOptions options, ParseResult arguments, RunProgress progress, RunMetrics metrics, Log log, CancellationToken cancellationToken)
    {
        int task = TaskOf(arguments, metrics);
        return Report(Run(run, options, task, progress, cancellationToken), task, log);
    }

    /// <summary>Does a task.</summary>
    protected abstract Attempt Run(TaskRun run, IngestSettings settings, int task, IIngestProgress progress, CancellationToken cancellationToken);

    /// <summary>Does a task of a dictionary; null if a dictionary has no such tasks.</summary>
    protected abstract Attempt? Run(TaskRun run, LexiconOptions options, int task, IIngestProgress progress, CancellationToken cancellationToken);

    private int TaskOf(ParseResult arguments, RunMetrics metrics)
    {
        int task = TaskSettings.RequireTask(Spec.Name, arguments.GetValue(_task));
        metrics.AddLabel("task", task.ToString(CultureInfo.InvariantCulture));
        return task;
    }

    private int Report(Attempt? attempt, int task, Log log)
    {
        log.Info("task", attempt switch
        {
            null => $"a dictionary has no tasks of {Spec.Name}; nothing to do",
            Attempt.Done => $"{Spec.Name} task {task} is done",
            Attempt.WasDone => $"{Spec.Name} task {task} was done before; nothing to do",
            _ => $"{Spec.Name} task {task} was done by another attempt; this one left nothing",
        });
        return ExitCode.Done;
    }
}
