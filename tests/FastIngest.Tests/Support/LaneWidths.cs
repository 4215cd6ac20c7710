using FastIngest.Json;
using FastIngest.Json.Shapes;

namespace FastIngest.Tests.Support;

/// <summary>
/// Every vector width that the shape-learned reader supports. If the processor lacks a width, the runtime emulates it in
/// software with the same result, so that every machine tests all widths.
/// </summary>
internal static class LaneWidths
{
    public static IReadOnlyList<string> All { get; } =
        [InstructionSet.Avx512, InstructionSet.Avx2, InstructionSet.Vector128, InstructionSet.Scalar];

    public static ShapeReader Reader(string width, RecordFields fields) => width switch
    {
        InstructionSet.Avx512 => new LaneShapeReader<Lanes512>(fields),
        InstructionSet.Avx2 => new LaneShapeReader<Lanes256>(fields),
        InstructionSet.Vector128 => new LaneShapeReader<Lanes128>(fields),
        InstructionSet.Scalar => new LaneShapeReader<LanesScalar>(fields),
        _ => throw new ArgumentException(width, nameof(width)),
    };
}
