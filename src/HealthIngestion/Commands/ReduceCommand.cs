using FastIngest.Pipeline;
using FastIngest.Pipeline.Entries;
using FastIngest.Pipeline.Tasks;
using HealthIngestion.Settings;

namespace HealthIngestion.Commands;

/// <summary>Make the rows of a range of users and days of a planned run.</summary>
internal sealed class ReduceCommand() : NumberedTaskCommand(Name, "make the rows of a range of users and days of a planned run")
{
    public const string Name = "reduce";

    protected override Attempt Run(TaskRun run, IngestSettings settings, int task, IIngestProgress progress, CancellationToken cancellationToken) =>
        run.Reduce(settings.Options, task, progress, cancellationToken);

    protected override Attempt? Run(TaskRun run, LexiconOptions options, int task, IIngestProgress progress, CancellationToken cancellationToken) => null;
}
