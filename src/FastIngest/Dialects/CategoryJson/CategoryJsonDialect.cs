using System.Runtime.CompilerServices;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.CategoryJson;

/// <summary>
/// One JSON file per category, as docs/reading.md defines it: an array, an object that wraps an array, or a sequence of objects.
/// </summary>
public sealed class CategoryJsonDialect : Dialect
{
    public override string Name => "json";

    public override IReadOnlyList<string> Endings { get; } = [".json", ".jsonl", ".ndjson"];

    public override bool Recognises(ReadOnlySpan<byte> head)
    {
        head = head[FileHead.StartOf(head)..];
        return !head.IsEmpty && head[0] is (byte)'{' or (byte)'[';
    }

    /// <summary>The category that the first such array of a wrapper object is named after.</summary>
    public override Category? CategoryOf(ReadOnlySpan<byte> head)
    {
        FileHead.Find(head, name => Categories.Parse(name) is not null, out Wrapper? wrapper);
        return wrapper is null ? null : Categories.Parse(wrapper.Key);
    }

    public override FilePlan Plan(SourceFile file, Category category, int chunkBytes, int maxRecordBytes)
    {
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, HeadBytes);
        FramePosition head = FileHead.Find(window.Bytes, name => Categories.Parse(name) is not null, out Wrapper? wrapper);
        JsonFilePlan plan = JsonFilePlan.At(this, file, category, head, wrapper, part: 0, window, chunkBytes, maxRecordBytes);
        if (wrapper is not null && Categories.Parse(wrapper.Key) is not null)
        {
            using WrapperScan scan = new(file);
            plan.UnreadBefore = scan.ListBefore(window.Bytes.IndexOf((byte)'{') + 1, wrapper);
        }

        return plan;
    }

    public override ChunkReader CreateReader(Category category, int maxRecordBytes) => new JsonChunkReader(category, maxRecordBytes);

    public override IEnumerable<ReferenceRecord> ReadAll(FilePlan plan, byte[] file, int maxRecordBytes, StrongBox<FramePosition> last) =>
        new ReferenceJsonReader(file, maxRecordBytes).Records(plan.Part == 0 ? null : plan.Head.Offset, last);
}
