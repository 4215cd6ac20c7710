using FastIngest.Pipeline;
using FastIngest.Pipeline.Entries;
using FastIngest.Pipeline.Tasks;
using HealthIngestion.Settings;

namespace HealthIngestion.Commands;

/// <summary>Read a share of the input of a planned run.</summary>
internal sealed class MapCommand() : NumberedTaskCommand(Name, "read a share of the input of a planned run")
{
    public const string Name = "map";

    protected override Attempt Run(TaskRun run, IngestSettings settings, int task, IIngestProgress progress, CancellationToken cancellationToken) =>
        WithSinks(settings, sinks => run.Map(settings.Options, sinks, task, progress, cancellationToken));

    protected override Attempt? Run(TaskRun run, LexiconOptions options, int task, IIngestProgress progress, CancellationToken cancellationToken) =>
        run.MapEntries(options, task, progress, cancellationToken);
}
