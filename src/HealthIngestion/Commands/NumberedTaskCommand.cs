using System.CommandLine;
using System.Globalization;
using FastIngest.Pipeline;
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
        int task = TaskSettings.RequireTask(Spec.Name, arguments.GetValue(_task));
        metrics.AddLabel("task", task.ToString(CultureInfo.InvariantCulture));
        log.Info("task", Run(run, settings, task, progress, cancellationToken) switch
        {
            Attempt.Done => $"{Spec.Name} task {task} is done",
            Attempt.WasDone => $"{Spec.Name} task {task} was done before; nothing to do",
            _ => $"{Spec.Name} task {task} was done by another attempt; this one left nothing",
        });
        return ExitCode.Done;
    }

    /// <summary>Does a task.</summary>
    protected abstract Attempt Run(TaskRun run, IngestSettings settings, int task, IIngestProgress progress, CancellationToken cancellationToken);
}
