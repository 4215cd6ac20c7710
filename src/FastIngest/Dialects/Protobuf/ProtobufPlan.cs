using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.Protobuf;

/// <summary>The chunks of a file. The state is <see cref="FrameState.Array"/> from the header on, and <see cref="FrameState.Top"/> after the end.</summary>
internal sealed class ProtobufPlan : FilePlan
{
    public required FileHeader Header { get; init; }

    public override uint CategoryBits => (1u << Categories.Count) - 1;

    public override uint IdentifiedCategories => Header.Identified;

    public override uint CollectedCategories => Header.Repeats;

    public override PartEnd Finish(FramePosition last) => last.State == FrameState.Array ? new PartEnd(null, true, []) : PartEnd.Complete;
}
