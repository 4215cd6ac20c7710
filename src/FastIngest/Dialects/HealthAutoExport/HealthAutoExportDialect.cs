using System.Text.Json;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.HealthAutoExport;

/// <summary>
/// The JSON files of the app Health Auto Export: <c>{"data": {"metrics": [{"name", "units", "data": […]}], "workouts": […]}}</c>, with the members
/// of each object in any order.
/// </summary>
public sealed class HealthAutoExportDialect : ExportDialect
{
    public override string Name => "health-auto-export";

    public override string Program => "Health Auto Export";

    public override string FileNames => "HealthAutoExport-*.json, and any JSON file of the app";

    public override string Contents => "metrics, sleep and workouts";

    public override IReadOnlyList<string> Endings { get; } = [".json"];

    public override uint IdentifiedCategories => 1u << (int)Category.Workouts;

    public override bool Recognises(ReadOnlySpan<byte> head, string path)
    {
        int start = FileHead.StartOf(head);
        if (start == head.Length || head[start] != '{')
        {
            return false;
        }

        Utf8JsonReader json = new(head[start..], isFinalBlock: false, default);
        try
        {
            json.Read();
            return HasLayout(ref json);
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
        FileOutline outline = FileOutline.Read(file, FileHead.StartOf(window.Bytes), chunkBytes);
        return new HealthAutoExportPlan
        {
            Dialect = this,
            File = file,
            Category = Category.Samples,
            Head = outline.Sections.Count > 0 ? new FramePosition(outline.Sections[0].Start, FrameState.Wrapped) : new FramePosition(0, FrameState.Done),
            ChunkBytes = chunkBytes,
            Outline = outline,
        };
    }

    private protected override ExportReader CreateReader(int maxRecordBytes) => new HealthAutoExportReader(maxRecordBytes);

    /// <summary>Whether an object has the member <c>data</c> with an array of the app.</summary>
    private static bool HasLayout(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isData = json.ValueTextEquals("data"u8);
            if (!json.Read())
            {
                return false;
            }

            if (isData && json.TokenType == JsonTokenType.StartObject)
            {
                return HasArrays(ref json);
            }

            if (!json.TrySkip())
            {
                return false;
            }
        }

        return false;
    }

    private static bool HasArrays(ref Utf8JsonReader json)
    {
        bool hasAny = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isMetrics = json.ValueTextEquals("metrics"u8), isWorkouts = json.ValueTextEquals("workouts"u8);
            bool isKnown = isMetrics || isWorkouts || json.ValueTextEquals("stateOfMind"u8) || json.ValueTextEquals("medications"u8) || json.ValueTextEquals("symptoms"u8)
                || json.ValueTextEquals("cycleTracking"u8) || json.ValueTextEquals("ecg"u8) || json.ValueTextEquals("heartRateNotifications"u8);
            if (!json.Read() || !isKnown || json.TokenType != JsonTokenType.StartArray)
            {
                return false;
            }

            if (!isMetrics)
            {
                hasAny = true;
                if (isWorkouts || !json.TrySkip())
                {
                    return true;
                }

                continue;
            }

            // Metrics are objects with a name, a unit and points.
            return json.Read() && (json.TokenType == JsonTokenType.EndArray
                || (json.TokenType == JsonTokenType.StartObject && json.Read()
                    && (json.ValueTextEquals("name"u8) || json.ValueTextEquals("units"u8) || json.ValueTextEquals("data"u8))));
        }

        return hasAny;
    }
}
