using System.CommandLine;
using FastIngest.Pipeline.Tasks;
using FastIngest.Sinks.Summaries;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;
using HealthIngestion.Options;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Telemetry;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Plans a run that many tasks share.</summary>
internal sealed class PlanCommand : ICommand
{
    public const string Name = "plan";

    private readonly HealthOptions _health = new();
    private readonly MetricsOptions _metrics = new();
    private readonly Option[] _planned;

    /// <summary>What the plan records, so that a task of another build is found.</summary>
    public static string Program => $"{VersionText.Version}+{VersionText.Commit}";

    public Option<string?> Work { get; } = TaskOptions.Work();

    public Option<int> Tasks { get; } = TaskOptions.Tasks("reads a share of the input");

    public Option<int> Partitions { get; } = new("--partitions")
    {
        HelpName = "R",
        Description = "the number of reduce tasks, each of which makes the rows of a range of users and days (default: 1)",
        CustomParser = Values.Integer(1, TaskOptions.MaxTasks),
        DefaultValueFactory = _ => 1,
    };

    public CommandSpec Spec { get; }

    public PlanCommand()
    {
        Spec = new CommandSpec(Name, "plan a run for many machines: the first of five steps")
        {
            Usage = "PATH... --work DIR [options]",
            Note = "Then run: map (tasks 0 to M-1), check, reduce (tasks 0 to R-1), finish. See docs/scale.md. For a dictionary: health_ingestion lexicon plan --help",
            Examples =
            [
                new("health_ingestion plan export/ --work /shared/r1 --tasks 16 --partitions 16", "divide an export"),
                new("health_ingestion map --work /shared/r1 --task 3", "run one of the 16 map tasks"),
            ],
            Environment =
            [
                new("DATABASE_URL", "the PostgreSQL database to write to when no --to is given, without a password"),
                PseudonymOptions.Environment,
                .. SharedOptions.S3Environment,
                MetricsOptions.Environment,
            ],
        };
        Spec.Command.Arguments.Add(_health.Paths);
        OptionGroup input = new(
            "Input",
            [
                _health.From, _health.Category, _health.NoRecursive, _health.AllowHttp, _health.UserId, _health.UserFrom, _health.TimeZone, _health.Sources, _health.Implausible,
                _health.AllowUnknown, .. _health.Selection.All, .. _health.Pseudonyms.All,
            ]);
        OptionGroup output = new("Output", [_health.To, _health.Schema, _health.Records, _health.OnFewer, _health.NoText, _health.Rejects, _health.Strict]);
        OptionGroup engine = new("Engine", [_health.Io, _health.ChunkSize, _health.MaxRecordSize, _health.MaxExpansion]);
        _planned = [.. input.Options, .. output.Options, .. engine.Options];
        Spec.AddGroup("Tasks", Work, Tasks, Partitions);
        Spec.AddGroup(input);
        Spec.AddGroup(output);
        Spec.AddGroup("Metrics", _metrics.All);
        Spec.AddGroup(engine);
        Spec.AddGroup("Console", _health.Console.OfLog);
    }

    public int Run(ParseResult arguments)
    {
        string work = TaskSettings.RequireWork(Name, arguments.GetValue(Work));
        if (arguments.GetValue(_health.Paths) is not { Length: > 0 })
        {
            throw new UsageException("plan needs a PATH: health_ingestion plan PATH --work DIR");
        }

        PlanArguments.RejectWorkInInput(work, arguments.GetValue(_health.Paths)!);
        List<string> words = PlanArguments.Of(_health, _planned, arguments);
        IngestSettings settings = PlanArguments.Read(words);
        PlanArguments.RejectStandardOutput(settings.Targets);
        if (settings.OnFewer == OnFewer.Union)
        {
            throw new UsageException("--on-fewer union reads the stored records before the rows are made, which no step of a plan does; use ingest, or --on-fewer keep");
        }

        Log log = _health.Console.OpenLog(arguments);
        RunMetrics metrics = new(MetricsSettings.From(_metrics, arguments), Name, log);
        return CommandRun.Do(
            log,
            statsPath: null,
            metrics,
            token =>
            {
                List<ISummarySink> sinks = IngestCommand.MakeSinks(settings);
                PlanReport plan = CommandRun.UseAsync(
                    sinks,
                    () => Task.FromResult(PlanStep.Run(
                        settings.Options, words, sinks, work, arguments.GetValue(Tasks), arguments.GetValue(Partitions), Program, token))).GetAwaiter().GetResult();
                foreach (string note in plan.Notes)
                {
                    log.Warning(note);
                }

                metrics.Trace = TraceContext.OfRun(plan.Run, isPlan: true);
                log.Info(
                    "planned",
                    $"planned run {plan.Run[..12]}: {Figures.Count(plan.Files, "file")}, {Figures.Count(plan.MapTasks, "map task")}, {Figures.Count(plan.ReduceTasks, "reduce task")}, {Figures.Count(plan.Partitions, "partition")}",
                    json =>
                    {
                        json.WriteString("run", plan.Run);
                        json.WriteNumber("files", plan.Files);
                        json.WriteNumber("map_tasks", plan.MapTasks);
                        json.WriteNumber("reduce_tasks", plan.ReduceTasks);
                        json.WriteNumber("partitions", plan.Partitions);
                    });
                return ExitCode.Done;
            },
            () => "nothing was planned; run the same command again");
    }
}
