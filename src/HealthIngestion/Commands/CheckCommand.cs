using System.CommandLine;
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

/// <summary>Verify the map of a planned run, before reduce.</summary>
internal sealed class CheckCommand : TaskCommand
{
    public const string Name = "check";

    public override CommandSpec Spec { get; }

    public CheckCommand()
    {
        Spec = new CommandSpec(Name, "verify the map of a planned run, before reduce")
        {
            Usage = "--work DIR [options]",
            Examples = [new("health_ingestion check --work /shared/r1", "run this after the last map task")],
            Environment = [PseudonymOptions.Environment, MetricsOptions.Environment],
        };
        AddOptions(Spec);
    }

    protected override int Run(TaskRun run, IngestSettings settings, ParseResult arguments, RunProgress progress, RunMetrics metrics, Log log, CancellationToken cancellationToken)
    {
        log.Info("checked", WithSinks(settings, sinks => run.Check(settings.Options, sinks, cancellationToken)) switch
        {
            null => "the map was checked before; nothing to do",
            [] => "the map is complete",
            { } redone => $"the map is complete; tasks with a wrong start were read once more: {string.Join(", ", redone)}",
        });
        return ExitCode.Done;
    }

    protected override int Run(TaskRun run, LexiconOptions options, ParseResult arguments, RunProgress progress, RunMetrics metrics, Log log, CancellationToken cancellationToken)
    {
        log.Info("checked", run.CheckEntries() ? "the map is complete" : "the map was checked before; nothing to do");
        return ExitCode.Done;
    }
}
