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
        FileHead.Find(head, IsCategory, out Wrapper? wrapper);
        return wrapper is null ? null : Categories.Parse(wrapper.Key);
    }

    public override FilePlan Plan(SourceFile file, Category category, int chunkBytes, int maxRecordBytes)
    {
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, HeadBytes);
        FramePosition head = FileHead.Find(window.Bytes, IsCategory, out Wrapper? wrapper);

        // Before the plan, which may move the window.
        int brace = window.Bytes.IndexOf((byte)'{');
        JsonFilePlan plan = JsonFilePlan.At(this, file, category, head, wrapper, part: 0, window, chunkBytes, maxRecordBytes);
        if (wrapper is not null)
        {
            // Without an array that is named after a category, arrays before the one that is read are lists of other things.
            using WrapperScan scan = new(file) { ReadsObjects = true, ListsArrays = IsCategory(wrapper.Key) };
            plan.UnreadBefore = scan.ListBefore(brace + 1, wrapper, IsCategory);
        }

        return plan;
    }

    public override ChunkReader CreateReader(Category category, int maxRecordBytes) => new JsonChunkReader(category, maxRecordBytes);

    public override IEnumerable<ReferenceRecord> ReadAll(FilePlan plan, byte[] file, int maxRecordBytes, StrongBox<FramePosition> last) =>
        new ReferenceJsonReader(file, maxRecordBytes).Records(plan.Part == 0 ? null : plan.Head, last);

    private static bool IsCategory(string name) => Categories.Parse(name) is not null;
}
