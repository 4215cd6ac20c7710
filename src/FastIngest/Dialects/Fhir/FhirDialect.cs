using System.Text.Json;
using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.Fhir;

/// <summary>FHIR R4 in JSON: bulk files with one resource a line, Bundles, arrays of resources, and single resources.</summary>
public sealed class FhirDialect : ExportDialect
{
    /// <summary>The folder of an Apple Health export with the resources of the person's clinics, each of which has a number of its own for the person.</summary>
    private const string AppleFolder = "apple_health_export/clinical-records/";

    public override string Name => "fhir";

    public override string Program => "FHIR";

    public override string FileNames => "*.ndjson, *.json of any FHIR server";

    public override string Contents => "Observation and Patient";

    public override IReadOnlyList<string> Endings { get; } = [".ndjson", ".json"];

    public override uint IdentifiedCategories => (1u << (int)Category.Samples) | (1u << (int)Category.Sleep);

    public override bool Recognises(ReadOnlySpan<byte> head, string path)
    {
        int start = FileHead.StartOf(head);
        if (start < head.Length && head[start] == '[')
        {
            start++;
            start += Math.Max(0, head[start..].IndexOfAnyExcept(" \t\r\n"u8));
        }

        if (start >= head.Length || head[start] != '{')
        {
            return false;
        }

        Utf8JsonReader json = new(head[start..], isFinalBlock: false, default);
        try
        {
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                bool isType = json.ValueTextEquals("resourceType"u8), isEntry = json.ValueTextEquals("entry"u8);
                if (!json.Read() || isType)
                {
                    return json.TokenType == JsonTokenType.String;
                }

                if (!json.TrySkip())
                {
                    return isEntry && head.IndexOf("\"resourceType\""u8) >= 0;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // a name with a lone surrogate cannot be compared
        {
            return false;
        }

        return false;
    }

    public override FilePlan Plan(SourceFile file, string path, int chunkBytes, int maxRecordBytes)
    {
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, HeadBytes);
        JsonExportPlan plan = PlanAt(file, FileHead.StartOf(window.Bytes), chunkBytes, maxRecordBytes, part: 0);
        plan.IsOfOneUser = path.Contains(AppleFolder, StringComparison.Ordinal);
        return plan;
    }

    private protected override ExportReader CreateReader(int maxRecordBytes) => new JsonExportReader(maxRecordBytes);

    /// <summary>Plans a Bundle by its entries, and anything else as a sequence of resources.</summary>
    private JsonExportPlan PlanAt(SourceFile file, long start, long chunkBytes, int maxRecordBytes, int part)
    {
        using JsonSkim skim = new(file) { Position = start };
        return FindEntries(skim) is { } entries
            ? PlanAt(file, new FramePosition(entries, FrameState.Wrapped), new BundleEntries(file, entries), chunkBytes, maxRecordBytes, part)
            : PlanAt(file, new FramePosition(start, FrameState.Top), null, chunkBytes, maxRecordBytes, part);
    }

    private JsonExportPlan PlanAt(SourceFile file, FramePosition head, BundleEntries? entries, long chunkBytes, int maxRecordBytes, int part) =>
        JsonExportPlan.At(
            this, file, head, entries is null ? FhirLayout.Resources : FhirLayout.Entries, [Category.Users, Category.Sleep], chunkBytes, maxRecordBytes, part,
            (plan, last) => entries is null ? new PartEnd(null, last.State == FrameState.Array, []) : FindNext(plan, last, entries, maxRecordBytes));

    /// <summary>Returns the offset after the bracket of a Bundle's entries; null for another resource.</summary>
    private static long? FindEntries(JsonSkim skim)
    {
        if (!skim.TryPass('{'))
        {
            return null;
        }

        while (skim.ReadName() is { } name)
        {
            if (name == "entry" && skim.TryPass('['))
            {
                return skim.Position;
            }

            bool isRead = name == "resourceType" && skim.Peek() == '"' ? skim.ReadText() == "Bundle" : skim.Skip();
            if (!isRead)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>
    /// Finds what follows the entries of a Bundle: its other members, and perhaps further resources. Within a damaged entry the reader may take a
    /// bracket of that entry for the end; then the next part goes on with the entries.
    /// </summary>
    private PartEnd FindNext(JsonExportPlan plan, FramePosition last, BundleEntries entries, int maxRecordBytes)
    {
        long end = last.State == FrameState.Wrapped ? -1 : entries.FindEnd(last);
        if (last.State.IsDone() && last.Offset < (end < 0 ? long.MaxValue : end))
        {
            return plan.Part + 1 < RepeatRule.MaxParts
                ? new PartEnd(PlanAt(plan.File, last with { State = FrameState.Wrapped }, entries, plan.ChunkBytes, maxRecordBytes, plan.Part + 1), false, [])
                : Unread(plan, last.Offset);
        }

        if (end < 0)
        {
            return new PartEnd(null, true, []);
        }

        // The reader has passed the bracket, and perhaps braces behind it.
        using JsonSkim skim = new(plan.File) { Position = last.Offset };
        bool isClosed = last.State.Braces() > 0;
        while (!isClosed && skim.ReadName() is not null)
        {
            if (!skim.Skip())
            {
                return new PartEnd(null, true, []);
            }
        }

        if (!isClosed && !skim.TryPass('}'))
        {
            return skim.IsAtEnd() ? new PartEnd(null, true, []) : Unread(plan, skim.Position);
        }

        return skim.Peek() switch
        {
            < 0 => PartEnd.Complete,
            '{' or '[' when plan.Part + 1 < RepeatRule.MaxParts => new PartEnd(PlanAt(plan.File, skim.Position, plan.ChunkBytes, maxRecordBytes, plan.Part + 1), false, []),
            _ => Unread(plan, skim.Position),
        };
    }

    private static PartEnd Unread(JsonExportPlan plan, long offset) =>
        new(null, false, [new UnreadFile(plan.File.Path, $"the bytes from {offset} on follow a Bundle and are no resource", IsExpected: true)]);
}
