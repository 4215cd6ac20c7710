using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>The chunks of an Apple Health export. The state is <see cref="FrameState.Array"/> in the root element, and otherwise <see cref="FrameState.Top"/>.</summary>
internal sealed class AppleHealthPlan : FilePlan
{
    /// <summary>The white space before each child of the root element, such as a line feed and one blank; empty when the file has none.</summary>
    public required byte[] Gap { get; init; }

    public override uint CategoryBits => (1u << (int)Category.Samples) | (1u << (int)Category.Workouts);

    public override PartEnd Finish(FramePosition last) => last.State == FrameState.Array ? new PartEnd(null, true, []) : PartEnd.Complete;
}
