using System.CommandLine;
using FastIngest.Pipeline;
using FastIngest.Pipeline.Tasks;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Make the rows of a range of users and days of a planned run.</summary>
internal sealed class ReduceCommand : TaskCommand
{
    public const string Name = "reduce";

    private readonly Option<int?> _task = TaskOptions.Task();

    public override CommandSpec Spec { get; }

    public ReduceCommand()
    {
        Spec = new CommandSpec(Name, "make the rows of a range of users and days of a planned run")
        {
            Usage = "--work DIR [--task N] [options]",
            Examples = [new("health_ingestion reduce --work /shared/r1 --task 3", "run reduce task 3")],
            Environment = [TaskOptions.IndexEnvironment, PseudonymOptions.Environment],
        };
        AddOptions(Spec, _task);
    }

    protected override int Run(TaskRun run, IngestOptions options, ParseResult arguments, Log log, CancellationToken cancellationToken)
    {
        int task = TaskSettings.RequireTask(Name, arguments.GetValue(_task));
        Report(log, $"reduce task {task}", run.Reduce(options, task, cancellationToken));
        return ExitCode.Done;
    }
}
