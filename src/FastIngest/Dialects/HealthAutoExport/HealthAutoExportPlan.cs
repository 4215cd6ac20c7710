using FastIngest.Dialects.Contract;
using FastIngest.Health;

namespace FastIngest.Dialects.HealthAutoExport;

/// <summary>The chunks of a file. A chunk may hold the points of several metrics.</summary>
internal sealed class HealthAutoExportPlan : FilePlan
{
    /// <summary>The arrays of the file.</summary>
    public required FileOutline Outline { get; init; }

    public override uint CategoryBits => (1u << (int)Category.Samples) | (1u << (int)Category.Sleep) | (1u << (int)Category.Workouts);

    public override PartEnd Finish(Sources.FramePosition last) => new(null, Outline.IsCutOff, Outline.Unread);
}
