using System.CommandLine;
using FastIngest.Pipeline;
using FastIngest.Pipeline.Tasks;
using HealthIngestion.CommandLine;
using HealthIngestion.Options;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>A step of a planned run that works with the memory and the workers of its own machine.</summary>
internal abstract class TaskCommand : ICommand
{
    private readonly HealthOptions _health = new();
    private readonly Option<string?> _work = TaskOptions.Work();

    public abstract CommandSpec Spec { get; }

    public int Run(ParseResult arguments)
    {
        string work = TaskSettings.RequireWork(Spec.Name, arguments.GetValue(_work));
        Log log = _health.Console.OpenLog(arguments);
        return CommandRun.Do(
            log,
            statsPath: null,
            token => TaskFaults.Mark(() =>
            {
                TaskRun run = TaskRun.Open(work, PlanCommand.Program, token);
                return Run(run, Own(PlanArguments.Read(run.Arguments).Options, arguments), arguments, log, token);
            }),
            () => "run the same command again; what is done stays done");
    }

    protected void AddOptions(CommandSpec spec, params Option[] own)
    {
        spec.AddGroup("Task", [_work, .. own]);
        spec.AddGroup("Engine", _health.Workers, _health.MemoryLimit, _health.TempDir);
        spec.AddGroup("Console", _health.Console.OfLog);
    }

    /// <summary>Does the work and returns the exit code.</summary>
    protected abstract int Run(TaskRun run, IngestOptions options, ParseResult arguments, Log log, CancellationToken cancellationToken);

    private IngestOptions Own(IngestOptions options, ParseResult arguments) => options with
    {
        Workers = arguments.GetResult(_health.Workers) is null ? options.Workers : arguments.GetValue(_health.Workers),
        MemoryLimitBytes = arguments.GetResult(_health.MemoryLimit) is null ? options.MemoryLimitBytes : arguments.GetValue(_health.MemoryLimit),
        TempDirectory = arguments.GetValue(_health.TempDir) ?? options.TempDirectory,
    };
}
