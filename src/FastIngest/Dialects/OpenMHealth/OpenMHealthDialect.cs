using System.Text.Json;
using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.OpenMHealth;

/// <summary>
/// Data points of Open mHealth and IEEE 1752.1, <c>{"header": {…, "schema_id": {…}}, "body": {…}}</c>: one a line, in an array, one in a file, or as the array
/// <c>body</c> of a response of Shimmer.
/// </summary>
public sealed class OpenMHealthDialect : ExportDialect
{
    public override string Name => "open-mhealth";

    public override string Program => "Open mHealth";

    public override string FileNames => "*.json, *.ndjson with data points";

    public override string Contents => "vital signs, activity and sleep of Open mHealth and IEEE 1752.1";

    public override IReadOnlyList<string> Endings { get; } = [".ndjson", ".json"];

    public override uint IdentifiedCategories => (1u << (int)Category.Samples) | (1u << (int)Category.Sleep) | (1u << (int)Category.Workouts);

    public override bool Recognises(ReadOnlySpan<byte> head, string path)
    {
        ReadOnlySpan<byte> rest = head[FileHead.StartOf(head)..];
        if (rest is [(byte)'[', ..])
        {
            rest = rest[1..].TrimStart(" \t\r\n"u8);
        }

        if (rest is not [(byte)'{', ..])
        {
            return false;
        }

        Utf8JsonReader json = new(rest, isFinalBlock: false, default);
        try
        {
            json.Read();
            return IsDataPoint(ref json, rest);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // a name with a lone surrogate cannot be compared
        {
            return false;
        }
    }

    public override FilePlan Plan(SourceFile file, string path, int chunkBytes, int maxRecordBytes)
    {
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, HeadBytes);
        FramePosition head = FileHead.Find(window.Bytes, name => name == "body", out Wrapper? wrapper);
        if (wrapper is null or { Key: not "body" } or { Depth: not 1 })
        {
            head = new FramePosition(FileHead.StartOf(window.Bytes), FrameState.Top);
        }

        return JsonExportPlan.At(this, file, head, OpenMHealthLayout.Instance, [Category.Sleep, Category.Workouts], chunkBytes, maxRecordBytes, findNext: FindNext);
    }

    private protected override ExportReader CreateReader(int maxRecordBytes) => new JsonExportReader(maxRecordBytes);

    /// <summary>Whether an object has a header with a schema, before or behind its body.</summary>
    private static bool IsDataPoint(ref Utf8JsonReader json, ReadOnlySpan<byte> text)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isHeader = json.ValueTextEquals("header"u8), isBody = json.ValueTextEquals("body"u8);
            if (!json.Read())
            {
                return false;
            }

            int start = (int)json.TokenStartIndex;
            bool isArray = isBody && json.TokenType == JsonTokenType.StartArray;
            bool isWhole = json.TrySkip();
            ReadOnlySpan<byte> value = isWhole ? text[start..(int)json.BytesConsumed] : text[start..];
            if (isHeader || isArray)
            {
                return value.IndexOf("\"schema_id\""u8) >= 0 && (isHeader || value.IndexOf("\"header\""u8) >= 0);
            }

            if (!isWhole)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Decides what follows the data points; a response of Shimmer has nothing that is read behind its body.</summary>
    private static PartEnd FindNext(JsonExportPlan plan, FramePosition last)
    {
        if (plan.Head.State != FrameState.Wrapped || !last.State.IsDone())
        {
            return new PartEnd(null, last.State is FrameState.Array or FrameState.Wrapped || (plan.Head.State == FrameState.Wrapped && last.State.Braces() == 0), []);
        }

        using JsonSkim skim = new(plan.File) { Position = last.Offset };
        bool isWhole = last.State.Braces() > 0;
        while (!isWhole && skim.ReadName() is not null && skim.Skip())
        {
            isWhole = skim.TryPass('}');
        }

        return isWhole && skim.Peek() >= 0
            ? new PartEnd(null, false, [new UnreadFile(plan.File.Path, $"the bytes from {skim.Position} on follow the data points", IsExpected: true)])
            : new PartEnd(null, !isWhole, []);
    }
}
