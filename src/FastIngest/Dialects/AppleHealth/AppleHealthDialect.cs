using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>
/// The file <c>export.xml</c> of Apple Health, whose name is localised and which lies in <c>export.zip</c>. It is read as a flat
/// sequence of tags, so that any chunk can be read by itself; docs/dialects/apple-health.md has the rules.
/// </summary>
public sealed class AppleHealthDialect : ExportDialect
{
    public override string Name => "apple-health";

    public override string Program => "Apple Health";

    public override IReadOnlyList<string> Endings { get; } = [".xml"];

    public override string FileNames => "export.xml, under any name, also in export.zip";

    public override string Contents => "all quantities, sleep, mindfulness, stand hours, events, workouts";

    public override bool Recognises(ReadOnlySpan<byte> head, string path) => Prolog.IsHealthData(head);

    public override FilePlan Plan(SourceFile file, string path, int chunkBytes, int maxRecordBytes) => new AppleHealthPlan
    {
        Dialect = this,
        File = file,
        Category = Category.Samples,
        Head = new FramePosition(0, FrameState.Top),
        ChunkBytes = chunkBytes,
        Gap = Prolog.LearnGap(file),
    };

    private protected override ExportReader CreateReader(int maxRecordBytes) => new AppleHealthReader(maxRecordBytes);
}
