using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.Protobuf;

/// <summary>The records of this program as Protocol Buffers, which the target <c>protobuf:FILE</c> writes; docs/fastingest.proto is the schema.</summary>
public sealed class ProtobufDialect : ExportDialect
{
    private const int MinChunkBytes = 16 << 10;

    public override int Density => 16;

    public override string Name => "protobuf";

    public override string Program => "FastIngest";

    public override IReadOnlyList<string> Endings { get; } = [".pb"];

    public override string FileNames => "what --to protobuf:FILE writes, under any name";

    public override string Contents => "all records of all formats";

    public override bool Recognises(ReadOnlySpan<byte> head, string path) => FrameScan.IsFrame(head);

    public override FilePlan Plan(SourceFile file, string path, int chunkBytes, int maxRecordBytes)
    {
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, HeadBytes);
        FileHeader header = FileHeader.Read(window.Bytes, file.Path);
        return new ProtobufPlan
        {
            Dialect = this,
            File = file,
            Category = Category.Samples,
            Head = new FramePosition(0, FrameState.Top),
            ChunkBytes = Math.Max(chunkBytes / Density, Math.Min(chunkBytes, MinChunkBytes)),
            Header = header,
        };
    }

    private protected override ExportReader CreateReader(int maxRecordBytes) => new ProtobufReader(maxRecordBytes);
}
