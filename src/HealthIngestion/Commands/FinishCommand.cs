using System.CommandLine;
using FastIngest.Pipeline.Entries;
using FastIngest.Pipeline.HealthData;
using FastIngest.Pipeline.Tasks;
using FastIngest.Sinks.Entries;
using FastIngest.Sinks.Summaries;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Progress;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Telemetry;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Writes the rows of a planned run to its targets.</summary>
internal sealed class FinishCommand : ICommand
{
    public const string Name = "finish";

    private readonly Option<string?> _work = TaskOptions.Work();
    private readonly Option<string?> _stats = SharedOptions.StatsJson();
    private readonly MetricsOptions _metrics = new();
    private readonly ConsoleOptions _console = new();

    public CommandSpec Spec { get; }

    public FinishCommand()
    {
        Spec = new CommandSpec(Name, "write the rows of a planned run to its targets: the last step")
        {
            Usage = "--work DIR [options]",
            Examples = [new("health_ingestion finish --work /shared/r1", "run this after the last reduce task")],
            Environment = [new("PGPASSWORD, PGPASSFILE, ...", "what the plan's postgres:// URL leaves out"), PseudonymOptions.Environment, MetricsOptions.Environment],
        };
        Spec.AddGroup("Task", [_work, _stats, .. _metrics.All]);
        Spec.AddGroup("Console", _console.OfLog);
    }

    public int Run(ParseResult arguments)
    {
        string work = TaskSettings.RequireWork(Name, arguments.GetValue(_work));
        Log log = _console.OpenLog(arguments);
        string? stats = arguments.GetValue(_stats);
        RunMetrics metrics = new(MetricsSettings.From(_metrics, arguments), Name, log);
        return CommandRun.Do(
            log,
            stats,
            metrics,
            token => TaskFaults.Mark(() =>
            {
                TaskRun run = TaskRun.Open(work, PlanCommand.Program, TaskFaults.Describe, token);
                metrics.Trace = TraceContext.OfRun(run.Name, isPlan: false);
                RunProgress progress = new();
                metrics.Watch(progress);
                if (run.IsDictionary)
                {
                    return FinishDictionary(run, arguments, progress, metrics, log, token);
                }

                IngestSettings settings = PlanArguments.Read(run.Arguments) with
                {
                    StatsPath = stats,
                    Progress = ProgressStyle.None,
                    LogFormat = _console.Format(arguments),
                    LogLevel = _console.Level(arguments),
                };
                List<ISummarySink> sinks = IngestCommand.MakeSinks(settings);
                IngestReport? report = CommandRun.UseAsync(sinks, () => run.FinishAsync(settings.Options, sinks, progress, token)).GetAwaiter().GetResult();
                if (report is null)
                {
                    return LogFinished(log);
                }

                metrics.Report(ReportMetrics.Of(report, []));
                return IngestCommand.Close(report, [], settings, log);
            }),
            () => "run the same command again");
    }

    private int FinishDictionary(TaskRun run, ParseResult arguments, RunProgress progress, RunMetrics metrics, Log log, CancellationToken cancellationToken)
    {
        LexiconSettings settings = PlanArguments.ReadDictionary(run.Arguments) with
        {
            StatsPath = arguments.GetValue(_stats),
            Progress = ProgressStyle.None,
            LogFormat = _console.Format(arguments),
            LogLevel = _console.Level(arguments),
        };
        List<IEntrySink> sinks = LexiconIngestCommand.MakeSinks(settings);
        LexiconReport? report = CommandRun.UseAsync(
            sinks, () => run.FinishEntriesAsync(settings.Options, sinks, new LexiconGauges(), progress, cancellationToken)).GetAwaiter().GetResult();
        if (report is null)
        {
            return LogFinished(log);
        }

        metrics.Report(ReportMetrics.Of(report));
        return LexiconIngestCommand.Close(report, settings, log);
    }

    private static int LogFinished(Log log)
    {
        log.Info("finished", "the run was finished before; nothing to do");
        return ExitCode.Done;
    }
}
