using System.CommandLine;
using FastIngest.Pipeline;
using FastIngest.Pipeline.Entries;
using FastIngest.Pipeline.Tasks;
using FastIngest.Sinks.Summaries;
using HealthIngestion.CommandLine;
using HealthIngestion.Options;
using HealthIngestion.Progress;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Telemetry;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>A step of a planned run that works with the memory and the workers of its own machine.</summary>
internal abstract class TaskCommand : ICommand
{
    private readonly HealthOptions _health = new();
    private readonly Option<string?> _work = TaskOptions.Work();
    private readonly MetricsOptions _metrics = new();

    public abstract CommandSpec Spec { get; }

    public int Run(ParseResult arguments)
    {
        string work = TaskSettings.RequireWork(Spec.Name, arguments.GetValue(_work));
        Log log = _health.Console.OpenLog(arguments);
        RunMetrics metrics = new(MetricsSettings.From(_metrics, arguments), Spec.Name, log);
        return CommandRun.Do(
            log,
            statsPath: null,
            metrics,
            token => TaskFaults.Mark(() =>
            {
                TaskRun run = TaskRun.Open(work, PlanCommand.Program, TaskFaults.Describe, token);
                metrics.Trace = TraceContext.OfRun(run.Name, isPlan: false);
                RunProgress progress = new();
                metrics.Watch(progress);
                if (run.IsDictionary)
                {
                    return Run(run, Own(PlanArguments.ReadDictionary(run.Arguments).Options, arguments), arguments, progress, metrics, log, token);
                }

                IngestSettings settings = PlanArguments.Read(run.Arguments);
                return Run(run, settings with { Options = Own(settings.Options, arguments) }, arguments, progress, metrics, log, token);
            }),
            () => "run the same command again; what is done stays done");
    }

    protected void AddOptions(CommandSpec spec, params Option[] own)
    {
        spec.AddGroup("Task", [_work, .. own]);
        spec.AddGroup("Output", _metrics.All);
        spec.AddGroup("Engine", _health.Workers, _health.MemoryLimit, _health.TempDir);
        spec.AddGroup("Console", _health.Console.OfLog);
    }

    /// <summary>Does the work and returns the exit code.</summary>
    protected abstract int Run(TaskRun run, IngestSettings settings, ParseResult arguments, RunProgress progress, RunMetrics metrics, Log log, CancellationToken cancellationToken);

    /// <summary>Does the work of a dictionary and returns the exit code.</summary>
    protected abstract int Run(TaskRun run, LexiconOptions options, ParseResult arguments, RunProgress progress, RunMetrics metrics, Log log, CancellationToken cancellationToken);

    /// <summary>Does work that needs to know the sinks of the run, which stay closed.</summary>
    protected static T WithSinks<T>(IngestSettings settings, Func<IReadOnlyList<ISummarySink>, T> work)
    {
        List<ISummarySink> sinks = IngestCommand.MakeSinks(settings);
        return CommandRun.UseAsync(sinks, () => Task.FromResult(work(sinks))).GetAwaiter().GetResult();
    }

    private LexiconOptions Own(LexiconOptions options, ParseResult arguments) => options with
    {
        Workers = arguments.GetResult(_health.Workers) is null ? options.Workers : Math.Min(arguments.GetValue(_health.Workers), DictionaryOptions.MaxWorkers),
        TempDirectory = arguments.GetValue(_health.TempDir) ?? options.TempDirectory,
    };

    private IngestOptions Own(IngestOptions options, ParseResult arguments) => options with
    {
        Workers = arguments.GetResult(_health.Workers) is null ? options.Workers : arguments.GetValue(_health.Workers),
        MemoryLimitBytes = arguments.GetResult(_health.MemoryLimit) is null ? options.MemoryLimitBytes : arguments.GetValue(_health.MemoryLimit),
        TempDirectory = arguments.GetValue(_health.TempDir) ?? options.TempDirectory,
    };
}
