using System.CommandLine;
using FastIngest.Pipeline.Tasks;
using FastIngest.Sinks.Entries;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;
using HealthIngestion.Options;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Telemetry;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Plans the load of a dictionary that many tasks share.</summary>
internal sealed class LexiconPlanCommand : ICommand
{
    public const string Name = "lexicon plan";

    private readonly DictionaryOptions _options = new();
    private readonly Option<string?> _work = TaskOptions.Work();
    private readonly Option<int> _tasks = TaskOptions.Tasks("reads and cleans a share of the records");
    private readonly Option[] _planned;

    public CommandSpec Spec { get; }

    public LexiconPlanCommand()
    {
        Spec = new CommandSpec(Name, "plan the load of a dictionary for many machines: the first of four steps")
        {
            Usage = "--source ID --file PATH --work DIR [options]",
            Note = "Then run: map (tasks 0 to M-1), check, finish. See docs/scale.md.",
            Examples =
            [
                new("health_ingestion lexicon plan --source kaikki --file dump.jsonl --work /shared/k1 --tasks 16", "divide a dictionary among 16 tasks"),
            ],
            Environment =
            [
                new("DATABASE_URL", "the PostgreSQL database to write to when no --to is given, without a password"),
                .. SharedOptions.S3Environment,
                MetricsOptions.Environment,
            ],
        };
        OptionGroup input = new("Dictionary", [_options.Source, _options.File, _options.Format, _options.Catalog, _options.AllowHttp]);
        OptionGroup output = new("Output", [_options.To, _options.Schema, _options.Rejects, _options.Strict]);
        OptionGroup entries = new("Entries", _options.Entries.All);
        OptionGroup engine = new("Engine", [_options.MaxRecordSize, _options.MaxExpansion]);
        _planned = [.. input.Options, .. output.Options, .. entries.Options, .. engine.Options];
        Spec.AddGroup("Tasks", _work, _tasks);
        Spec.AddGroup(input);
        Spec.AddGroup(output);
        Spec.AddGroup("Metrics", _options.Metrics.All);
        Spec.AddGroup(entries);
        Spec.AddGroup(engine);
        Spec.AddGroup("Console", _options.Console.OfLog);
    }

    public int Run(ParseResult arguments)
    {
        string work = TaskSettings.RequireWork(Name, arguments.GetValue(_work));
        LexiconSettings settings = LexiconSettings.From(_options, arguments);
        PlanArguments.RejectWorkInInput(work, [settings.Options.Path]);
        PlanArguments.RejectStandardOutput(settings.Targets);
        List<string> words = PlanArguments.Of(_options, _planned, settings, arguments);
        Log log = _options.Console.OpenLog(arguments);
        RunMetrics metrics = new(MetricsSettings.From(_options.Metrics, arguments), Name, log);
        return CommandRun.Do(
            log,
            statsPath: null,
            metrics,
            token =>
            {
                // The sinks are made to find a wrong URL.
                List<IEntrySink> sinks = LexiconIngestCommand.MakeSinks(settings);
                PlanReport plan = CommandRun.UseAsync(
                    sinks,
                    () => Task.FromResult(EntryPlanStep.Run(settings.Options, words, work, arguments.GetValue(_tasks), PlanCommand.Program, token))).GetAwaiter().GetResult();
                foreach (string note in plan.Notes)
                {
                    log.Warning(note);
                }

                metrics.Trace = TraceContext.OfRun(plan.Run, isPlan: true);
                log.Info(
                    "planned",
                    $"planned run {plan.Run[..12]}: {Figures.Count(plan.Files, "file")}, {Figures.Count(plan.MapTasks, "map task")}",
                    json =>
                    {
                        json.WriteString("run", plan.Run);
                        json.WriteNumber("files", plan.Files);
                        json.WriteNumber("map_tasks", plan.MapTasks);
                    });
                return ExitCode.Done;
            },
            () => "nothing was planned; run the same command again");
    }
}
