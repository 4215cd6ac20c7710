using FastIngest.Pipeline;
using FastIngest.Pipeline.Tasks;

namespace HealthIngestion.Commands;

/// <summary>Read a share of the input of a planned run.</summary>
internal sealed class MapCommand() : NumberedTaskCommand(Name, "read a share of the input of a planned run")
{
    public const string Name = "map";

    protected override Attempt Run(TaskRun run, IngestOptions options, int task, IIngestProgress progress, CancellationToken cancellationToken) => run.Map(options, task, progress, cancellationToken);
}
