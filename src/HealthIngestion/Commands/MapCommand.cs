using System.CommandLine;
using FastIngest.Pipeline;
using FastIngest.Pipeline.Tasks;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Read a share of the input of a planned run.</summary>
internal sealed class MapCommand : TaskCommand
{
    public const string Name = "map";

    private readonly Option<int?> _task = TaskOptions.Task();

    public override CommandSpec Spec { get; }

    public MapCommand()
    {
        Spec = new CommandSpec(Name, "read a share of the input of a planned run")
        {
            Usage = "--work DIR [--task N] [options]",
            Examples = [new("health_ingestion map --work /shared/r1 --task 3", "run map task 3")],
            Environment = [TaskOptions.IndexEnvironment, PseudonymOptions.Environment],
        };
        AddOptions(Spec, _task);
    }

    protected override int Run(TaskRun run, IngestOptions options, ParseResult arguments, Log log, CancellationToken cancellationToken)
    {
        int task = TaskSettings.RequireTask(Name, arguments.GetValue(_task));
        Report(log, $"map task {task}", run.Map(options, task, cancellationToken));
        return ExitCode.Done;
    }
}
